#pragma once
// npm's oidc-provider as a process of its own (provider/provider.mjs).

#include <optional>
#include <string>

#include "base/files.hpp"
#include "base/pki.hpp"
#include "base/process.hpp"

namespace causeway::api::oauth {

class OidcProvider {
 public:
  // Why it cannot run here; "" when it can.
  static std::string missing();

  explicit OidcProvider(const std::string& redirect_uri);

  const std::string& url() const { return url_; }
  std::filesystem::path ca_file() const { return folder_.path() / "ca.crt"; }
  std::filesystem::path secret_file() const { return folder_.path() / "secret"; }
  const std::string& ca_pem() const { return authority_.cert_pem; }

  // From now on it has other keys.
  void rotate();

 private:
  std::string line();  // the next that it says

  base::TemporaryDirectory folder_;
  base::KeyPair authority_;
  std::optional<base::Process> process_;
  std::string said_, url_;
};

}  // namespace causeway::api::oauth
