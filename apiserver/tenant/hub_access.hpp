#pragma once
// A person's own way to the hub's API server, with kubectl: short-lived tokens of a ServiceAccount that is theirs
// alone, `user-<id>` in the namespace causeway-people. What they may do there says the RoleBinding of their namespace
// (manifests.hpp), as for requests that are made for them.
//
// Tokens, and not client certificates: those cannot be taken back, managed clusters sign none for users (EKS), and who
// may approve one may make one for anybody. Nor JWTs of ours: the API server would have to be told to believe them,
// which managed clusters do each in their own way, if at all.

#include <chrono>
#include <cstdint>
#include <string>

#include "kube/client/client.hpp"

namespace causeway::api::tenant {

// As people reach it, which need not be how we do.
struct HubAddress {
  std::string server;  // "https://hub.example.org:6443"; "": people do not
  std::string ca_pem;  // "": whom every machine trusts
};

// Thread-safe.
class HubAccess {
 public:
  // The API server gives ten minutes at least; manifests/base/apiserver-writes.yaml refuses more than an hour.
  static constexpr base::Duration kLife = std::chrono::minutes(15);

  HubAccess(kube::Client& client, HubAddress address) : client_(client), address_(std::move(address)) {}

  const HubAddress& address() const { return address_; }

  // A token for the user, whose ServiceAccount is made where it is not there. kUnavailable: to be tried again;
  // kInvalidArgument: the API server refuses it, which an administrator has to look into.
  base::Result<kube::Client::Token> issue(std::int64_t user);

  // Every token of the user's ends, within the ten seconds for which the API server remembers that one was valid.
  base::Result<void> end(std::int64_t user);

 private:
  kube::Client& client_;
  const HubAddress address_;
};

}  // namespace causeway::api::tenant
