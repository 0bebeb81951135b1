#include "apiserver/jwt/key_set.hpp"

#include <algorithm>

#include "apiserver/jwt/strict_json.hpp"

namespace causeway::api::jwt {
namespace {

constexpr std::size_t kMost = 64;

base::Error wrong(std::string message) {
  return {base::ErrorCode::kProtocol, "the key set cannot be used: " + std::move(message)};
}

bool for_signatures(const json::object& jwk) {
  if (jwk.contains("use") && text_member(jwk, "use") != "sig") return false;
  const auto* operations = jwk.if_contains("key_ops");
  if (!operations) return true;
  if (!operations->is_array()) return false;
  return std::ranges::any_of(operations->get_array(), [](const json::value& operation) {
    return operation.is_string() && operation.get_string() == "verify";
  });
}

}  // namespace

base::Result<KeySet> KeySet::from_json(const json::object& set) {
  const auto* keys = set.if_contains("keys");
  if (!keys || !keys->is_array()) return wrong("it has no list \"keys\"");
  KeySet result;
  std::string why = "it is empty";
  for (const auto& item : keys->get_array()) {
    if (result.keys_.size() == kMost) break;
    if (!item.is_object() || !for_signatures(item.get_object())) continue;
    const auto& jwk = item.get_object();
    const auto name = text_member(jwk, "alg");
    const auto algorithm = parse_algorithm(name);
    if (jwk.contains("alg") && !algorithm) continue;
    auto key = PublicKey::from_jwk(jwk);
    if (!key) {
      why = key.error().message;
      continue;
    }
    if (algorithm && !key->fits(*algorithm)) continue;
    result.keys_.push_back({std::string(text_member(jwk, "kid")), algorithm, std::move(*key)});
  }
  if (result.keys_.empty()) return wrong("it holds no key for RS256, PS256, ES256 or EdDSA (" + why + ")");
  return result;
}

base::Result<KeySet> KeySet::parse(std::string_view text) {
  const auto set = parse_object(text);
  if (!set) return wrong(set.error().message);
  return from_json(*set);
}

const PublicKey* KeySet::find(const UnverifiedToken& token) const {
  const PublicKey* found = nullptr;
  for (const auto& entry : keys_) {
    if (!entry.key.fits(token.algorithm()) || (entry.algorithm && *entry.algorithm != token.algorithm())) continue;
    if (!token.key_id().empty()) {
      if (entry.id == token.key_id()) return &entry.key;
      continue;
    }
    // OpenID Connect Core, 10.1: with several keys a token has to name its own.
    if (found) return nullptr;
    found = &entry.key;
  }
  return found;
}

}  // namespace causeway::api::jwt
