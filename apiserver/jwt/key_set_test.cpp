#include "apiserver/jwt/key_set.hpp"

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/jwt/test_keys.hpp"
#include "base/encoding.hpp"

namespace causeway::api::jwt {
namespace {

using ::testing::HasSubstr;

json::object jwk(const PrivateKey& key, json::object more = {}) {
  auto all = key.public_key().to_jwk();
  for (const auto& member : more) all.insert_or_assign(member.key(), member.value());
  return all;
}
base::Result<KeySet> set_of(json::array keys) {
  return KeySet::from_json({{"keys", std::move(keys)}});
}
UnverifiedToken token(const PrivateKey& key, std::string id) {
  return parse(sign({}, key, {.key_id = std::move(id)})).value();
}
// Without a "kid".
UnverifiedToken nameless(const PrivateKey& key) {
  const auto text = base::base64url_encode("{\"alg\":\"" + std::string(to_string(key.algorithm())) + "\"}") + ".e30";
  return parse(text + '.' + base::base64url_encode(key.sign(key.algorithm(), text))).value();
}

TEST(KeySet, FindsTheKeyThatATokenNames) {
  const auto first = test::ec_key(), second = test::ec_key();
  const auto keys = set_of({jwk(first, {{"kid", "1"}}), jwk(second, {{"kid", "2"}})}).value();
  for (const auto& [key, id] : {std::pair(&first, "1"), std::pair(&second, "2")}) {
    const auto* found = keys.find(token(*key, id));
    ASSERT_NE(found, nullptr);
    EXPECT_TRUE(token(*key, id).verify(*found));
  }
  EXPECT_EQ(keys.find(token(first, "3")), nullptr);
}

TEST(KeySet, ATokenWithoutANameNeedsTheOnlyKey) {
  const auto ec = test::ec_key(), ed = test::ed25519_key();
  EXPECT_NE(set_of({jwk(ec, {{"kid", "1"}}), jwk(ed)})->find(nameless(ec)), nullptr);
  EXPECT_EQ(set_of({jwk(ec), jwk(test::ec_key())})->find(nameless(ec)), nullptr);
  EXPECT_EQ(set_of({jwk(ed)})->find(nameless(ec)), nullptr);
}

TEST(KeySet, AKeyIsForItsOwnAlgorithmOnly) {
  const auto rsa = test::rsa_key(), ec = test::ec_key();
  EXPECT_EQ(set_of({jwk(rsa, {{"kid", "1"}, {"alg", "PS256"}})})->find(token(rsa, "1")), nullptr);
  EXPECT_NE(set_of({jwk(rsa, {{"kid", "1"}, {"alg", "RS256"}})})->find(token(rsa, "1")), nullptr);
  // One name, two kinds (RFC 7517, 4.5).
  const auto keys = set_of({jwk(rsa, {{"kid", "1"}}), jwk(ec, {{"kid", "1"}})}).value();
  EXPECT_TRUE(token(ec, "1").verify(*keys.find(token(ec, "1"))));
}

TEST(KeySet, WhatIsNoSigningKeyIsLeftOut) {
  const auto key = test::ec_key();
  const json::array others{jwk(key, {{"use", "enc"}}),
                           jwk(key, {{"key_ops", json::array{"sign"}}}),
                           jwk(key, {{"key_ops", "verify"}}),
                           jwk(key, {{"alg", "ES384"}}),
                           jwk(key, {{"alg", "RS256"}}),
                           json::object{{"kty", "oct"}, {"k", "c2VjcmV0"}},
                           json::object{{"kty", "RSA"}, {"n", "AQAB"}, {"e", "AQAB"}},
                           "no key"};
  const auto none = set_of(others);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("no key for RS256"));
  auto all = others;
  all.push_back(jwk(key, {{"use", "sig"}, {"key_ops", json::array{"verify"}}}));
  EXPECT_EQ(set_of(all)->size(), 1U);
}

TEST(KeySet, IsBounded) {
  const auto key = test::ec_key();
  json::array many;
  for (int i = 0; i < 200; i++) many.push_back(jwk(key));
  EXPECT_EQ(set_of(many)->size(), 64U);
}

TEST(KeySet, WhatIsNoneIsRefused) {
  for (const auto* text : {"", "[]", "{}", R"({"keys": {}})", R"({"keys": []})", R"({"keys": [], "keys": []})"})
    EXPECT_FALSE(KeySet::parse(text)) << text;
}

}  // namespace
}  // namespace causeway::api::jwt
