#include "apiserver/jwt/key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/jwt/strict_json.hpp"
#include "apiserver/jwt/test_keys.hpp"
#include "base/encoding.hpp"

namespace causeway::api::jwt {
namespace {

using ::testing::HasSubstr;

PublicKey key_of(const char* jwk) {
  return PublicKey::from_jwk(parse_object(jwk).value()).value();
}
std::string bytes(std::string_view base64url) {
  return base::base64url_decode(base64url).value();
}

// RFC 7638, 3.1
constexpr const char* kRsa =
    R"({"kty": "RSA", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"})";
// RFC 7515, A.3
constexpr const char* kEc =
    R"({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
// RFC 8037, A.2
constexpr const char* kEd25519 =
    R"({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";

TEST(Key, HasItsThumbprint) {
  EXPECT_EQ(key_of(kRsa).thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");      // RFC 7638, 3.1
  EXPECT_EQ(key_of(kEd25519).thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");  // RFC 8037, A.3
}

TEST(Key, ReadsBackAsItWasWritten) {
  for (const auto* jwk : {kRsa, kEc, kEd25519}) {
    const auto key = key_of(jwk);
    const auto again = PublicKey::from_jwk(key.to_jwk());
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->thumbprint(), key.thumbprint());
    for (const auto& member : key.to_jwk()) EXPECT_EQ(member.value(), parse_object(jwk)->at(member.key()));
  }
}

TEST(Key, VerifiesTheExamplesOfTheRfcs) {
  // RFC 8037, A.4: its payload is no JSON, so it is no token.
  const std::string message = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
  const auto signature =
      bytes("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
  EXPECT_TRUE(key_of(kEd25519).verify(Algorithm::kEdDsa, message, signature));
  EXPECT_FALSE(key_of(kEd25519).verify(Algorithm::kEdDsa, message + "x", signature));
}

TEST(Key, VerifiesWhatItsPairSigned) {
  const std::string message = "a message";
  for (const auto& [pem, algorithms] : std::vector<std::pair<std::string, std::vector<Algorithm>>>{
           {test::rsa_pem(), {Algorithm::kRs256, Algorithm::kPs256}},
           {test::ec_pem(), {Algorithm::kEs256}},
           {test::ed25519_pem(), {Algorithm::kEdDsa}}}) {
    const auto key = PrivateKey::from_pem(pem).value();
    EXPECT_EQ(key.algorithm(), algorithms.front());
    for (const auto algorithm : algorithms) {
      const auto signature = key.sign(algorithm, message);
      const auto known = PublicKey::from_jwk(key.public_key().to_jwk()).value();
      EXPECT_TRUE(known.verify(algorithm, message, signature)) << to_string(algorithm);
      EXPECT_FALSE(known.verify(algorithm, "another message", signature));
      for (const std::size_t at : {std::size_t{0}, signature.size() / 2, signature.size() - 1}) {
        auto changed = signature;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        EXPECT_FALSE(known.verify(algorithm, message, changed)) << to_string(algorithm) << " byte " << at;
      }
      for (const auto& wrong : {std::string(), signature.substr(1), signature + '\0', std::string(64, '\0')})
        EXPECT_FALSE(known.verify(algorithm, message, wrong)) << to_string(algorithm) << ' ' << wrong.size();
      for (const auto other : {Algorithm::kRs256, Algorithm::kPs256, Algorithm::kEs256, Algorithm::kEdDsa})
        EXPECT_EQ(known.verify(other, message, signature), other == algorithm) << to_string(other);
    }
  }
}

TEST(Key, SignsOnlyWithWhatItFits) {
  EXPECT_THROW(test::ec_key().sign(Algorithm::kRs256, "a message"), std::logic_error);
}

TEST(Key, SignaturesOfP256HaveAFixedLength) {
  const auto key = test::ec_key();
  // Every 256th number begins with a zero byte, which DER leaves out.
  for (int i = 0; i < 600; i++) {
    const auto signature = key.sign(Algorithm::kEs256, std::to_string(i));
    ASSERT_EQ(signature.size(), 64U);
    ASSERT_TRUE(key.public_key().verify(Algorithm::kEs256, std::to_string(i), signature)) << i;
  }
}

TEST(Key, IsRefusedWithWhatIsWrong) {
  const std::vector<std::pair<const char*, const char*>> wrong{
      {R"({})", "RSA, EC with P-256 or OKP"},
      {R"({"kty": "oct", "k": "c2VjcmV0"})", "RSA, EC with P-256 or OKP"},
      {R"({"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"})", "RSA, EC with P-256 or OKP"},
      {R"({"kty": "RSA", "e": "AQAB"})", "\"n\" is not base64url"},
      {R"({"kty": "RSA", "e": "AQAB", "n": "AQ=="})", "\"n\" is not base64url"},
      {R"({"kty": "RSA", "e": 65537, "n": "AQ"})", "\"e\" is not base64url"},
      {R"({"kty": "RSA", "e": "AQAB", "n": "AQAB"})", "2048 to 8192 bits"},
      {R"({"kty": "RSA", "e": "AQABAQAB", "n": "AQAB"})", "exponent of 32 bits"},
      {R"({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"})", "32 bytes"},
      {R"({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a4"})",
       "do not make a key"},
      {R"({"kty": "OKP", "crv": "Ed25519", "x": "AA"})", "do not make a key"},
  };
  for (const auto& [jwk, why] : wrong) {
    const auto key = PublicKey::from_jwk(parse_object(jwk).value());
    ASSERT_FALSE(key) << jwk;
    EXPECT_THAT(key.error().message, HasSubstr(why)) << jwk;
  }
  for (const auto& pem : {std::string(), std::string("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
                          test::rsa_pem(1024), test::ec_pem("P-384")})
    EXPECT_FALSE(PrivateKey::from_pem(pem));
  EXPECT_FALSE(PublicKey::from_pem(test::ec_pem()));
}

TEST(Key, HalfOfAHashNamesAnAccessToken) {
  // OpenID Connect Core 1.0, A.4
  EXPECT_EQ(half_hash(Algorithm::kRs256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
  EXPECT_EQ(bytes(half_hash(Algorithm::kEdDsa, "x")).size(), 32U);
}

}  // namespace
}  // namespace causeway::api::jwt
