#pragma once
// What an account has on the hub: a namespace, and the right of its people to work there. Pure.

#include <cstdint>
#include <string>
#include <vector>

#include "kube/core/object.hpp"

namespace causeway::api::tenant {

inline constexpr std::string_view kOwnerLabel = "causeway.dev/owner";
inline constexpr std::string_view kRole = "causeway-tenant";  // manifests/base/apiserver.yaml

struct Tenant {
  std::int64_t account = 0;
  std::string owner;                // the account's name
  std::string ns;                   // of its resources
  std::vector<std::int64_t> users;  // who may work there: nobody while the account is disabled
};

// Kubernetes' name of a user of ours; requests that the API server makes for them impersonate it.
std::string user_name(std::int64_t user);

kube::Object namespace_of(const Tenant& tenant);
kube::Object role_binding_of(const Tenant& tenant);

}  // namespace causeway::api::tenant
