#include "apiserver/oauth/token_request.hpp"

#include <algorithm>

#include "apiserver/jwt/strict_json.hpp"
#include "base/encoding.hpp"
#include "base/files.hpp"

namespace causeway::api::oauth {
namespace {

constexpr std::size_t kMostAccessToken = 8 << 10;  // bytes: it goes into a header

Outcome<std::string> secret_of(const Provider& provider) {
  if (provider.client_secret_file.empty()) return std::string();
  auto secret = base::read_file(provider.client_secret_file);
  if (!secret) return Failure{FailureKind::kMisconfigured, "clientSecretFile: " + secret.error().message};
  while (secret->ends_with('\n') || secret->ends_with('\r')) secret->pop_back();
  if (secret->empty())
    return Failure{FailureKind::kMisconfigured,
                   "clientSecretFile: " + provider.client_secret_file.string() + " is empty"};
  return std::move(*secret);
}

bool is_bearer(std::string_view type) {
  constexpr std::string_view kBearer = "bearer";
  return std::ranges::equal(type, kBearer, {}, [](unsigned char c) { return std::tolower(c); });
}

bool is_sendable(std::string_view token) {
  return !token.empty() && token.size() <= kMostAccessToken &&
         std::ranges::all_of(token, [](unsigned char c) { return c > ' ' && c < 0x7f; });
}

// RFC 6749, 5.2, and GitHub's words for the same.
FailureKind kind_of(std::string_view error) {
  if (error == "invalid_grant" || error == "bad_verification_code") return FailureKind::kDenied;
  return FailureKind::kMisconfigured;
}

}  // namespace

base::Headers bearer(const std::string& access_token) {
  return {{"Authorization", "Bearer " + access_token}};
}

Outcome<Tokens> request_tokens(ProviderHttp& http, const Provider& provider, const Endpoint& endpoint,
                               ClientAuthentication authentication, const Grant& grant, const Budget& budget) {
  const auto secret = secret_of(provider);
  if (!secret) return secret.error();
  base::HttpRequest request;
  request.method = "POST";
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  request.body = form_of({{"grant_type", "authorization_code"},
                          {"code", grant.code},
                          {"redirect_uri", grant.redirect_uri},
                          {"code_verifier", grant.verifier}});
  if (!secret->empty() && authentication == ClientAuthentication::kBasic) {
    // RFC 6749, 2.3.1: both are encoded as in a form first.
    const auto pair = base::percent_encode(provider.client_id) + ':' + base::percent_encode(*secret);
    request.headers.set("Authorization", "Basic " + base::base64_encode(pair));
  } else {
    request.body += '&' + form_of({{"client_id", provider.client_id}});
    if (!secret->empty()) request.body += '&' + form_of({{"client_secret", *secret}});
  }
  auto answer = http.call(endpoint, std::move(request), budget);
  if (!answer) return answer.error();

  // GitHub answers 200 with an error in it.
  if (answer->body.is_object()) {
    const auto error = jwt::text_member(answer->body.get_object(), "error");
    if (!error.empty())
      return Failure{kind_of(error), "the token endpoint answered " + std::to_string(answer->status) + " " +
                                         excerpt(error) + ": " +
                                         excerpt(jwt::text_member(answer->body.get_object(), "error_description"))};
  }
  const auto object = object_of(endpoint, std::move(*answer));
  if (!object) return object.error();
  Tokens tokens{std::string(jwt::text_member(*object, "access_token")),
                std::string(jwt::text_member(*object, "id_token"))};
  if (!is_bearer(jwt::text_member(*object, "token_type")) || !is_sendable(tokens.access_token))
    return Failure{FailureKind::kBadAnswer, "the token endpoint gave no access token of type Bearer"};
  return tokens;
}

}  // namespace causeway::api::oauth
