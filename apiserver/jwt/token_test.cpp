#include "apiserver/jwt/token.hpp"

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/jwt/strict_json.hpp"
#include "apiserver/jwt/test_keys.hpp"
#include "base/encoding.hpp"

namespace causeway::api::jwt {
namespace {

using ::testing::HasSubstr;

// RFC 7515, A.2 and A.3: both sign the same claims.
const std::string kClaims =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const std::string kRs256 =
    "eyJhbGciOiJSUzI1NiJ9." + kClaims +
    ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1"
    "dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDw"
    "usC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77R"
    "w";
const std::string kEs256 = "eyJhbGciOiJFUzI1NiJ9." + kClaims +
                           ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

PublicKey rsa() {
  return PublicKey::from_jwk(
             {{"kty", "RSA"},
              {"e", "AQAB"},
              {"n",
               "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-"
               "SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-"
               "UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_"
               "h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}})
      .value();
}
PublicKey p256() {
  return PublicKey::from_jwk({{"kty", "EC"},
                              {"crv", "P-256"},
                              {"x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"},
                              {"y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}})
      .value();
}

// Signed by `key`, whatever the header says.
std::string token_of(const std::string& header, const std::string& claims, const PrivateKey& key) {
  const auto text = base::base64url_encode(header) + '.' + base::base64url_encode(claims);
  return text + '.' + base::base64url_encode(key.sign(key.algorithm(), text));
}
std::string refusal(const std::string& text) {
  const auto token = parse(text);
  return token ? "" : token.error().message;
}

TEST(Token, VerifiesTheExamplesOfTheRfc) {
  for (const auto& [text, key] : {std::pair(kRs256, rsa()), std::pair(kEs256, p256())}) {
    const auto token = parse(text);
    ASSERT_TRUE(token) << token.error().message;
    const auto claims = token->verify(key);
    ASSERT_TRUE(claims) << claims.error().message;
    EXPECT_EQ(text_member(*claims, "iss"), "joe");
    EXPECT_EQ(claims->at("exp"), 1300819380);
  }
}

TEST(Token, AnotherKeyDidNotSignIt) {
  EXPECT_FALSE(parse(kRs256)->verify(p256()));
  EXPECT_FALSE(parse(kEs256)->verify(rsa()));
  EXPECT_FALSE(parse(kEs256)->verify(test::ec_key().public_key()));
}

TEST(Token, NoPartOfItMayBeChanged) {
  const auto key = test::ec_key();
  const auto text = sign({{"iss", "us"}}, key);
  ASSERT_TRUE(parse(text)->verify(key.public_key()));
  for (std::size_t i = 0; i < text.size(); i++) {
    auto changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    const auto token = parse(changed);
    EXPECT_FALSE(token && token->verify(key.public_key())) << i;
  }
}

TEST(Token, SignsAsItVerifies) {
  for (const auto& key : {test::rsa_key(), test::ec_key(), test::ed25519_key()}) {
    const auto token = parse(sign({{"sub", "17"}}, key, {.type = "at+jwt"}));
    ASSERT_TRUE(token) << token.error().message;
    EXPECT_EQ(token->algorithm(), key.algorithm());
    EXPECT_EQ(token->key_id(), key.public_key().thumbprint());
    EXPECT_EQ(token->type(), "at+jwt");
    EXPECT_EQ(text_member(token->verify(key.public_key()).value(), "sub"), "17");
  }
  EXPECT_EQ(parse(sign({}, test::ec_key(), {.key_id = "2026"}))->key_id(), "2026");
}

TEST(Token, TypesAreComparedInOneForm) {
  const auto key = test::ec_key();
  const auto type = [&](const std::string& said) { return parse(sign({}, key, {.type = said}))->type(); };
  EXPECT_EQ(type("JWT"), "jwt");
  EXPECT_EQ(type("application/AT+jwt"), "at+jwt");
  EXPECT_EQ(type("application/a/b"), "application/a/b");
}

TEST(Token, WithoutASignatureItIsNone) {
  for (const auto* name : {"none", "None", "nOnE", "NONE", ""})
    EXPECT_THAT(refusal(base::base64url_encode(std::string(R"({"alg":")") + name + "\"}") + "." + kClaims + "."),
                HasSubstr("its algorithm is"))
        << name;
}

TEST(Token, AlgorithmsWithASharedSecretAreRefused) {
  const auto key = test::ec_key();
  for (const auto* name : {"HS256", "HS384", "HS512", "RS384", "ES384", "ES256K", "rs256", "RS256 "})
    EXPECT_THAT(refusal(token_of(std::string(R"({"alg":")") + name + "\"}", "{}", key)),
                HasSubstr("RS256, PS256, ES256 and EdDSA are taken"))
        << name;
  EXPECT_THAT(refusal(token_of(R"({"alg":5})", "{}", key)), HasSubstr("its algorithm is \"\""));
  EXPECT_THAT(refusal(token_of("{}", "{}", key)), HasSubstr("its algorithm is \"\""));
}

// RFC 8725, 2.1: the public key as the secret of an HMAC.
TEST(Token, APublicKeyIsNoSecret) {
  const auto key = test::ec_key();
  const auto text = base::base64url_encode(R"({"alg":"HS256"})") + '.' + kClaims;
  const auto secret = json::serialize(key.public_key().to_jwk());
  EXPECT_NE(refusal(text + '.' + base::base64url_encode(base::hmac_sha256(secret, text))), "");
}

TEST(Token, WhatLeavesRoomForTwoReadingsIsRefused) {
  const auto key = test::ec_key();
  EXPECT_THAT(refusal(token_of(R"({"alg":"ES256","alg":"ES256"})", "{}", key)), HasSubstr("twice"));
  EXPECT_THAT(refusal(token_of(R"({"alg":"ES256"})", R"({"sub":"1","sub":"2"})", key)), HasSubstr("twice"));
  EXPECT_THAT(refusal(token_of(R"({"alg":"ES256","crit":["exp"],"exp":1})", "{}", key)), HasSubstr("crit"));
  EXPECT_THAT(refusal(token_of(R"({"alg":"ES256","crit":[]})", "{}", key)), HasSubstr("crit"));
  EXPECT_THAT(refusal(token_of(R"({"alg":"ES256","b64":false})", "{}", key)), HasSubstr("b64"));
  EXPECT_THAT(refusal(token_of(R"({"alg":"ES256","kid":7})", "{}", key)), HasSubstr("kid"));
  EXPECT_THAT(refusal(token_of(R"({"alg":"ES256","typ":[]})", "{}", key)), HasSubstr("typ"));
  EXPECT_THAT(refusal(token_of(R"(["ES256"])", "{}", key)), HasSubstr("header"));
  EXPECT_THAT(refusal(token_of(R"({"alg":"ES256"})", "[]", key)), HasSubstr("claims"));
}

TEST(Token, OnlyTheOneTextIsTaken) {
  const auto text = sign({{"a", 1}}, test::ec_key());
  for (const auto& wrong : {std::string(), std::string("."), std::string(".."), std::string("a.b"), text + ".",
                            text + "=", " " + text, text + "\n", text.substr(0, text.rfind('.')),
                            "." + text.substr(text.find('.') + 1), text + "/", std::string(20'000, '.')})
    EXPECT_NE(refusal(wrong), "") << wrong.substr(0, 100);
}

TEST(Token, HasABoundedSize) {
  const auto key = test::ec_key();
  EXPECT_TRUE(parse(sign({{"a", std::string(10'000, 'x')}}, key)));
  EXPECT_THAT(refusal(sign({{"a", std::string(13'000, 'x')}}, key)), HasSubstr("more than 16384 bytes"));
}

}  // namespace
}  // namespace causeway::api::jwt
