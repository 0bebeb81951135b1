#pragma once
// What an account has on the hub: a namespace, and the right of its people to work there. Pure.

#include <cstdint>
#include <string>
#include <vector>

#include "kube/core/object.hpp"

namespace causeway::api::tenant {

inline constexpr std::string_view kOwnerLabel = "causeway.dev/owner";
inline constexpr std::string_view kRole = "causeway-tenant";  // manifests/base/apiserver.yaml
// Where people's ServiceAccounts are, and nothing else: manifests/base/namespaces.yaml.
inline constexpr std::string_view kPeopleNamespace = "causeway-people";

struct Tenant {
  std::int64_t account = 0;
  std::string owner;                // the account's name
  std::string ns;                   // of its resources
  std::vector<std::int64_t> users;  // who may work there: nobody while the account is disabled
};

// The ServiceAccount in kPeopleNamespace that a user of ours is on the hub: as whom the API server makes requests for
// them, and whose tokens their own kubectl has (hub_access.hpp). It need not be there for the former.
std::string service_account_name(std::int64_t user);
std::string user_name(std::int64_t user);  // as Kubernetes calls it, to be impersonated
kube::Object service_account_of(std::int64_t user);

kube::Object namespace_of(const Tenant& tenant);
kube::Object role_binding_of(const Tenant& tenant);

}  // namespace causeway::api::tenant
