#pragma once
// Which providers people may sign in with: a file of the administrator, in YAML or JSON.
//
//   providers:
//     - name: github                    # in URLs: [a-z0-9-], 40 at most
//       kind: github                    # github, gitlab or oidc
//       clientId: Iv1.0123456789abcdef
//       clientSecretFile: github-secret # from this file's folder; read again for every sign-in
//     - name: company
//       kind: oidc
//       displayName: Example Inc.
//       issuer: https://id.example      # its /.well-known/openid-configuration is asked for the rest
//       clientId: causeway
//       clientSecretFile: /etc/causeway/oauth/company
//       scopes: [openid, profile, email]
//       caFile: /etc/causeway/oauth/company-ca.crt   # instead of the system's authorities; read again as well
//
// What a field is without being given:
//
//   issuer            https://github.com, https://gitlab.com; of kind oidc it is needed
//   displayName       "GitHub", "GitLab", or the name
//   clientSecretFile  none: a public client, which has PKCE alone. GitHub gives no token without one
//   scopes            read:user and user:email; openid, profile and email
//   caFile            the system's authorities
//   endpoints         authorization, token, jwks and userinfo of the discovery document; where the first three are
//                     given, nothing is discovered. GitHub's are authorization, token and api, of github.com or of the
//                     GitHub Enterprise Server at the issuer

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/oauth/endpoint.hpp"
#include "base/result.hpp"

namespace causeway::api::oauth {

enum class Kind { kGithub, kGitlab, kOidc };
std::string_view to_string(Kind kind);

struct Provider {
  std::string name;
  Kind kind = Kind::kOidc;
  std::string display_name;
  std::string issuer;  // as it is written, also with a slash at its end: identities are kept under it
  std::string client_id;
  std::filesystem::path client_secret_file;  // "": none
  std::vector<std::string> scopes;
  std::filesystem::path ca_file;  // "": the system's authorities
  std::map<std::string, Endpoint, std::less<>> endpoints;
};

// `folder`: what relative paths start from. kInvalidArgument: the provider and the field that are wrong, and what would
// be right. Fields that are not known, or there twice, are wrong. 32 providers at most. Pure but for the files it looks
// for. `path`: the file, or a folder that may have it: providers.yaml.
base::Result<std::vector<Provider>> parse_providers(std::string_view text, const std::filesystem::path& folder);
base::Result<std::vector<Provider>> read_providers(const std::filesystem::path& path);

bool is_provider_name(std::string_view name);

}  // namespace causeway::api::oauth
