#include "onebox/plan/name_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::onebox {
namespace {

using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

std::shared_ptr<const kube::Object> endpoint(const std::string& name, const std::string& created,
                                             const std::string& records) {
  auto object =
      kube::json::parse(R"({"metadata":{"namespace":"causeway-system","name":")" + name + R"(","creationTimestamp":")" +
                        created + R"("},"spec":{"endpoints":)" + records + "}}");
  return std::make_shared<const kube::Object>(object.as_object());
}

TEST(NameTable, TakesTheFirstAddressOfEachName) {
  const auto table = name_table({endpoint("a", "2026-01-01T00:00:00Z", R"([
    {"dnsName":"Digits--Ada.localhost.","recordType":"A","targets":["10.213.7.3","10.213.7.4"]},
    {"dnsName":"git.localhost","recordType":"A","targets":["10.213.7.2"]}])")});
  EXPECT_THAT(table,
              UnorderedElementsAre(Pair("digits--ada.localhost", "10.213.7.3"), Pair("git.localhost", "10.213.7.2")));
}

TEST(NameTable, LeavesOutWhatIsNoAddress) {
  const auto table = name_table({endpoint("a", "2026-01-01T00:00:00Z", R"([
    {"dnsName":"cname.localhost","recordType":"CNAME","targets":["elsewhere.example"]},
    {"dnsName":"empty.localhost","recordType":"A","targets":[]},
    {"dnsName":"odd.localhost","recordType":"A","targets":["not-an-address", 7]},
    {"recordType":"A","targets":["10.213.7.2"]}, "nonsense"])")});
  EXPECT_TRUE(table.empty());
}

TEST(NameTable, TheOlderObjectKeepsAName) {
  const std::string first = R"([{"dnsName":"x.localhost","recordType":"A","targets":["10.213.7.2"]}])";
  const std::string second = R"([{"dnsName":"x.localhost","recordType":"A","targets":["10.213.7.9"]}])";
  const auto older = endpoint("z", "2026-01-01T00:00:00Z", first),
             newer = endpoint("a", "2026-01-02T00:00:00Z", second);
  EXPECT_EQ(name_table({newer, older}).at("x.localhost"), "10.213.7.2");
  EXPECT_EQ(name_table({older, newer}).at("x.localhost"), "10.213.7.2");
}

TEST(UnknownName, ListsThoseThereAre) {
  EXPECT_THAT(unknown_name("nope.localhost", {{"git.localhost", "10.213.7.2"}}), HasSubstr("git.localhost"));
  EXPECT_THAT(unknown_name("nope.localhost", {}), HasSubstr("nope.localhost"));
}

}  // namespace
}  // namespace causeway::onebox
