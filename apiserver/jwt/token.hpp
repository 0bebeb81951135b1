#pragma once
// JSON Web Tokens (RFC 7519) in the compact form of RFC 7515, read as RFC 8725 says. Pure but for the randomness of
// signing. Thread-safe.
//
//   auto token = jwt::parse(text);                       // nothing of it is believed yet
//   const auto* key = keys.find(*token);                 // by its kid and algorithm
//   auto claims = key ? token->verify(*key) : …;         // only now there are claims
//   auto right = jwt::check_claims(*claims, {.issuer = …, .audience = …}, clock.wall());

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "apiserver/jwt/algorithm.hpp"
#include "apiserver/jwt/key.hpp"
#include "base/result.hpp"

namespace causeway::api::jwt {

inline constexpr std::size_t kMaxToken = 16 << 10;  // bytes; some carry a list of groups

// A token whose signature nobody has looked at: what tells with which key to do so.
class UnverifiedToken {
 public:
  Algorithm algorithm() const { return algorithm_; }
  const std::string& key_id() const { return key_id_; }  // "": none
  const std::string& type() const { return type_; }      // "typ" in lower case without "application/"; "": none

  // The claims, if `key` signed them. kPermission: it did not.
  base::Result<json::object> verify(const PublicKey& key) const;

 private:
  friend base::Result<UnverifiedToken> parse(std::string_view text);
  UnverifiedToken() = default;
  Algorithm algorithm_ = Algorithm::kEs256;
  std::string key_id_, type_;
  std::string signed_part_, signature_;
  json::object claims_;
};

// kProtocol: what is wrong. Refused are: more than kMaxToken bytes, anything but three parts in strict base64url, what
// is not a JSON object, a member that is there twice, other algorithms (also "none"), and every "crit": no extension is
// understood here (RFC 7515, 4.1.11). Keys that a header brings along ("jwk", "jku", "x5u", "x5c") are never looked at.
base::Result<UnverifiedToken> parse(std::string_view text);

struct SignOptions {
  std::string type =
      "JWT";           // a type for each purpose keeps one's tokens from being taken for another's (RFC 8725, 3.11)
  std::string key_id;  // "": the key's thumbprint
};
std::string sign(const json::object& claims, const PrivateKey& key, const SignOptions& options = {});

}  // namespace causeway::api::jwt
