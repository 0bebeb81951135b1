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

// Kubernetes' name of a user of ours; requests that the API server makes for them impersonate it.
std::string user_name(std::int64_t user);

// The ServiceAccount that the user's own kubectl is (hub_access.hpp), in kPeopleNamespace.
std::string service_account_name(std::int64_t user);
kube::Object service_account_of(std::int64_t user);

kube::Object namespace_of(const Tenant& tenant);
// Names each person twice: as the user that we impersonate, and as the ServiceAccount.
kube::Object role_binding_of(const Tenant& tenant);

}  // namespace causeway::api::tenant
