#include "apiserver/oauth/oidc_client.hpp"

#include "apiserver/jwt/strict_json.hpp"
#include "apiserver/oauth/id_token.hpp"

namespace causeway::api::oauth {

Outcome<Fetched<Metadata>::Value> OidcClient::metadata(const Budget& budget) {
  return metadata_.get([&]() -> Outcome<Metadata> {
    if (auto given = configured_metadata(provider_)) return std::move(*given);
    const auto document = http_.get_object(discovery_endpoint(provider_), {}, budget);
    if (!document) return document.error();
    return read_metadata(*document, provider_);
  });
}

Outcome<std::string> OidcClient::authorization_url(const Attempt& attempt, const std::string& redirect_uri,
                                                   const Budget& budget) {
  const auto known = metadata(budget);
  if (!known) return known.error();
  std::string scope;
  for (const auto& each : provider_.scopes) scope += (scope.empty() ? "" : " ") + each;
  return with_parameters((*known)->authorization, {{"response_type", "code"},
                                                   {"client_id", provider_.client_id},
                                                   {"redirect_uri", redirect_uri},
                                                   {"scope", scope},
                                                   {"state", attempt.state},
                                                   {"nonce", attempt.nonce},
                                                   {"code_challenge", code_challenge(attempt.verifier)},
                                                   {"code_challenge_method", "S256"}});
}

Outcome<void> OidcClient::check_issuer(const std::string& iss, const Budget& budget) {
  if (!iss.empty()) {
    if (iss != provider_.issuer)
      return Failure{FailureKind::kBadToken, "the redirect is of " + excerpt(iss) + ", not of " + provider_.issuer};
    return {};
  }
  const auto known = metadata(budget);
  if (!known) return known.error();
  if ((*known)->sends_issuer)
    return Failure{FailureKind::kBadToken, "the redirect is without the \"iss\" that the provider always adds"};
  return {};
}

Outcome<json::object> OidcClient::verify(const Metadata& metadata, const Tokens& tokens, const std::string& nonce,
                                         const Budget& budget) {
  const auto wrong = [](const std::string& why) { return Failure{FailureKind::kBadToken, "ID token: " + why}; };
  if (tokens.id_token.empty()) return wrong("the token endpoint gave none");
  const auto token = jwt::parse(tokens.id_token);
  if (!token) return wrong(token.error().message);
  // An access token or a logout token of the same issuer is no ID token (RFC 8725, 3.11).
  if (!token->type().empty() && token->type() != "jwt") return wrong("it is of type " + excerpt(token->type()));

  const auto fetch = [&]() -> Outcome<jwt::KeySet> {
    const auto document = http_.get_object(metadata.jwks, {}, budget);
    if (!document) return document.error();
    auto keys = jwt::KeySet::from_json(*document);
    if (!keys) return Failure{FailureKind::kBadAnswer, metadata.jwks.url() + ": " + keys.error().message};
    return std::move(*keys);
  };
  auto keys = keys_.get(fetch);
  if (!keys) return keys.error();
  // A key that is not known may be a new one.
  if (!(*keys)->find(*token)) {
    keys = keys_.newer_than(*keys, fetch);
    if (!keys) return keys.error();
  }
  const auto* key = (*keys)->find(*token);
  if (!key)
    return wrong("no key " + excerpt(token->key_id()) + " for " + std::string(jwt::to_string(token->algorithm())) +
                 " is among the provider's");
  auto claims = token->verify(*key);
  if (!claims) return wrong(claims.error().message);
  const auto checked = check_id_token(
      *claims, {provider_.issuer, provider_.client_id, nonce, tokens.access_token, token->algorithm()}, clock_.wall());
  if (!checked) return checked.error();
  return std::move(*claims);
}

Outcome<void> OidcClient::add_userinfo(const Metadata& metadata, const Tokens& tokens, json::object& claims,
                                       const Budget& budget) {
  if (!metadata.userinfo || (claims.contains("email") && claims.contains("name"))) return {};
  const auto info = http_.get_object(*metadata.userinfo, bearer(tokens.access_token), budget);
  if (!info) return info.error();
  // OpenID Connect Core, 5.3.2: otherwise it is somebody else's.
  const auto subject = jwt::text_member(*info, "sub");
  if (subject.empty() || subject != jwt::text_member(claims, "sub"))
    return Failure{FailureKind::kBadToken, "the userinfo endpoint tells of another subject than the ID token"};
  // What was signed stays; and whether an address is verified is said of that address only.
  const bool same_email =
      !claims.contains("email") || jwt::text_member(claims, "email") == jwt::text_member(*info, "email");
  for (const auto& member : *info)
    if (same_email || member.key() != "email_verified") claims.emplace(member.key(), member.value());
  return {};
}

Outcome<Identity> OidcClient::identify(const Grant& grant, const Budget& budget) {
  const auto known = metadata(budget);
  if (!known) return known.error();
  const auto& at = **known;
  const auto tokens = request_tokens(http_, provider_, at.token, at.authentication, grant, budget);
  if (!tokens) return tokens.error();
  auto claims = verify(at, *tokens, grant.nonce, budget);
  if (!claims) return claims.error();
  if (auto added = add_userinfo(at, *tokens, *claims, budget); !added) return added.error();
  return identity_of(provider_.name, provider_.issuer, *claims);
}

}  // namespace causeway::api::oauth
