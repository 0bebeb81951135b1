#include "apiserver/git/credentials.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "base/files.hpp"

namespace causeway::api::git {
namespace {

std::string basic(const std::string& user, const std::string& password) {
  return "Basic " + base::base64_encode(user + ":" + password);
}

const std::string kRandom(kShortestPassword, 'r');

struct CredentialsTest : testing::Test {
  void write(const std::string& text) { ASSERT_TRUE(base::write_file_atomic(file, text, 0600).ok()); }
  base::TemporaryDirectory folder;
  std::filesystem::path file = folder.path() / "credentials";
  base::ManualClock clock;
};

TEST_F(CredentialsTest, ProvesUserAndPassword) {
  write("# people\nada:" + base::sha256_hex("s3cret:with:colons" + kRandom) +
        "\r\n\nbuild:" + base::sha256_hex("short") + "\n");
  Credentials credentials;
  credentials.use(file, clock);
  EXPECT_EQ(credentials.authenticate(basic("ada", "s3cret:with:colons" + kRandom)), "ada");
  EXPECT_EQ(credentials.authenticate("basic  " + base::base64_encode("ada:s3cret:with:colons" + kRandom)), "ada");
  EXPECT_EQ(credentials.authenticate(basic("build", "short")), std::nullopt) << "it could be guessed";
  for (const auto& wrong : {basic("ada", "S3cret" + kRandom), basic("eve", "s3cret:with:colons" + kRandom),
                            basic("", ""), std::string("Basic !!!"), std::string("Bearer abc"), std::string("Basic"),
                            std::string(), "Basic " + base::base64_encode("ada")}) {
    EXPECT_EQ(credentials.authenticate(wrong), std::nullopt) << wrong;
  }
}

TEST_F(CredentialsTest, FollowsTheFileAndKeepsTheLastGoodOne) {
  write("ada:" + base::sha256_hex("one" + kRandom) + "\n");
  Credentials credentials;
  credentials.use(file, clock);
  EXPECT_TRUE(credentials.authenticate(basic("ada", "one" + kRandom)));
  write("ada:" + base::sha256_hex("two" + kRandom) + "\n");
  clock.advance(std::chrono::seconds(2));
  EXPECT_FALSE(credentials.authenticate(basic("ada", "one" + kRandom)));
  EXPECT_TRUE(credentials.authenticate(basic("ada", "two" + kRandom)));
  write("ada:plain-text-by-mistake\n");
  clock.advance(std::chrono::seconds(2));
  EXPECT_TRUE(credentials.authenticate(basic("ada", "two" + kRandom)));
  std::filesystem::remove(file);
  clock.advance(std::chrono::seconds(2));
  EXPECT_FALSE(credentials.authenticate(basic("ada", "two" + kRandom))) << "what is taken away is taken away";
  write("ada:" + base::sha256_hex("two" + kRandom) + "\n");
  clock.advance(std::chrono::seconds(2));
  EXPECT_TRUE(credentials.authenticate(basic("ada", "two" + kRandom)));
}

TEST_F(CredentialsTest, WithoutAFileThereIsNobody) {
  const Credentials credentials;
  EXPECT_FALSE(credentials.configured());
  EXPECT_EQ(credentials.authenticate(basic("ada", "x")), std::nullopt);
}

}  // namespace
}  // namespace causeway::api::git
