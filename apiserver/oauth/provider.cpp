#include "apiserver/oauth/provider.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <yaml-cpp/yaml.h>

#include "base/files.hpp"

namespace causeway::api::oauth {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostProviders = 32, kMostScopes = 32, kMostText = 1 << 20;

struct KindFacts {
  Kind kind;
  std::string_view name, display_name, issuer;
  std::vector<std::string> scopes;
  std::vector<std::string_view> endpoints;
};
const std::array<KindFacts, 3>& kinds() {
  static const std::array<KindFacts, 3> all{{
      {Kind::kGithub,
       "github",
       "GitHub",
       "https://github.com",
       {"read:user", "user:email"},
       {"authorization", "token", "api"}},
      {Kind::kGitlab,
       "gitlab",
       "GitLab",
       "https://gitlab.com",
       {"openid", "profile", "email"},
       {"authorization", "token", "jwks", "userinfo"}},
      {Kind::kOidc, "oidc", "", "", {"openid", "profile", "email"}, {"authorization", "token", "jwks", "userinfo"}},
  }};
  return all;
}
const KindFacts& facts_of(Kind kind) {
  return *std::ranges::find(kinds(), kind, &KindFacts::kind);
}

// Thrown inside parse_providers only: what is wrong, without the place.
struct Wrong {
  std::string field, why;
};

using Fields = std::map<std::string, YAML::Node, std::less<>>;

Fields fields_of(const YAML::Node& node, const std::string& place, const std::set<std::string, std::less<>>& known) {
  if (!node.IsMap()) throw Wrong{place, "a mapping is wanted"};
  Fields fields;
  for (const auto& pair : node) {
    if (!pair.first.IsScalar()) throw Wrong{place, "a name is not a text"};
    const auto& name = pair.first.Scalar();
    if (!known.contains(name)) {
      std::string all;
      for (const auto& each : known) all += (all.empty() ? "" : ", ") + each;
      throw Wrong{place.empty() ? name : place + "." + name, "is not known; known are " + all};
    }
    if (!fields.emplace(name, pair.second).second) throw Wrong{name, "is there twice"};
  }
  return fields;
}

bool visible(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c > ' ' && c < 0x7f; });
}

// "" where the field is not there.
std::string text(const Fields& fields, const std::string& name, std::size_t most = 255) {
  const auto found = fields.find(name);
  if (found == fields.end() || found->second.IsNull()) return "";
  if (!found->second.IsScalar()) throw Wrong{name, "a text is wanted"};
  const auto& value = found->second.Scalar();
  if (value.size() > most) throw Wrong{name, "has more than " + std::to_string(most) + " bytes"};
  if (std::ranges::any_of(value, [](unsigned char c) { return c < ' ' || c == 0x7f; }))
    throw Wrong{name, "holds a control character"};
  return value;
}

fs::path file(const Fields& fields, const std::string& name, const fs::path& folder) {
  const auto path = text(fields, name, 4096);
  if (path.empty()) return {};
  auto whole = folder / path;
  const auto content = base::read_file(whole);
  if (!content) throw Wrong{name, content.error().message};
  if (content->find_first_not_of(" \t\r\n") == std::string::npos) throw Wrong{name, whole.string() + " is empty"};
  return whole;
}

std::vector<std::string> scopes(const Fields& fields, const KindFacts& facts) {
  const auto found = fields.find("scopes");
  if (found == fields.end() || found->second.IsNull()) return facts.scopes;
  if (!found->second.IsSequence()) throw Wrong{"scopes", "a list is wanted, like [" + facts.scopes.front() + "]"};
  std::vector<std::string> all;
  for (const auto& item : found->second) {
    // RFC 6749, 3.3
    if (!item.IsScalar() || item.Scalar().empty() || !visible(item.Scalar()) ||
        item.Scalar().find_first_of("\"\\") != std::string::npos)
      throw Wrong{"scopes", "each is a word without blanks and quotes"};
    all.push_back(item.Scalar());
  }
  if (all.size() > kMostScopes) throw Wrong{"scopes", "there are more than 32"};
  if (facts.kind != Kind::kGithub && std::ranges::find(all, "openid") == all.end())
    throw Wrong{"scopes", "\"openid\" has to be among them: without it there is no ID token"};
  return all;
}

std::map<std::string, Endpoint, std::less<>> endpoints(const Fields& fields, const KindFacts& facts) {
  const auto found = fields.find("endpoints");
  if (found == fields.end() || found->second.IsNull()) return {};
  std::map<std::string, Endpoint, std::less<>> all;
  const auto given = fields_of(found->second, "endpoints", {facts.endpoints.begin(), facts.endpoints.end()});
  for (const auto& [name, ignored] : given) {
    auto endpoint = parse_endpoint(text(given, name, 2048));
    if (!endpoint) throw Wrong{"endpoints." + name, endpoint.error().message};
    if (name == "api" && endpoint->target.find('?') != std::string::npos)
      throw Wrong{"endpoints.api", "has a query; it is what paths are added to"};
    all.emplace(name, std::move(*endpoint));
  }
  return all;
}

Provider read_provider(const YAML::Node& node, const fs::path& folder, std::string& place) {
  static const std::set<std::string, std::less<>> kKnown{
      "name", "kind", "displayName", "issuer", "clientId", "clientSecretFile", "scopes", "caFile", "endpoints"};
  // Whatever else is wrong with it, it is called by its name.
  if (node.IsMap() && node["name"] && node["name"].IsScalar() && is_provider_name(node["name"].Scalar()))
    place = "provider \"" + node["name"].Scalar() + "\"";
  const auto fields = fields_of(node, "", kKnown);
  Provider provider;
  provider.name = text(fields, "name");
  if (!is_provider_name(provider.name))
    throw Wrong{"name", "1 to 40 of a-z, 0-9 and \"-\" are wanted, not \"" + provider.name + "\""};

  const auto kind = text(fields, "kind");
  const auto facts = std::ranges::find(kinds(), kind, &KindFacts::name);
  if (facts == kinds().end()) throw Wrong{"kind", "github, gitlab or oidc is wanted, not \"" + kind + "\""};
  provider.kind = facts->kind;

  provider.display_name = text(fields, "displayName", 100);
  if (provider.display_name.empty())
    provider.display_name = facts->display_name.empty() ? provider.name : facts->display_name;

  provider.issuer = text(fields, "issuer", 512);
  if (provider.issuer.empty()) provider.issuer = facts->issuer;
  if (provider.issuer.empty()) throw Wrong{"issuer", "is needed: the URL under which the provider signs"};
  const auto issuer = parse_endpoint(provider.issuer);
  if (!issuer) throw Wrong{"issuer", issuer.error().message};
  if (issuer->target.find('?') != std::string::npos) throw Wrong{"issuer", "has a query"};

  provider.client_id = text(fields, "clientId");
  if (provider.client_id.empty())
    throw Wrong{"clientId", "is needed: the provider gives it when you register Causeway"};
  if (!visible(provider.client_id)) throw Wrong{"clientId", "holds a blank or what is not ASCII"};

  provider.client_secret_file = file(fields, "clientSecretFile", folder);
  if (provider.kind == Kind::kGithub && provider.client_secret_file.empty())
    throw Wrong{"clientSecretFile", "is needed: GitHub gives no token without the secret"};
  provider.ca_file = file(fields, "caFile", folder);
  if (!provider.ca_file.empty() &&
      base::read_file(provider.ca_file).value_or("").find("-----BEGIN CERTIFICATE-----") == std::string::npos)
    throw Wrong{"caFile", provider.ca_file.string() + " holds no -----BEGIN CERTIFICATE-----"};
  provider.scopes = scopes(fields, *facts);
  provider.endpoints = endpoints(fields, *facts);
  return provider;
}

}  // namespace

std::string_view to_string(Kind kind) {
  return facts_of(kind).name;
}

bool is_provider_name(std::string_view name) {
  return !name.empty() && name.size() <= 40 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

base::Result<std::vector<Provider>> parse_providers(std::string_view text, const fs::path& folder) {
  std::string place = "the file";
  const auto wrong = [&](const std::string& why) {
    return base::Error{base::ErrorCode::kInvalidArgument, "sign-in providers: " + place + ": " + why};
  };
  if (text.size() > kMostText) return wrong("has more than 1 MiB");
  try {
    const auto root = YAML::Load(std::string(text));
    const auto list = fields_of(root, "", {"providers"});
    if (list.empty() || !list.begin()->second.IsSequence()) throw Wrong{"providers", "a list is wanted"};
    if (list.begin()->second.size() > kMostProviders) throw Wrong{"providers", "there are more than 32"};
    std::vector<Provider> providers;
    for (const auto& node : list.begin()->second) {
      place = "provider " + std::to_string(providers.size() + 1);
      auto provider = read_provider(node, folder, place);
      for (const auto& other : providers) {
        if (other.name == provider.name) throw Wrong{"name", "is there twice"};
        // Its subjects are people at one issuer: two of the same would be one another's.
        if (other.issuer == provider.issuer) throw Wrong{"issuer", "is that of \"" + other.name + "\" already"};
      }
      providers.push_back(std::move(provider));
    }
    return providers;
  } catch (const Wrong& w) {
    return wrong(w.field.empty() ? w.why : w.field + ": " + w.why);
  } catch (const YAML::Exception& e) {
    return wrong("not YAML: " + std::string(e.what()));
  }
}

base::Result<std::vector<Provider>> read_providers(const fs::path& path) {
  std::error_code ignored;
  const bool folder = fs::is_directory(path, ignored);
  const auto file = folder ? path / "providers.yaml" : path;
  if (folder && !fs::exists(file, ignored)) return std::vector<Provider>();
  const auto content = base::read_file(file);
  if (!content) return content.error();
  auto providers = parse_providers(*content, file.parent_path());
  if (!providers) return providers.error().wrap(file.string());
  return providers;
}

}  // namespace causeway::api::oauth
