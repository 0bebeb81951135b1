#include "operator/federation/registration.hpp"

#include <gtest/gtest.h>

#include "operator/federation/names.hpp"

namespace causeway::op::federation {
namespace {

kube::Object home(std::string_view name, std::string_view created, std::string_view region_uid) {
  auto ns = kube::make_object(kube::resources::kNamespace, "", name);
  ns["metadata"].as_object()["creationTimestamp"] = created;
  if (!region_uid.empty()) ns["metadata"].as_object()["annotations"] = {{kRegionUidAnnotation, region_uid}};
  return ns;
}

TEST(ComesBefore, WhoIsBoundStays) {
  const auto bound = home("cluster-b", "2026-11-24T10:00:00Z", "uid");
  EXPECT_TRUE(comes_before(bound, home("cluster-a", "2026-11-24T09:00:00Z", ""), "uid")) << "older, and not bound yet";
  EXPECT_TRUE(comes_before(bound, home("cluster-a", "2026-11-24T09:00:00Z", "another"), "uid"));
}

TEST(ComesBefore, OfTwoBoundExactlyOneStays) {
  const auto a = home("cluster-a", "2026-11-24T10:00:00Z", "uid");
  for (const char* when : {"2026-11-24T09:59:59Z", "2026-11-24T10:00:00Z", "2026-11-24T10:00:01Z"}) {
    const auto b = home("cluster-b", when, "uid");
    EXPECT_NE(comes_before(a, b, "uid"), comes_before(b, a, "uid")) << when;
  }
  EXPECT_TRUE(comes_before(home("cluster-b", "2026-11-24T09:59:59Z", "uid"), a, "uid")) << "the older namespace";
}

}  // namespace
}  // namespace causeway::op::federation
