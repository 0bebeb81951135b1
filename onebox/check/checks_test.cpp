#include "onebox/check/checks.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::onebox {
namespace {

using ::testing::HasSubstr;

CheckResult lacking(bool needed) {
  return {.what = "iptables",
          .ok = false,
          .needed = needed,
          .found = "not on the PATH",
          .why = "pods reach the outside by NAT",
          .remedy = "apt-get install iptables"};
}

TEST(Checks, SayWhatIsMissingWhyAndHowToGetIt) {
  const auto text = format_checks({lacking(true)});
  for (const char* part : {"iptables", "not on the PATH", "pods reach the outside", "apt-get install iptables"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST(Checks, OnlyWhatIsNeededFailsTheMachine) {
  EXPECT_FALSE(machine_suffices({lacking(true)}));
  EXPECT_TRUE(machine_suffices({lacking(false)}));
}

TEST(Checks, LittleDiskIsRefusedBeforeAnythingIsThereAndNotedAfterwards) {
  EXPECT_TRUE(disk_space("/d", 4'000'000'000, false).ok);
  const auto fresh = disk_space("/d", 1'000'000'000, false), used = disk_space("/d", 1'000'000'000, true);
  EXPECT_FALSE(machine_suffices({fresh}));
  EXPECT_TRUE(machine_suffices({used}));
  EXPECT_THAT(format_checks({used}), HasSubstr("warn  disk: 953 MB free in /d"));
}

TEST(Checks, FindAMissingRegistryAndMissingPlugins) {
  const auto results =
      check_machine({.data = "", .registry_binary = "/nowhere/docker-registry", .cni_plugins = "/nowhere"});
  auto failed = [&](const std::string& what) {
    return std::ranges::any_of(
        results, [&](const CheckResult& r) { return r.what == what && !r.ok && !r.why.empty() && !r.remedy.empty(); });
  };
  EXPECT_TRUE(failed("/nowhere/docker-registry"));
  EXPECT_TRUE(failed("CNI plugins"));
}

}  // namespace
}  // namespace causeway::onebox
