#include "apiserver/rest/cross_site.hpp"

#include <gtest/gtest.h>

namespace causeway::api::rest {
namespace {

const std::vector<std::string> kOwn{"https://causeway.example"};
const std::pair<std::string, std::string> kJson{"Content-Type", "application/json"};

bool post(base::Headers headers) {
  return !cross_site_objection(headers, false, kOwn);
}
bool get(base::Headers headers) {
  return !cross_site_objection(headers, true, kOwn);
}

TEST(CrossSite, APostOfOurOwnPagesGoes) {
  EXPECT_TRUE(post({kJson, {"Sec-Fetch-Site", "same-origin"}, {"Origin", "https://causeway.example"}}));
  EXPECT_TRUE(post({{"X-Causeway-Request", "1"}, {"Sec-Fetch-Site", "same-origin"}}));
  EXPECT_TRUE(post({kJson, {"Origin", "https://causeway.example"}})) << "a browser without Sec-Fetch-Site";
  EXPECT_TRUE(post({kJson})) << "a program";
}

TEST(CrossSite, APostOfAnotherSiteDoesNot) {
  for (const char* site : {"cross-site", "same-site", "none", "SAME-ORIGIN", ""})
    EXPECT_FALSE(post({kJson, {"Sec-Fetch-Site", site}})) << site;
  EXPECT_FALSE(post({kJson, {"Origin", "https://evil.example"}}));
  EXPECT_FALSE(post({kJson, {"Origin", "null"}}));
  EXPECT_FALSE(post({kJson, {"Origin", "http://causeway.example"}})) << "another scheme";
  EXPECT_FALSE(post({kJson, {"Origin", "https://causeway.example:444"}})) << "another port";
  EXPECT_FALSE(post({kJson, {"Origin", "https://causeway.example.evil.example"}}));
  EXPECT_FALSE(post({kJson, {"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "cross-site"}}));
}

TEST(CrossSite, AFormCannotPostWhateverTheBrowserSays) {
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                           "text/plain; application/json"})
    EXPECT_FALSE(post({{"Content-Type", type}, {"Sec-Fetch-Site", "same-origin"}})) << type;
  EXPECT_FALSE(post({}));
}

TEST(CrossSite, AGetThatChangesNeedsProofToo) {
  EXPECT_TRUE(get({{"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Dest", "empty"}})) << "a script of ours";
  for (const char* dest : {"image", "document", "iframe", "style", "audio"})
    EXPECT_FALSE(get({{"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Dest", dest}})) << "a picture or link in a README";
  EXPECT_FALSE(get({{"Sec-Fetch-Site", "same-origin"}}));
  EXPECT_TRUE(get({{"Sec-Fetch-Site", "none"}})) << "typed, or a bookmark";
  EXPECT_TRUE(get({{"X-Causeway-Request", "1"}}));
  EXPECT_FALSE(get({{"Sec-Fetch-Site", "cross-site"}, {"X-Causeway-Request", "1"}}));
  EXPECT_FALSE(get({{"Origin", "https://evil.example"}}));
  EXPECT_FALSE(get({})) << "an image of any page";
}

TEST(CrossSite, WebSocketsAreOfOurOriginOrOfPrograms) {
  EXPECT_TRUE(websocket_allowed({{"Origin", "https://causeway.example"}, {"Cookie", "s=1"}}, kOwn));
  EXPECT_FALSE(websocket_allowed({{"Origin", "https://evil.example"}}, kOwn));
  EXPECT_FALSE(websocket_allowed({{"Cookie", "s=1"}}, kOwn));
  EXPECT_TRUE(websocket_allowed({{"Authorization", "Bearer x"}}, kOwn));
}

TEST(Origin, IsSchemeHostAndAnUnusualPort) {
  EXPECT_EQ(origin_of("https://Causeway.example/path"), "https://causeway.example");
  EXPECT_EQ(origin_of("https://causeway.example:443"), "https://causeway.example");
  EXPECT_EQ(origin_of("http://127.0.0.1:8080/"), "http://127.0.0.1:8080");
  EXPECT_EQ(origin_of("http://[::1]:8080"), "http://[::1]:8080");
  EXPECT_FALSE(origin_of("ftp://causeway.example"));
  EXPECT_FALSE(origin_of("causeway.example"));
}

}  // namespace
}  // namespace causeway::api::rest
