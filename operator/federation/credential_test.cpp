#include "operator/federation/credential.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace causeway::op::federation {
namespace {

using namespace std::chrono_literals;
const base::WallTime kNow = *base::parse_time("2026-11-24T10:00:00Z");

std::string jwt(base::Duration life, const std::string& more) {
  const auto seconds = [](base::WallTime t) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(t.time_since_epoch()).count());
  };
  const auto end = kNow + std::chrono::duration_cast<base::WallTime::duration>(life);
  return "head." + base::base64url_encode("{\"iat\":" + seconds(kNow - 24h) + ",\"exp\":" + seconds(end) + more + "}") +
         ".sig";
}

std::string bound_to(const std::string& uid, base::Duration life = 1h) {
  return jwt(
      life, R"(,"kubernetes.io":{"namespace":"cluster-1","secret":{"name":"region-credential","uid":")" + uid + "\"}}");
}

region::HubAddress hub(std::string token) {
  region::HubAddress a;
  a.url = "https://192.0.2.1:6443";
  a.ca_pem = "a certificate";
  a.ns = "cluster-1";
  a.token = std::move(token);
  return a;
}

TEST(BoundSecretUid, IsReadFromTheClaims) {
  EXPECT_EQ(bound_secret_uid(bound_to("u1")), "u1");
  for (const auto& token :
       {std::string(), std::string("a.b.c"), std::string("opaque"), jwt(1h, ""), jwt(1h, R"(,"kubernetes.io":"x")"),
        jwt(1h, R"(,"kubernetes.io":{"secret":7})"), jwt(1h, R"(,"kubernetes.io":{"secret":{"uid":7}})"),
        jwt(1h, R"(,"kubernetes":{"io":{"secret":{"uid":"u1"}}})")})
    EXPECT_EQ(bound_secret_uid(token), "") << token;
}

TEST(Usable, IsWhatTheHubStillTakes) {
  EXPECT_TRUE(usable(hub(bound_to("u1")), hub(""), "u1", kNow));
  EXPECT_FALSE(usable(hub(bound_to("u1")), hub(""), "u2", kNow)) << "revoked: its Secret was deleted and made anew";
  EXPECT_FALSE(usable(hub(bound_to("u1", -1s)), hub(""), "u1", kNow)) << "expired";
  EXPECT_FALSE(usable(hub(jwt(1h, "")), hub(""), "u1", kNow)) << "bound to nothing";
  EXPECT_FALSE(usable(hub(jwt(1h, "")), hub(""), "", kNow));
  auto elsewhere = hub("");
  elsewhere.url = "https://192.0.2.2:6443";
  EXPECT_FALSE(usable(hub(bound_to("u1")), elsewhere, "u1", kNow));
}

}  // namespace
}  // namespace causeway::op::federation
