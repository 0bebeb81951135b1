#include "apiserver/oauth/identity.hpp"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>

#include "apiserver/jwt/strict_json.hpp"
#include "apiserver/oauth/endpoint.hpp"

namespace causeway::api::oauth {
namespace {

constexpr std::size_t kMostClaims = 4 << 10;  // bytes of JSON
constexpr std::size_t kMostSubject = 255;     // OpenID Connect Core, 2: ASCII characters

// Of one token or one answer, not of the person.
constexpr std::array<std::string_view, 14> kProtocol{"iss",     "aud",    "azp", "exp", "iat", "nbf",       "jti",
                                                     "at_hash", "c_hash", "acr", "amr", "sid", "auth_time", "nonce"};

bool is_true(const json::object& claims, std::string_view name) {
  const auto* member = claims.if_contains(json::string_view(name.data(), name.size()));
  // Amazon Cognito says it in a text.
  return member && (member->is_bool() ? member->get_bool() : jwt::text_member(claims, name) == "true");
}

}  // namespace

std::string plain_text(std::string_view text, std::size_t most) {
  const bool plain =
      text.size() <= most && std::ranges::none_of(text, [](unsigned char c) { return c < ' ' || c == 0x7f; });
  return plain ? std::string(text) : "";
}

std::string email_text(std::string_view text) {
  const auto at = text.find('@');
  const bool shaped = text.size() <= 254 && at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
                      text.rfind('@') == at &&
                      std::ranges::none_of(text, [](unsigned char c) { return c <= ' ' || c == 0x7f; });
  return shaped ? std::string(text) : "";
}

std::string avatar_text(std::string_view text) {
  const auto url = parse_endpoint(text);
  return url && url->origin.starts_with("https:") ? std::string(text) : "";
}

json::object bounded_claims(const json::object& claims) {
  json::object kept;
  std::size_t size = 2;
  for (const auto& member : claims) {
    const std::string_view name(member.key().data(), member.key().size());
    if (std::ranges::find(kProtocol, name) != kProtocol.end()) continue;
    const auto text = json::serialize(member.value());
    const auto key = json::serialize(json::string(member.key()));
    // PostgreSQL's jsonb holds no NUL.
    if (text.find("\\u0000") != std::string::npos || key.find("\\u0000") != std::string::npos) continue;
    const auto more = text.size() + key.size() + 2;
    if (size + more > kMostClaims) continue;
    size += more;
    kept.emplace(member.key(), member.value());
  }
  return kept;
}

Outcome<Identity> identity_of(const std::string& provider, const std::string& issuer, const json::object& claims) {
  Identity identity;
  identity.provider = provider;
  identity.issuer = issuer;
  identity.subject = plain_text(jwt::text_member(claims, "sub"), kMostSubject);
  if (identity.subject.empty())
    return Failure{FailureKind::kBadToken, "\"sub\" is missing, longer than 255 bytes, or no plain text"};
  identity.email = email_text(jwt::text_member(claims, "email"));
  identity.email_verified = !identity.email.empty() && is_true(claims, "email_verified");
  identity.name = plain_text(jwt::text_member(claims, "name"));
  identity.preferred_username = plain_text(jwt::text_member(claims, "preferred_username"));
  if (identity.preferred_username.empty())
    identity.preferred_username = plain_text(jwt::text_member(claims, "nickname"));
  identity.avatar_url = avatar_text(jwt::text_member(claims, "picture"));
  identity.claims = bounded_claims(claims);
  return identity;
}

}  // namespace causeway::api::oauth
