#include "apiserver/git/route.hpp"

#include <gtest/gtest.h>

namespace causeway::api::git {
namespace {

TEST(Route, ReadsTheTwoAddressesOfEachService) {
  const auto advertise = parse_route("GET", "/ada/digits.git/info/refs", "service=git-upload-pack");
  ASSERT_TRUE(advertise.ok());
  EXPECT_EQ(advertise->kind, Route::Kind::kAdvertise);
  EXPECT_EQ(advertise->service, Service::kUploadPack);
  EXPECT_EQ(advertise->owner, "ada");
  EXPECT_EQ(advertise->name, "digits");

  const auto push = parse_route("POST", "/ada/digits.git/git-receive-pack", "");
  ASSERT_TRUE(push.ok());
  EXPECT_EQ(push->kind, Route::Kind::kRpc);
  EXPECT_EQ(push->service, Service::kReceivePack);
}

TEST(Route, TheSuffixMayBeLeftOutAndEscapesAreDecoded) {
  const auto plain = parse_route("GET", "/ada/digits/info/refs", "service=git-receive-pack");
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(plain->name, "digits");
  const auto escaped = parse_route("GET", "/%61da/Digits%2Egit/info/refs", "service=git-upload-pack");
  ASSERT_TRUE(escaped.ok());
  EXPECT_EQ(escaped->owner, "ada");
  EXPECT_EQ(escaped->name, "Digits") << "case is kept";
}

TEST(Route, NothingLeadsOutOfTheFolder) {
  for (const char* path : {"/../etc.git/info/refs",
                           "/ada/../../etc/passwd/info/refs",
                           "/ada/..%2F..%2Fetc.git/info/refs",
                           "/ada/%2e%2e/info/refs",
                           "/%2e/x.git/info/refs",
                           "//digits.git/info/refs",
                           "/ada//info/refs",
                           "/ada/.git/info/refs",
                           "/.archive/x.git/info/refs",
                           "/.events/x/info/refs",
                           "/ada/-x.git/info/refs",
                           "/-o/x.git/info/refs",
                           "/ada/a%00b.git/info/refs",
                           "/ada/x.git.git/info/refs",
                           "/ada/a%5cb/info/refs",
                           "/ada/digits.git",
                           "/ada",
                           "/",
                           "",
                           "/ada/digits.git/objects/info/packs",
                           "/ada/digits.git/HEAD"}) {
    const auto route = parse_route("GET", path, "service=git-upload-pack");
    EXPECT_FALSE(route.ok()) << path;
    if (!route) {
      EXPECT_TRUE(route.error().status == 404 || route.error().status == 400) << path;
    }
  }
}

TEST(Route, UnknownServicesAreForbidden) {
  for (const char* query : {"service=git-upload-archive", "service=upload-pack", "service=", ""}) {
    const auto route = parse_route("GET", "/ada/digits.git/info/refs", query);
    ASSERT_FALSE(route.ok()) << query;
    EXPECT_EQ(route.error().status, 403) << query;
  }
  const auto rpc = parse_route("POST", "/ada/digits.git/git-upload-archive", "");
  ASSERT_FALSE(rpc.ok());
  EXPECT_EQ(rpc.error().status, 403);
}

TEST(Route, TheMethodHasToFit) {
  EXPECT_EQ(parse_route("POST", "/ada/digits.git/info/refs", "service=git-upload-pack").error().status, 405);
  EXPECT_EQ(parse_route("GET", "/ada/digits.git/git-upload-pack", "").error().status, 405);
}

TEST(Route, Parts) {
  for (const char* good : {"a", "A.b_c-9", "_x", "0"}) EXPECT_TRUE(valid_part(good)) << good;
  for (const char* bad : {"", ".", "..", ".x", "-x", "x.", "a..b", "x.git", "x.lock", "a/b", "a b", "ä", "a\nb"}) {
    EXPECT_FALSE(valid_part(bad)) << bad;
  }
  EXPECT_TRUE(valid_part(std::string(100, 'a')));
  EXPECT_FALSE(valid_part(std::string(101, 'a')));
}

}  // namespace
}  // namespace causeway::api::git
