#pragma once
// Keys that sign and verify: RSA of 2048 to 8192 bits, P-256, Ed25519. Immutable and thread-safe; cheap to copy.

#include <boost/json/object.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "apiserver/jwt/algorithm.hpp"
#include "base/result.hpp"

struct evp_pkey_st;

namespace causeway::api::jwt {

namespace json = boost::json;

class PublicKey {
 public:
  // RFC 7517, RFC 7518, RFC 8037; only what makes the key ("kty", "n", …) is read. kInvalidArgument: what is wrong.
  static base::Result<PublicKey> from_jwk(const json::object& jwk);
  static base::Result<PublicKey> from_pem(std::string_view pem);  // -----BEGIN PUBLIC KEY-----

  bool fits(Algorithm algorithm) const;
  // False also where key and algorithm do not fit.
  bool verify(Algorithm algorithm, std::string_view message, std::string_view signature) const;

  json::object to_jwk() const;     // its required members alone
  std::string thumbprint() const;  // RFC 7638: SHA-256 in base64url, a name for the key

 private:
  friend class PrivateKey;
  explicit PublicKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

class PrivateKey {
 public:
  // PKCS #8 or the traditional forms, not encrypted. kInvalidArgument: what is wrong.
  static base::Result<PrivateKey> from_pem(std::string_view pem);

  Algorithm algorithm() const;  // RS256, ES256 or EdDSA, by its kind
  const PublicKey& public_key() const { return public_; }
  // Precondition: public_key().fits(algorithm); violated: std::logic_error.
  std::string sign(Algorithm algorithm, std::string_view message) const;

 private:
  explicit PrivateKey(PublicKey key) : public_(std::move(key)) {}
  PublicKey public_;  // the pair: what makes it private never leaves sign()
};

}  // namespace causeway::api::jwt
