#include "operator/region/hub_link.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace causeway::op::region {
namespace {

using namespace std::chrono_literals;

kube::Object secret(std::initializer_list<std::pair<std::string_view, std::string_view>> data) {
  auto s = kube::make_object(kube::resources::kSecret, "causeway-system", "hub");
  kube::Object encoded;
  for (const auto& [key, value] : data) encoded[key] = base::base64_encode(value);
  s["data"] = std::move(encoded);
  return s;
}

std::string jwt(std::string_view claims) {
  return "e30." + base::base64url_encode(claims) + ".c2ln";
}

TEST(HubLink, ReadsWhereTheHubIs) {
  const auto address = HubAddress::parse(secret({{"url", "https://hub:6443"},
                                                 {"ca", "PEM"},
                                                 {"token", "t"},
                                                 {"namespace", "cluster-1a2b3c4d"},
                                                 {"cluster", "first"},
                                                 {"region", "east-1"}}));
  ASSERT_TRUE(address.ok()) << address.error().message;
  EXPECT_EQ(address->url, "https://hub:6443");
  EXPECT_EQ(address->ca_pem, "PEM");
  EXPECT_EQ(address->token, "t");
  EXPECT_EQ(address->ns, "cluster-1a2b3c4d");
  EXPECT_EQ(address->cluster, "first");
  EXPECT_EQ(address->region, "east-1");
}

TEST(HubLink, NamesEveryKeyThatIsMissing) {
  const auto nothing = HubAddress::parse(secret({}));
  ASSERT_FALSE(nothing.ok());
  EXPECT_EQ(nothing.error().message,
            "Secret causeway-system/hub lacks url, ca, token, namespace; the hub writes it when it bootstraps this "
            "region");
  const auto empty =
      HubAddress::parse(secret({{"url", "https://hub"}, {"ca", ""}, {"token", "t"}, {"namespace", "n"}}));
  ASSERT_FALSE(empty.ok());
  EXPECT_NE(empty.error().message.find("lacks ca;"), std::string::npos) << empty.error().message;
  EXPECT_TRUE(HubAddress::parse(secret({{"url", "u"}, {"ca", "c"}, {"token", "t"}, {"namespace", "n"}})).ok())
      << "cluster and region may be missing";
}

TEST(HubLink, ANewTokenIsTheSameHub) {
  HubAddress a{.url = "u", .ca_pem = "c", .token = "t", .ns = "n", .cluster = {}, .region = {}};
  auto b = a;
  b.token = "another";
  EXPECT_TRUE(a.same_hub(b));
  b.ns = "another";
  EXPECT_FALSE(a.same_hub(b));
}

TEST(HubLink, TellsTheLifeOfAToken) {
  const auto life = token_life(jwt(R"({"iat":1000,"exp":4600})"));
  ASSERT_TRUE(life);
  EXPECT_EQ(life->issued, base::WallTime(1000s));
  EXPECT_EQ(life->expires, base::WallTime(4600s));
  EXPECT_EQ(renewal_time(*life), base::WallTime(2800s));

  for (const auto& bad : {std::string(), std::string("opaque"), std::string("a.b"), std::string("a.!!.c"),
                          jwt("not json"), jwt("[]"), jwt("{}"), jwt(R"({"iat":1000})"), jwt(R"({"exp":1000})"),
                          jwt(R"({"iat":1000,"exp":1000})"), jwt(R"({"iat":"1000","exp":"4600"})")})
    EXPECT_FALSE(token_life(bad)) << bad;
}

}  // namespace
}  // namespace causeway::op::region
