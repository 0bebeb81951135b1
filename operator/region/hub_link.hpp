#pragma once
// The region's end of the connection to its hub: who the hub is, the token, and a client with both.

#include <memory>
#include <mutex>
#include <string>

#include "kube/client/client.hpp"
#include "kube/client/config.hpp"
#include "kube/core/object.hpp"

namespace causeway::op::region {

// Secret causeway-system/hub.
struct HubAddress {
  std::string url, ca_pem, token;
  std::string ns;       // this region's namespace on the hub, cluster-<uid8>
  std::string cluster;  // the Cluster's name, for logs
  std::string region;   // what demos see as CAUSEWAY_REGION

  static base::Result<HubAddress> parse(const kube::Object& secret);
  bool same_hub(const HubAddress& other) const { return url == other.url && ca_pem == other.ca_pem && ns == other.ns; }
};

// The token of the Secret, replaced when the Secret is. Thread-safe.
class HubToken final : public kube::TokenSource {
 public:
  explicit HubToken(std::string token) : token_(std::move(token)) {}
  base::Result<std::string> token() override;
  void replace(std::string token);

 private:
  std::mutex mutex_;
  std::string token_;
};

// What a JWT says, unverified (the API server verifies). nullopt: not a JWT.
std::optional<kube::Object> token_claims(std::string_view jwt);

// exp and iat of a JWT, unverified (the API server verifies). nullopt: not a JWT with these claims.
struct TokenLife {
  base::WallTime issued, expires;
};
std::optional<TokenLife> token_life(std::string_view jwt);

// When a token should be renewed: at half its life.
base::WallTime renewal_time(const TokenLife& life);

}  // namespace causeway::op::region
