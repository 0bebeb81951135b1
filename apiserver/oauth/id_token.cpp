#include "apiserver/oauth/id_token.hpp"

#include "apiserver/jwt/claims.hpp"
#include "apiserver/jwt/strict_json.hpp"
#include "base/encoding.hpp"

namespace causeway::api::oauth {
namespace {

Failure wrong(const std::string& why) {
  return {FailureKind::kBadToken, "ID token: " + why};
}

}  // namespace

Outcome<void> check_id_token(const json::object& claims, const IdTokenContext& context, base::WallTime now) {
  const auto checked = jwt::check_claims(claims, {.issuer = context.issuer, .audience = context.client_id}, now);
  if (!checked) return wrong(checked.error().message);
  const auto azp = jwt::text_member(claims, "azp");
  if (claims.contains("azp") && azp != context.client_id) return wrong("\"azp\" is not " + context.client_id);
  if (jwt::audiences(claims)->size() > 1 && azp.empty())
    return wrong("it is for several, and no \"azp\" says for whom");
  // Bound to our attempt: a token that was got elsewhere cannot be brought in here.
  if (context.nonce.empty() || !base::constant_time_equal(jwt::text_member(claims, "nonce"), context.nonce))
    return wrong("\"nonce\" is not that of this attempt");
  if (claims.contains("at_hash") &&
      jwt::text_member(claims, "at_hash") != jwt::half_hash(context.algorithm, context.access_token))
    return wrong("\"at_hash\" is not that of the access token");
  return {};
}

}  // namespace causeway::api::oauth
