#include "apiserver/session/cookie.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::api::session {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

SessionCookie cookie(std::string_view url) {
  return SessionCookie::for_url(url).value();
}

std::optional<std::string> read(std::string header, std::string_view url = "https://causeway.example") {
  return cookie(url).read({{"Cookie", std::move(header)}});
}

TEST(SessionCookie, OverHttpsNoOtherHostCanSetIt) {
  EXPECT_EQ(cookie("https://causeway.example").set("t", std::chrono::seconds(60)),
            "__Host-causeway=t; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure");
  EXPECT_THAT(cookie("https://causeway.example").set("t", std::chrono::seconds(60)), Not(HasSubstr("Domain")));
  EXPECT_EQ(cookie("https://causeway.example").clear(),
            "__Host-causeway=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure");
}

TEST(SessionCookie, PlainHttpIsForThisMachine) {
  for (const auto* url :
       {"http://localhost:8080", "http://127.0.0.1:8080", "http://web.localhost", "http://[::1]:8080"}) {
    ASSERT_TRUE(SessionCookie::for_url(url)) << url;
    EXPECT_THAT(cookie(url).set("t", std::chrono::seconds(1)), Not(HasSubstr("Secure")));
  }
  for (const auto* url :
       {"http://causeway.example", "http://10.0.0.1", "http://localhost.example", "http://127.evil.example"}) {
    const auto refused = SessionCookie::for_url(url);
    ASSERT_FALSE(refused) << url;
    EXPECT_THAT(refused.error().message, HasSubstr("plain http"));
  }
  for (const auto* url : {"", "causeway.example", "ftp://causeway.example", "unix:///socket"})
    EXPECT_FALSE(SessionCookie::for_url(url)) << url;
}

TEST(SessionCookie, IsReadBesideOthers) {
  EXPECT_EQ(read("__Host-causeway=abc"), "abc");
  EXPECT_EQ(read("theme=dark; __Host-causeway=abc; x"), "abc");
  EXPECT_EQ(read("__Host-causeway=a=b"), "a=b");
  EXPECT_EQ(read("causeway=abc"), std::nullopt);
  EXPECT_EQ(read("causeway=abc", "http://localhost"), "abc");
  EXPECT_EQ(read("__Host-causeway="), std::nullopt);
  EXPECT_EQ(read(""), std::nullopt);
  EXPECT_EQ(read("; ;=;;"), std::nullopt);
  EXPECT_EQ(cookie("https://causeway.example").read({}), std::nullopt);
}

TEST(SessionCookie, OfSeveralNobodyKnowsWhichWasMeant) {
  EXPECT_EQ(read("__Host-causeway=abc; __Host-causeway=abc"), "abc");
  EXPECT_EQ(read("__Host-causeway=abc; __Host-causeway=planted"), std::nullopt);
  EXPECT_EQ(cookie("https://causeway.example").read({{"Cookie", "__Host-causeway=a"}, {"cookie", "__Host-causeway=b"}}),
            std::nullopt);
}

}  // namespace
}  // namespace causeway::api::session
