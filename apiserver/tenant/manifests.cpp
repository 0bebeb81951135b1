#include "apiserver/tenant/manifests.hpp"

namespace causeway::api::tenant {

namespace json = boost::json;

std::string service_account_name(std::int64_t user) {
  return "user-" + std::to_string(user);
}

std::string user_name(std::int64_t user) {
  return "system:serviceaccount:" + std::string(kPeopleNamespace) + ':' + service_account_name(user);
}

kube::Object service_account_of(std::int64_t user) {
  return {{"apiVersion", "v1"},
          {"kind", "ServiceAccount"},
          {"metadata", json::object{{"name", service_account_name(user)}, {"namespace", kPeopleNamespace}}},
          {"automountServiceAccountToken", false}};
}

kube::Object namespace_of(const Tenant& tenant) {
  return {{"apiVersion", "v1"},
          {"kind", "Namespace"},
          {"metadata", json::object{{"name", tenant.ns}, {"labels", json::object{{kOwnerLabel, tenant.owner}}}}}};
}

kube::Object role_binding_of(const Tenant& tenant) {
  json::array subjects;
  for (const auto user : tenant.users) {
    subjects.push_back(json::object{
        {"kind", "ServiceAccount"}, {"name", service_account_name(user)}, {"namespace", kPeopleNamespace}});
  }
  return {
      {"apiVersion", "rbac.authorization.k8s.io/v1"},
      {"kind", "RoleBinding"},
      {"metadata", json::object{{"name", kRole}, {"namespace", tenant.ns}}},
      {"roleRef", json::object{{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "ClusterRole"}, {"name", kRole}}},
      {"subjects", std::move(subjects)}};
}

}  // namespace causeway::api::tenant
