#pragma once
// The registry's API (distribution spec): which digest a tag has, and removal of what a Demo pushed.

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/http_client.hpp"
#include "base/result.hpp"

namespace causeway::op::demo {

// Thread-safe. Errors: what the HTTP client says, kUnavailable for a registry that answers with 5xx, kPermission.
class Registry {
 public:
  // `host`: "registry.causeway.internal[:port]", by https; "http://host:port" is for tests. `ca_pem` empty: the
  // system's trust store.
  Registry(const std::string& host, const std::string& ca_pem);

  // "sha256:…" of a tag or digest; "" = there is none. `repository` is without host: "u-ada/digits".
  base::Result<std::string> digest_of(const std::string& repository, const std::string& reference,
                                      std::stop_token stop);
  base::Result<std::vector<std::string>> tags(const std::string& repository, std::stop_token stop);
  // ok when it is not there. kInvalidArgument: the registry does not allow deletion.
  base::Result<void> remove_manifest(const std::string& repository, const std::string& digest, std::stop_token stop);
  // Every manifest that a tag of the repository names.
  base::Result<void> remove_repository(const std::string& repository, std::stop_token stop);

 private:
  base::Result<base::HttpResponse> call(const std::string& method, const std::string& target, std::stop_token stop);
  base::HttpClient client_;
};

// "registry/u-ada/digits:tag" or "…@sha256:…" cut into its parts; nullopt: no image reference.
struct ImageReference {
  std::string host, repository, tag, digest;
};
std::optional<ImageReference> parse_image(const std::string& text);

}  // namespace causeway::op::demo
