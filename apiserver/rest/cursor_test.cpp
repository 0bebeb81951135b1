#include "apiserver/rest/cursor.hpp"

#include <gtest/gtest.h>
#include <stdexcept>

namespace causeway::api::rest {
namespace {

const std::string kSecret(32, 's');
const boost::json::array kPosition{"2026-11-24T10:00:00Z", 42};

TEST(Cursor, OpensForTheListItWasSealedFor) {
  const CursorSealer sealer(kSecret);
  const std::string cursor = sealer.seal("/notes&tag=a", kPosition);
  EXPECT_EQ(sealer.open("/notes&tag=a", cursor), kPosition);
  EXPECT_EQ(CursorSealer(kSecret).open("/notes&tag=a", cursor), kPosition) << "another replica";
  EXPECT_FALSE(sealer.open("/notes&tag=b", cursor));
  EXPECT_FALSE(sealer.open("/notes", cursor));
  EXPECT_FALSE(CursorSealer(std::string(32, 't')).open("/notes&tag=a", cursor));
}

TEST(Cursor, WhatWasChangedDoesNotOpen) {
  const CursorSealer sealer(kSecret);
  const std::string cursor = sealer.seal("/notes", kPosition);
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    std::string changed = cursor;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(sealer.open("/notes", changed)) << i;
  }
  for (const std::string& bad :
       {std::string(), std::string("x"), std::string("!!"), cursor + "A", cursor.substr(4), std::string(2000, 'A')})
    EXPECT_FALSE(sealer.open("/notes", bad)) << bad;
}

TEST(Cursor, TheListsNameCannotRunIntoThePayload) {
  const CursorSealer sealer(kSecret);
  // "/notes" + "[1]" and "/notes[1" + "]" would be the same bytes.
  const std::string cursor = sealer.seal("/notes", {1});
  EXPECT_FALSE(sealer.open("/notes[1", cursor));
}

TEST(Cursor, AShortSecretIsNone) {
  EXPECT_THROW(CursorSealer(std::string(31, 's')), std::invalid_argument);
}

}  // namespace
}  // namespace causeway::api::rest
