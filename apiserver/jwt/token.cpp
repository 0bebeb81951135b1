#include "apiserver/jwt/token.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "apiserver/jwt/strict_json.hpp"
#include "base/encoding.hpp"

namespace causeway::api::jwt {
namespace {

base::Error wrong(std::string message) {
  return {base::ErrorCode::kProtocol, "the token cannot be read: " + std::move(message)};
}

base::Result<json::object> part(std::string_view text, std::string_view what) {
  const auto bytes = base::base64url_decode(text);
  if (!bytes) return wrong(std::string(what) + ": " + bytes.error().message);
  auto object = parse_object(*bytes);
  if (!object) return wrong(std::string(what) + ": " + object.error().message);
  return object;
}

// RFC 7515, 4.1.9: media types are compared without case, and "application/" may be left out.
std::string normal_type(std::string_view text) {
  std::string type(text);
  std::ranges::transform(type, type.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  constexpr std::string_view kPrefix = "application/";
  if (type.starts_with(kPrefix) && type.find('/', kPrefix.size()) == std::string::npos) type.erase(0, kPrefix.size());
  return type;
}

// A header's member that has to be a text where it is there.
base::Result<std::string> header_text(const json::object& header, std::string_view name) {
  const auto* member = header.if_contains(json::string_view(name.data(), name.size()));
  if (!member) return std::string();
  if (!member->is_string()) return wrong("\"" + std::string(name) + "\" is not a text");
  return std::string(text_member(header, name));
}

}  // namespace

base::Result<UnverifiedToken> parse(std::string_view text) {
  if (text.size() > kMaxToken) return wrong("it has more than " + std::to_string(kMaxToken) + " bytes");
  const auto first = text.find('.'), last = text.rfind('.');
  if (first == std::string_view::npos || first == last || text.find('.', first + 1) != last)
    return wrong("it does not have three parts");
  const auto header = part(text.substr(0, first), "header");
  if (!header) return header.error();
  auto claims = part(text.substr(first + 1, last - first - 1), "claims");
  if (!claims) return claims.error();
  auto signature = base::base64url_decode(text.substr(last + 1));
  if (!signature) return wrong("signature: " + signature.error().message);

  const auto name = text_member(*header, "alg");
  const auto algorithm = parse_algorithm(name);
  if (!algorithm)
    return wrong("its algorithm is \"" + std::string(base::utf8_prefix(name, 20)) +
                 "\"; RS256, PS256, ES256 and EdDSA are taken");
  if (header->contains("crit")) return wrong("it needs an extension (\"crit\"), and none is known here");
  if (header->contains("b64")) return wrong("\"b64\" is for no JWT (RFC 7797, 7)");
  auto key_id = header_text(*header, "kid"), type = header_text(*header, "typ");
  if (!key_id) return key_id.error();
  if (!type) return type.error();

  UnverifiedToken token;
  token.algorithm_ = *algorithm;
  token.key_id_ = std::move(*key_id);
  token.type_ = normal_type(*type);
  token.signed_part_ = text.substr(0, last);
  token.signature_ = std::move(*signature);
  token.claims_ = std::move(*claims);
  return token;
}

base::Result<json::object> UnverifiedToken::verify(const PublicKey& key) const {
  if (!key.verify(algorithm_, signed_part_, signature_))
    return base::Error{base::ErrorCode::kPermission, "the token's signature is not its key's"};
  return claims_;
}

std::string sign(const json::object& claims, const PrivateKey& key, const SignOptions& options) {
  const auto algorithm = key.algorithm();
  const json::object header{
      {"alg", std::string(to_string(algorithm))},
      {"typ", options.type},
      {"kid", options.key_id.empty() ? key.public_key().thumbprint() : options.key_id},
  };
  const auto text =
      base::base64url_encode(json::serialize(header)) + '.' + base::base64url_encode(json::serialize(claims));
  return text + '.' + base::base64url_encode(key.sign(algorithm, text));
}

}  // namespace causeway::api::jwt
