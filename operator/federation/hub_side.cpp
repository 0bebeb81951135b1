// The hub's side of a region: the namespace it may see, and the exact rights it has there.

#include <boost/json.hpp>

#include "crds/assignment/assignment.hpp"
#include "operator/federation/bootstrap.hpp"
#include "operator/federation/names.hpp"

namespace causeway::op::federation {

namespace json = boost::json;
namespace resources = kube::resources;
using kube::Object;

namespace {

Object rule(json::array groups, json::array types, json::array verbs, json::array names = {}) {
  Object r{{"apiGroups", std::move(groups)}, {"resources", std::move(types)}, {"verbs", std::move(verbs)}};
  if (!names.empty()) r["resourceNames"] = std::move(names);
  return r;
}

// README.md lists these as a table; tests/integration/federation_test.cpp tries everything else.
json::array region_rules() {
  json::array rules;
  rules.push_back(rule({"causeway.dev"}, {"assignments"}, {"get", "list", "watch"}));
  rules.push_back(rule({"causeway.dev"}, {"assignments/status"}, {"patch"}));
  rules.push_back(rule({""}, {"secrets"}, {"get", "list", "watch"}));
  rules.push_back(rule({"coordination.k8s.io"}, {"leases"}, {"get", "update", "patch"}, {kRegionLease}));
  rules.push_back(rule({""}, {"configmaps"}, {"get", "update", "patch"}, {kRegionReport}));
  rules.push_back(rule({""}, {"serviceaccounts/token"}, {"create"}, {kRegionAccount}));
  rules.push_back(rule({""}, {"events"}, {"create"}));
  return rules;
}

Object labelled(const kube::ResourceType& type, std::string_view ns, std::string_view name,
                const crds::Cluster& cluster) {
  Object o = kube::make_object(type, ns, name);
  o["metadata"].as_object()["labels"] = Object{{"app.kubernetes.io/managed-by", "causeway"},
                                               {kClusterUidLabel, cluster.metadata.uid},
                                               {kClusterNameLabel, cluster.metadata.name}};
  return o;
}

}  // namespace

std::string region_namespace(const crds::Cluster& cluster) {
  return crds::cluster_namespace(cluster.metadata.uid);
}

kube::Result<void> ensure_hub_side(kube::Client& hub, const crds::Cluster& cluster, const Settings&) {
  const std::string ns = region_namespace(cluster);
  std::vector<std::pair<kube::ResourceType, Object>> objects;
  const auto add = [&](const kube::ResourceType& type, std::string_view name) -> Object& {
    objects.emplace_back(type, labelled(type, type.namespaced ? ns : std::string{}, name, cluster));
    return objects.back().second;
  };
  add(resources::kNamespace, ns);
  add(resources::kServiceAccount, kRegionAccount)["automountServiceAccountToken"] = false;
  add(resources::kSecret, kRegionCredential);  // tokens are bound to it: deleting it revokes them
  add(resources::kLease, kRegionLease);
  add(resources::kConfigMap, kRegionReport);
  add(resources::kRole, kRegionAccount)["rules"] = region_rules();
  Object& binding = add(resources::kRoleBinding, kRegionAccount);
  binding["roleRef"] = Object{{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "Role"}, {"name", kRegionAccount}};
  binding["subjects"] = json::array{Object{{"kind", "ServiceAccount"}, {"name", kRegionAccount}, {"namespace", ns}}};

  for (const auto& [type, object] : objects) {
    if (auto r = hub.apply(type, object, {.field_manager = kFieldManager, .force = true}); !r) return r.error();
  }
  return {};
}

kube::Result<void> remove_hub_side(kube::Client& hub, const crds::Cluster& cluster) {
  const std::string ns = region_namespace(cluster);
  if (auto r = hub.remove(resources::kNamespace, "", ns); !r) return r.error();
  const auto still = hub.get(resources::kNamespace, "", ns);
  if (!still && still.error().not_found()) return {};
  if (!still) return still.error();
  kube::Error terminating = kube::Error::local("namespace " + ns + " is still being removed");
  terminating.reason = "Terminating";
  return terminating;
}

}  // namespace causeway::op::federation
