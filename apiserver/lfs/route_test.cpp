#include "apiserver/lfs/route.hpp"

#include <gtest/gtest.h>

namespace causeway::api::lfs {
namespace {

using Kind = Route::Kind;
const std::string kOid(64, 'a');

int status_of(std::string_view method, const std::string& path) {
  const auto route = parse_route(method, path);
  return route ? 200 : route.error().status;
}

TEST(LfsRoute, ReadsEveryAddress) {
  const std::string root = "/ada/digits.git/info/lfs/";
  const std::pair<std::pair<const char*, std::string>, Kind> known[] = {
      {{"POST", "objects/batch"}, Kind::kBatch},      {{"POST", "objects/verify"}, Kind::kVerify},
      {{"PUT", "objects/" + kOid}, Kind::kUpload},    {{"GET", "objects/" + kOid}, Kind::kDownload},
      {{"HEAD", "objects/" + kOid}, Kind::kDownload}, {{"POST", "locks"}, Kind::kLock},
      {{"GET", "locks"}, Kind::kListLocks},           {{"POST", "locks/verify"}, Kind::kVerifyLocks},
      {{"POST", "locks/17/unlock"}, Kind::kUnlock},
  };
  for (const auto& [request, kind] : known) {
    const auto route = parse_route(request.first, root + request.second);
    ASSERT_TRUE(route.ok()) << request.second;
    EXPECT_EQ(route->kind, kind) << request.second;
    EXPECT_EQ(route->owner + "/" + route->name, "ada/digits");
  }
  EXPECT_EQ(parse_route("PUT", root + "objects/" + kOid)->oid, kOid);
  EXPECT_EQ(parse_route("POST", root + "locks/17/unlock")->lock, 17);
}

TEST(LfsRoute, WhatIsElsewhereIsNot) {
  const std::string root = "/ada/digits.git/info/lfs/";
  for (const auto& rest :
       {std::string("objects"), std::string("objects/"), "objects/" + kOid + "0", "objects/" + kOid + "/x",
        "objects/" + std::string(64, 'A'), std::string("objects/../../../x"), std::string("locks/0/unlock"),
        std::string("locks/-1/unlock"), std::string("locks/99999999999999999999/unlock"),
        std::string("locks/1x/unlock"), std::string("nothing")})
    EXPECT_EQ(status_of("POST", root + rest), 404) << rest;
  EXPECT_EQ(status_of("GET", "/ada/..%2f/info/lfs/objects/" + kOid), 404);
  EXPECT_EQ(status_of("GET", root + "objects/batch"), 405);
  EXPECT_EQ(status_of("DELETE", root + "objects/" + kOid), 405);
  EXPECT_EQ(status_of("DELETE", root + "locks"), 405);
}

TEST(LfsRoute, TellsGitFromLfs) {
  EXPECT_TRUE(is_lfs("/ada/digits.git/info/lfs/objects/batch"));
  EXPECT_TRUE(is_lfs("/ada/digits/info/lfs/locks"));
  EXPECT_FALSE(is_lfs("/ada/digits.git/info/lfs"));
  EXPECT_FALSE(is_lfs("/ada/digits.git/info/refs"));
  EXPECT_FALSE(is_lfs("/info/lfs/objects/batch"));
}

}  // namespace
}  // namespace causeway::api::lfs
