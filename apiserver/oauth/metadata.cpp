#include "apiserver/oauth/metadata.hpp"

#include <algorithm>

#include "apiserver/jwt/algorithm.hpp"
#include "apiserver/jwt/strict_json.hpp"

namespace causeway::api::oauth {
namespace {

std::optional<Endpoint> configured(const Provider& provider, std::string_view name) {
  const auto found = provider.endpoints.find(name);
  return found == provider.endpoints.end() ? std::nullopt : std::optional(found->second);
}

// nullopt: there is no such list.
std::optional<std::vector<std::string>> list(const json::object& document, std::string_view name) {
  const auto* member = document.if_contains(json::string_view(name.data(), name.size()));
  if (!member || !member->is_array()) return std::nullopt;
  std::vector<std::string> all;
  for (const auto& item : member->get_array())
    if (item.is_string()) all.emplace_back(item.get_string().data(), item.get_string().size());
  return all;
}

bool contains(const std::vector<std::string>& all, std::string_view name) {
  return std::ranges::find(all, name) != all.end();
}

}  // namespace

Endpoint discovery_endpoint(const Provider& provider) {
  auto issuer = parse_endpoint(provider.issuer).value();  // the configuration was checked
  while (issuer.target.ends_with('/')) issuer.target.pop_back();
  issuer.target += "/.well-known/openid-configuration";
  return issuer;
}

std::optional<Metadata> configured_metadata(const Provider& provider) {
  const auto authorization = configured(provider, "authorization"), token = configured(provider, "token"),
             jwks = configured(provider, "jwks");
  if (!authorization || !token || !jwks) return std::nullopt;
  Metadata metadata;
  metadata.authorization = *authorization;
  metadata.token = *token;
  metadata.jwks = *jwks;
  metadata.userinfo = configured(provider, "userinfo");
  return metadata;
}

Outcome<Metadata> read_metadata(const json::object& document, const Provider& provider) {
  const auto where = discovery_endpoint(provider).url() + ": ";
  // Exactly: otherwise it is somebody else's document (OpenID Connect Discovery, 4.3).
  const auto issuer = jwt::text_member(document, "issuer");
  if (issuer != provider.issuer)
    return Failure{FailureKind::kMisconfigured, where + "it is the document of " + excerpt(issuer) +
                                                    ", not of the configured issuer " + provider.issuer};
  Metadata metadata;
  const auto endpoint = [&](std::string_view name, std::string_view member) -> Outcome<std::optional<Endpoint>> {
    if (auto given = configured(provider, name)) return given;
    const auto text = jwt::text_member(document, member);
    if (text.empty()) return std::optional<Endpoint>();
    auto parsed = parse_endpoint(text);
    if (!parsed)
      return Failure{FailureKind::kBadAnswer, where + std::string(member) + ": " + excerpt(parsed.error().message)};
    return std::optional(*parsed);
  };
  for (const auto& [name, member, into] :
       {std::tuple("authorization", "authorization_endpoint", &metadata.authorization),
        std::tuple("token", "token_endpoint", &metadata.token), std::tuple("jwks", "jwks_uri", &metadata.jwks)}) {
    auto found = endpoint(name, member);
    if (!found) return found.error();
    if (!*found) return Failure{FailureKind::kBadAnswer, where + member + " is missing"};
    *into = **found;
  }
  auto userinfo = endpoint("userinfo", "userinfo_endpoint");
  if (!userinfo) return userinfo.error();
  metadata.userinfo = *userinfo;

  if (const auto methods = list(document, "token_endpoint_auth_methods_supported");
      methods && !contains(*methods, "client_secret_basic")) {
    const bool post = contains(*methods, "client_secret_post");
    if (!post && !provider.client_secret_file.empty())
      return Failure{FailureKind::kMisconfigured, where + "it takes no client secret (client_secret_basic or _post)"};
    metadata.authentication = ClientAuthentication::kPost;
  }
  if (const auto algorithms = list(document, "id_token_signing_alg_values_supported");
      algorithms &&
      std::ranges::none_of(*algorithms, [](const auto& name) { return jwt::parse_algorithm(name).has_value(); }))
    return Failure{FailureKind::kMisconfigured, where + "it signs with none of RS256, PS256, ES256 and EdDSA"};
  const auto* sends = document.if_contains("authorization_response_iss_parameter_supported");
  metadata.sends_issuer = sends && sends->is_bool() && sends->get_bool();
  return metadata;
}

}  // namespace causeway::api::oauth
