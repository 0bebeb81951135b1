#include "apiserver/account/sealed_secret.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.hpp"

namespace causeway::api::account {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kOne(32, 'k'), kTwo(64, '2');

SecretKeys keys(const std::vector<std::string>& contents) {
  return SecretKeys::make(contents).value();
}

TEST(SealedSecret, OpensForWhatItBelongsTo) {
  const auto with = keys({kOne});
  const auto sealed = with.seal("twenty secret bytes!", "user 7");
  EXPECT_EQ(with.open(sealed, "user 7"), "twenty secret bytes!");
  EXPECT_EQ(with.open(sealed, "user 8"), std::nullopt);
  EXPECT_EQ(sealed.key.size(), 8U);
  EXPECT_EQ(sealed.bytes.size(), 12U + 20U + 16U);
  EXPECT_THAT(sealed.bytes, Not(HasSubstr("secret")));
  EXPECT_NE(with.seal("twenty secret bytes!", "user 7").bytes, sealed.bytes) << "of the same, another one each time";
  EXPECT_EQ(with.open(with.seal("", ""), ""), "");
}

TEST(SealedSecret, WhatWasChangedDoesNotOpen) {
  const auto with = keys({kOne});
  const auto sealed = with.seal("twenty secret bytes!", "user 7");
  for (std::size_t i = 0; i < sealed.bytes.size(); ++i) {
    auto changed = sealed;
    changed.bytes[i] = static_cast<char>(changed.bytes[i] ^ 1);
    EXPECT_EQ(with.open(changed, "user 7"), std::nullopt) << i;
  }
  for (std::size_t size : {0U, 11U, 27U, 28U, 47U})
    EXPECT_EQ(with.open({sealed.key, sealed.bytes.substr(0, size)}, "user 7"), std::nullopt) << size;
}

TEST(SealedSecret, TheFirstKeySealsAndEachOpensItsOwn) {
  const auto before = keys({kOne}), between = keys({kOne, kTwo}), after = keys({kTwo, kOne}), alone = keys({kTwo});
  const auto old = before.seal("s", "u"), fresh = after.seal("s", "u");
  EXPECT_EQ(old.key, before.current());
  EXPECT_EQ(fresh.key, alone.current());
  EXPECT_EQ(after.open(old, "u"), "s");
  EXPECT_EQ(between.open(fresh, "u"), "s") << "a replica that has not changed over yet";
  EXPECT_EQ(alone.open(old, "u"), std::nullopt);
  EXPECT_EQ(after.earlier(), std::vector<std::string>{before.current()});
  EXPECT_TRUE(alone.earlier().empty());
  EXPECT_TRUE(SecretKeys().empty());
  EXPECT_EQ(SecretKeys().open(old, "u"), std::nullopt);
}

TEST(SealedSecret, KeysComeFromFilesOrTheirFolder) {
  const base::TemporaryDirectory folder;
  EXPECT_TRUE(SecretKeys::read({folder.path()}).value().empty()) << "a Secret that is not there";
  ASSERT_TRUE(base::write_file_atomic(folder.path() / "2", kOne + "\n"));
  ASSERT_TRUE(base::write_file_atomic(folder.path() / "1", kTwo));
  EXPECT_EQ(SecretKeys::read({folder.path()}).value().current(), keys({kTwo}).current());
  EXPECT_EQ(SecretKeys::read({folder.path() / "2", folder.path() / "1"}).value().current(), keys({kOne}).current());
  EXPECT_THAT(SecretKeys::read({folder.path() / "3"}).error().message, HasSubstr("key of second factors"));
  ASSERT_TRUE(base::write_file_atomic(folder.path() / "3", "short\n"));
  EXPECT_THAT(SecretKeys::read({folder.path()}).error().message, HasSubstr("openssl rand -hex 32"));
  EXPECT_THAT(SecretKeys::make({kOne, kOne + "\n"}).error().message, HasSubstr("the same key"));
}

}  // namespace
}  // namespace causeway::api::account
