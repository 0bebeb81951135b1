#include "apiserver/session/token.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

namespace causeway::api::session {
namespace {

TEST(Token, SaysWhatItIsFor) {
  EXPECT_EQ(token_kind(make_token(TokenKind::kSession)), TokenKind::kSession);
  EXPECT_EQ(token_kind(make_token(TokenKind::kAccess)), TokenKind::kAccess);
}

TEST(Token, IsNeverTheSameAndUsesItsWholeAlphabet) {
  std::set<std::string> tokens;
  std::set<char> characters;
  for (int i = 0; i < 500; i++) {
    const auto token = make_token(TokenKind::kSession);
    EXPECT_EQ(token.size(), 53U);
    tokens.insert(token);
    characters.insert(token.begin() + 4, token.end());
  }
  EXPECT_EQ(tokens.size(), 500U);
  EXPECT_EQ(characters.size(), 62U);
}

TEST(Token, AnyChangedCharacterIsNoticed) {
  const auto token = make_token(TokenKind::kAccess);
  for (std::size_t i = 0; i < token.size(); i++) {
    auto wrong = token;
    wrong[i] = wrong[i] == 'a' ? 'b' : 'a';
    EXPECT_EQ(token_kind(wrong), std::nullopt) << i;
  }
}

TEST(Token, WhatIsNoTokenIsTold) {
  const auto token = make_token(TokenKind::kSession);
  for (const auto& wrong : {std::string(), std::string("cws_"), token.substr(1), token + "0", std::string(53, '0'),
                            std::string(1 << 20, 'a'), std::string("cws_") + std::string(49, '\0')})
    EXPECT_EQ(token_kind(wrong), std::nullopt) << wrong.size();
}

TEST(Token, IsKeptAsItsHashAndShownByItsBeginning) {
  const auto token = make_token(TokenKind::kAccess);
  EXPECT_EQ(token_hash(token).size(), 32U);
  EXPECT_NE(token_hash(token), token_hash(make_token(TokenKind::kAccess)));
  EXPECT_EQ(token_hint(token), token.substr(0, 9) + "…");
  EXPECT_LE(token_hint(token).size(), 12U);
}

}  // namespace
}  // namespace causeway::api::session
