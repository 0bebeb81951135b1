#include "apiserver/account/password.hpp"

#include <atomic>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace causeway::api::account {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Password, LongAndUncommonOnesAreTaken) {
  for (const auto* password :
       {"correct horse battery staple", "xK9#mQ2$vL", "密码是一座桥上的灯火", "        spaces count too"})
    EXPECT_EQ(password_objection(password), "") << password;
  EXPECT_EQ(password_objection("tall " + std::string(100, ' ') + " bridge lamp"), "");
}

TEST(Password, WhatIsTriedFirstIsRefused) {
  for (const auto* password :
       {"password", "12345678", "qwertyuiop", "iloveyou", "Password1", "11111111", "letmein1", "sunshine"})
    EXPECT_THAT(password_objection(password), HasSubstr("first that are tried")) << password;
}

TEST(Password, WhatAnAccountIsKnownByIsRefused) {
  for (const auto* password : {"causeway1", "Gradio2024", "lovelace1815", "AdaLovelace"})
    EXPECT_THAT(password_objection(password, {"AdaLovelace", "lovelace1815@example.org"}),
                HasSubstr("first that are tried"))
        << password;
  EXPECT_EQ(password_objection("lovelace1815 bridge lamp", {"lovelace1815@example.org"}), "");
}

TEST(Password, LengthIsInCharacters) {
  EXPECT_THAT(password_objection(""), HasSubstr("at least 8"));
  EXPECT_THAT(password_objection("xK9#mQ2"), HasSubstr("at least 8"));
  EXPECT_THAT(password_objection("密码桥灯火"), HasSubstr("at least 8"));
  EXPECT_THAT(password_objection(std::string(129, 'x')), HasSubstr("at most 128"));
  EXPECT_THAT(password_objection("xK9#mQ2$vL\xff"), HasSubstr("UTF-8"));
  EXPECT_THAT(password_objection(std::string("xK9#mQ2\0vLab", 12)), HasSubstr("NUL"));
}

struct PasswordHasherTest : ::testing::Test {
  base::MetricsRegistry metrics;
  // Small, to be fast.
  PasswordHasher hasher{{.threads = 2, .queue = 64, .memory_kib = 64, .passes = 1}, metrics};
};

TEST_F(PasswordHasherTest, KnowsItsOwn) {
  const auto kept = hasher.hash("correct horse").value();
  EXPECT_THAT(kept, StartsWith("$argon2id$v=19$m=64,t=1,p=1$"));
  EXPECT_TRUE(hasher.verify("correct horse", kept).value());
  EXPECT_FALSE(hasher.verify("correct horsf", kept).value());
  EXPECT_FALSE(hasher.verify("", kept).value());
  EXPECT_NE(kept, hasher.hash("correct horse").value());
}

TEST_F(PasswordHasherTest, NobodysIsNobodys) {
  EXPECT_FALSE(hasher.verify("anything", "").value());
  EXPECT_FALSE(hasher.verify("", "").value());
  EXPECT_FALSE(hasher.verify("anything", "$argon2id$nonsense").value());
}

TEST_F(PasswordHasherTest, OlderParametersStillHoldAndAreTold) {
  PasswordHasher older({.threads = 1, .queue = 1, .memory_kib = 32, .passes = 2}, metrics);
  const auto kept = older.hash("correct horse").value();
  EXPECT_TRUE(hasher.verify("correct horse", kept).value());
  EXPECT_TRUE(hasher.outdated(kept));
  EXPECT_FALSE(hasher.outdated(hasher.hash("correct horse").value()));
}

TEST_F(PasswordHasherTest, TooManyAtOnceAreToldSo) {
  PasswordHasher small({.threads = 1, .queue = 1, .memory_kib = 16 * 1024, .passes = 3}, metrics);
  std::atomic<int> refused = 0;
  {
    std::vector<std::jthread> many;
    for (int i = 0; i < 16; i++)
      many.emplace_back([&] {
        const auto hashed = small.hash("correct horse");
        if (!hashed && hashed.error().code == base::ErrorCode::kUnavailable) ++refused;
      });
  }
  EXPECT_GT(refused, 0);
  EXPECT_THAT(metrics.render(), HasSubstr("causeway_password_refused_total " + std::to_string(refused)));
}

}  // namespace
}  // namespace causeway::api::account
