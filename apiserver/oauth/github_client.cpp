#include "apiserver/oauth/github_client.hpp"

#include "apiserver/jwt/strict_json.hpp"

namespace causeway::api::oauth {
namespace {

constexpr std::string_view kPublic = "https://github.com";

std::string without_slash(std::string text) {
  while (text.ends_with('/')) text.pop_back();
  return text;
}

// As the configuration has it, or at `fallback`.
Endpoint endpoint(const Provider& provider, std::string_view name, const std::string& fallback) {
  const auto found = provider.endpoints.find(name);
  return found != provider.endpoints.end() ? found->second : parse_endpoint(fallback).value();
}

Endpoint below(Endpoint api, std::string_view path) {
  api.target = without_slash(api.target) + std::string(path);
  return api;
}

}  // namespace

GithubClient::GithubClient(Provider provider, HttpLimits limits)
    : provider_(std::move(provider)), issuer_(without_slash(provider_.issuer)), http_(provider_.ca_file, limits) {
  authorization_ = endpoint(provider_, "authorization", issuer_ + "/login/oauth/authorize");
  token_ = endpoint(provider_, "token", issuer_ + "/login/oauth/access_token");
  // GitHub Enterprise Server has its API below the same host.
  const auto api = endpoint(provider_, "api", issuer_ == kPublic ? "https://api.github.com" : issuer_ + "/api/v3");
  user_ = below(api, "/user");
  emails_ = below(api, "/user/emails?per_page=100");
}

Outcome<std::string> GithubClient::authorization_url(const Attempt& attempt, const std::string& redirect_uri,
                                                     const Budget&) {
  std::string scope;
  for (const auto& each : provider_.scopes) scope += (scope.empty() ? "" : " ") + each;
  return with_parameters(authorization_, {{"response_type", "code"},
                                          {"client_id", provider_.client_id},
                                          {"redirect_uri", redirect_uri},
                                          {"scope", scope},
                                          {"state", attempt.state},
                                          {"code_challenge", code_challenge(attempt.verifier)},
                                          {"code_challenge_method", "S256"}});
}

Outcome<void> GithubClient::check_issuer(const std::string& iss, const Budget&) {
  // GitHub announces none. Should it begin to send one, it is that of its own metadata.
  if (iss.empty() || iss == issuer_ || iss == issuer_ + "/login/oauth") return {};
  return Failure{FailureKind::kBadToken, "the redirect is of " + excerpt(iss) + ", not of " + issuer_};
}

Outcome<std::string> GithubClient::verified_email(const base::Headers& headers, const Budget& budget) {
  base::HttpRequest request;
  request.headers = headers;
  const auto answer = http_.call(emails_, std::move(request), budget);
  if (!answer) return answer.error();
  // The user took the scope away, or the app was not given the permission.
  if (answer->status == 403 || answer->status == 404) return std::string();
  if (answer->status != 200 || !answer->body.is_array())
    return Failure{FailureKind::kBadAnswer, emails_.url() + " answered " + std::to_string(answer->status)};
  for (const auto& item : answer->body.get_array()) {
    if (!item.is_object()) continue;
    const auto& email = item.get_object();
    const auto is = [&](const char* name) {
      const auto* member = email.if_contains(name);
      return member && member->is_bool() && member->get_bool();
    };
    if (is("primary") && is("verified")) return email_text(jwt::text_member(email, "email"));
  }
  return std::string();
}

Outcome<Identity> GithubClient::identify(const Grant& grant, const Budget& budget) {
  const auto tokens = request_tokens(http_, provider_, token_, ClientAuthentication::kPost, grant, budget);
  if (!tokens) return tokens.error();
  auto headers = bearer(tokens->access_token);
  headers.set("Accept", "application/vnd.github+json");
  headers.set("X-GitHub-Api-Version", "2022-11-28");
  const auto user = http_.get_object(user_, headers, budget);
  if (!user) return user.error();
  // The login can be given up and taken by somebody else; the number cannot.
  const auto* id = user->if_contains("id");
  if (!id || !id->is_int64() || id->get_int64() <= 0)
    return Failure{FailureKind::kBadAnswer, user_.url() + ": \"id\" is not a number"};
  auto email = verified_email(headers, budget);
  if (!email) return email.error();

  Identity identity;
  identity.provider = provider_.name;
  identity.issuer = issuer_;
  identity.subject = std::to_string(id->get_int64());
  identity.email = std::move(*email);
  identity.email_verified = !identity.email.empty();
  identity.name = plain_text(jwt::text_member(*user, "name"));
  identity.preferred_username = plain_text(jwt::text_member(*user, "login"));
  identity.avatar_url = avatar_text(jwt::text_member(*user, "avatar_url"));
  for (const auto* name : {"login", "name", "html_url", "avatar_url", "created_at"})
    if (const auto* member = user->if_contains(name)) identity.claims[name] = *member;
  identity.claims = bounded_claims(identity.claims);
  return identity;
}

}  // namespace causeway::api::oauth
