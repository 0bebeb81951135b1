#include "webhooks/rules/verdict.hpp"

#include <gtest/gtest.h>

#include "webhooks/rules/wording.hpp"

namespace causeway::webhooks {
namespace {

TEST(Verdict, ErrorsAreInvalidWithACauseEach) {
  Verdict verdict;
  verdict.errors = {{"spec.a", "is wrong", "b"}, {"spec.c", "is missing", ""}};
  verdict.warn("spec.d", "is unwise");
  const auto response = to_response(verdict);
  EXPECT_FALSE(response.allowed);
  EXPECT_EQ(response.code, 422);
  EXPECT_EQ(response.reason, "Invalid");
  EXPECT_EQ(response.message, "spec.a: is wrong; accepted: b; spec.c: is missing");
  ASSERT_EQ(response.causes.size(), 2u);
  EXPECT_EQ(response.causes[0].field, "spec.a");
  EXPECT_EQ(response.causes[0].message, "is wrong; accepted: b");
  EXPECT_EQ(response.warnings, std::vector<std::string>{"spec.d: is unwise"});
}

TEST(Verdict, WhatIsForbiddenComesFirst) {
  Verdict verdict;
  verdict.errors = {{"spec.a", "is wrong", "b"}};
  verdict.forbidden = {"no", "nor this"};
  const auto response = to_response(verdict);
  EXPECT_EQ(response.code, 403);
  EXPECT_EQ(response.reason, "Forbidden");
  EXPECT_EQ(response.message, "no; nor this");
}

TEST(Verdict, NothingIsAllowed) {
  EXPECT_TRUE(to_response({}).allowed);
}

TEST(Wording, NamesThatSoundSecret) {
  for (const auto* name : {"HF_TOKEN", "db-password", "API_KEY", "clientSecret"})
    EXPECT_TRUE(sounds_secret(name)) << name;
  for (const auto* name : {"COLOUR", "KEY", "PORT"}) EXPECT_FALSE(sounds_secret(name)) << name;
}

}  // namespace
}  // namespace causeway::webhooks
