#include "operator/terraform/scrub.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "base/http.hpp"

namespace causeway::op::terraform {
namespace {

TEST(Scrubber, FindsASecretInEveryDress) {
  const std::string secret = "s3cr\"t/+ key";
  Scrubber scrubber;
  scrubber.add(secret);
  for (const auto& dressed : {secret, base::base64_encode(secret), base::percent_encode(secret),
                              boost::json::serialize(boost::json::value(secret))}) {
    const auto scrubbed = scrubber.scrub("before " + dressed + " after");
    EXPECT_EQ(scrubbed.find("s3cr"), std::string::npos) << scrubbed;
    EXPECT_NE(scrubbed.find("[redacted]"), std::string::npos) << scrubbed;
    EXPECT_TRUE(scrubbed.starts_with("before ") && scrubbed.ends_with(" after")) << scrubbed;
  }
}

TEST(Scrubber, TheLongerSecretFirst) {
  Scrubber scrubber;
  scrubber.add("abcd");
  scrubber.add("abcdefgh");
  EXPECT_EQ(scrubber.scrub("x abcdefgh y"), "x [redacted] y") << "no rest of the longer one is left";
}

TEST(Scrubber, LeavesShortValuesAndOtherTextsAlone) {
  Scrubber scrubber;
  scrubber.add("1");
  scrubber.add("");
  scrubber.add("yes");
  EXPECT_EQ(scrubber.scrub("11 yes"), "11 yes");
}

TEST(Scrubber, FindsTheTokenInsideAKubeconfig) {
  Scrubber scrubber;
  scrubber.add("apiVersion: v1\nkind: Config\nusers:\n- name: u\n  user:\n    token: eyJhbGciOiJSUzI1NiJ9\n");
  EXPECT_EQ(scrubber.scrub("kind: Config with token eyJhbGciOiJSUzI1NiJ9"), "kind: Config with token [redacted]");
}

TEST(Scrubber, LeavesOfAKubeconfigWhatIsToldOnPurpose) {
  Scrubber scrubber;
  scrubber.add("clusters:\n- cluster:\n    server: https://10.41.0.2:6443\n- user:\n    token: eyJhbGciOiJSUzI1NiJ9\n",
               {"https://10.41.0.2:6443"});
  EXPECT_EQ(scrubber.scrub("https://10.41.0.2:6443 eyJhbGciOiJSUzI1NiJ9"), "https://10.41.0.2:6443 [redacted]");
}

TEST(Scrubber, AFinalNewlineIsNotPartOfTheSecret) {
  Scrubber scrubber;
  scrubber.add("hunter22\n");
  EXPECT_EQ(scrubber.scrub("hunter22!"), "[redacted]!");
}

TEST(Shortened, NeverEndsInsideACharacter) {
  const std::string text = "aäöüß" + std::string(100, 'x');
  for (std::size_t longest = 5; longest < 20; ++longest) {
    const auto s = shortened(text, longest);
    EXPECT_LE(s.size(), longest);
    EXPECT_TRUE(s.ends_with(" …"));
    // Every lead byte has its continuation.
    for (std::size_t i = 0; i < s.size(); ++i) {
      if ((static_cast<unsigned char>(s[i]) & 0xE0) == 0xC0) {
        EXPECT_LT(i + 1, s.size());
      }
    }
  }
  EXPECT_EQ(shortened("short", 10), "short");
}

}  // namespace
}  // namespace causeway::op::terraform
