#include "apiserver/git/platform_tokens.hpp"

#include <atomic>
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "base/files.hpp"
#include "base/http_server.hpp"

namespace causeway::api::git {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

const std::string kBuild = "system:serviceaccount:causeway-builds:build",
                  kHub = "system:serviceaccount:causeway-system:causeway-operator-hub";

// Answers as the repo controller does: "a.<number of the account>.b" is a token, good for `audience`.
struct PlatformTokensTest : testing::Test {
  PlatformTokensTest() {
    auto started = base::HttpServer::start(
        {.listen = options.reviews}, base::HttpServer::Handler([this](const base::HttpRequest& request) {
          ++asked;
          if (away) return base::text_response(503, "Kubernetes does not answer");
          const auto body = json::parse(request.body);
          const std::string token(body.at("token").as_string());
          const bool good = body.at("audience").as_string() == audience && token.starts_with("a.");
          return base::json_response(200, json::serialize(json::object{{"account", good ? account : std::string()}}));
        }));
    EXPECT_TRUE(started.ok());
    server = std::move(*started);
  }
  static std::string basic(const std::string& user, const std::string& password) {
    return "Basic " + base::base64_encode(user + ":" + password);
  }
  // Which repository is read: "all", "nobody" or its path.
  std::string reads(const std::string& user, const std::string& password = "a.b.c") {
    const auto reader = tokens.authenticate(basic(user, password));
    if (!reader) return "error: " + reader.error().message;
    if (!*reader) return "nobody";
    EXPECT_EQ((*reader)->account, account);
    return (*reader)->repository.empty() ? "all" : (*reader)->repository;
  }

  const base::TemporaryDirectory folder;
  PlatformTokenOptions options{.reviews = "unix://" + (folder.path() / "socket").string()};
  std::atomic<int> asked = 0;
  std::atomic<bool> away = false;
  std::string account = kBuild, audience = "git.causeway.dev/ada/digits";
  std::unique_ptr<base::HttpServer> server;
  base::ManualClock clock;
  PlatformTokens tokens{options, clock};
};

TEST_F(PlatformTokensTest, OfABuildReadTheRepositoryThatTheyAreBoundTo) {
  EXPECT_EQ(reads("git.causeway.dev/ada/digits"), "ada/digits");
  EXPECT_EQ(reads("git.causeway.dev/ada/other"), "nobody") << "it is for another audience";
  audience = "git.causeway.dev";
  EXPECT_EQ(reads("git.causeway.dev"), "nobody") << "a build's account reads no more than one";
}

TEST_F(PlatformTokensTest, OfTheOperatorReadEveryRepository) {
  account = kHub;
  EXPECT_EQ(reads("git.causeway.dev/ada/digits"), "nobody") << "it is no build";
  audience = "git.causeway.dev";
  EXPECT_EQ(reads("git.causeway.dev"), "all");
  clock.advance(1min);
  account = "system:serviceaccount:u-eve:default";
  EXPECT_EQ(reads("git.causeway.dev"), "nobody") << "anybody may have a token for any audience";
}

TEST_F(PlatformTokensTest, NobodyIsAskedWhatCannotBeOne) {
  for (const char* user : {"ada", "git.causeway.dev/", "git.causeway.dev/ada", "git.causeway.dev/ada/",
                           "git.causeway.dev//x", "git.causeway.dev/a/b/c", "git.causeway.devil", ""})
    EXPECT_EQ(reads(user), "nobody") << user;
  for (const std::string& password : {std::string("a.b"), std::string("a.b.c.d"), std::string("a.b. c"), std::string(),
                                      "a.b." + std::string(kLongestToken, 'c')})
    EXPECT_EQ(reads("git.causeway.dev", password), "nobody");
  EXPECT_FALSE(*tokens.authenticate("Bearer a.b.c"));
  EXPECT_EQ(asked, 0);
}

TEST_F(PlatformTokensTest, WhatWasSaidIsRememberedForAWhile) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(reads("git.causeway.dev/ada/digits"), "ada/digits");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(reads("git.causeway.dev/ada/digits", "x.y.z"), "nobody");
  EXPECT_EQ(asked, 2);
  account = "";
  clock.advance(kRememberedFor);
  EXPECT_EQ(reads("git.causeway.dev/ada/digits"), "nobody") << "the pod that it was bound to is gone";
  for (std::size_t i = 0; i < 2 * kRemembered; ++i) reads("git.causeway.dev/ada/digits", "x.y." + std::to_string(i));
  account = kBuild;
  clock.advance(kRememberedFor);
  EXPECT_EQ(reads("git.causeway.dev/ada/digits"), "ada/digits");
}

TEST_F(PlatformTokensTest, WhileItCannotBeFoundOutNothingIsDecided) {
  away = true;
  EXPECT_THAT(reads("git.causeway.dev/ada/digits"), testing::HasSubstr("Kubernetes does not answer"));
  server.reset();
  EXPECT_THAT(reads("git.causeway.dev/ada/digits"), testing::HasSubstr("cannot be found out"));
}

TEST_F(PlatformTokensTest, WithoutWhomToAskNoneCounts) {
  PlatformTokens none({}, clock);
  EXPECT_FALSE(*none.authenticate(basic("git.causeway.dev/ada/digits", "a.b.c")));
}

}  // namespace
}  // namespace causeway::api::git
