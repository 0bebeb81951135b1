#include "operator/cluster/run_namespace.hpp"

#include "crds/assignment/assignment.hpp"
#include "operator/cluster/job.hpp"
#include "operator/terraform/protocol.hpp"

namespace causeway::op::cluster {

namespace json = kube::json;
namespace names = terraform::names;
namespace resources = kube::resources;

namespace {

constexpr std::string_view kRbac = "rbac.authorization.k8s.io";

json::object rule(std::string_view group, json::array what, json::array verbs, json::array only = {}) {
  json::object rule{{"apiGroups", {group}}, {"resources", std::move(what)}, {"verbs", std::move(verbs)}};
  if (!only.empty()) rule["resourceNames"] = std::move(only);
  return rule;
}

// "causeway-run-1a2b3c4d": in the Cluster's namespace, where several Clusters may live.
std::string outside_name(const crds::Cluster& cluster) {
  return crds::run_namespace(cluster.metadata.uid);
}

kube::Object named(const crds::Cluster& cluster, const kube::ResourceType& type, std::string_view ns,
                   std::string_view name) {
  auto object = kube::make_object(type, ns, name);
  object["metadata"].as_object()["labels"] = json::object{{"app.kubernetes.io/managed-by", "causeway"},
                                                          {labels::kClusterUid, cluster.metadata.uid},
                                                          {labels::kClusterName, cluster.metadata.name},
                                                          {labels::kClusterNamespace, cluster.metadata.namespace_}};
  return object;
}

kube::Object role(const crds::Cluster& cluster, std::string_view ns, std::string_view name, json::array rules) {
  auto object = named(cluster, resources::kRole, ns, name);
  object["rules"] = std::move(rules);
  return object;
}

kube::Object binding(const crds::Cluster& cluster, std::string_view ns, std::string_view name) {
  auto object = named(cluster, resources::kRoleBinding, ns, name);
  object["roleRef"] = json::object{{"apiGroup", kRbac}, {"kind", "Role"}, {"name", name}};
  object["subjects"] = json::array{json::object{{"kind", "ServiceAccount"},
                                                {"name", names::kServiceAccount},
                                                {"namespace", crds::run_namespace(cluster.metadata.uid)}}};
  return object;
}

// A run reaches APIs, machines and git hosts at any port and address but link-local ones, where clouds hand out the
// node's own credentials; nobody reaches a run.
kube::Object isolation(const crds::Cluster& cluster, std::string_view ns) {
  auto object = named(cluster, resources::kNetworkPolicy, ns, names::kServiceAccount);
  const json::array dns{json::object{{"protocol", "UDP"}, {"port", 53}},
                        json::object{{"protocol", "TCP"}, {"port", 53}}};
  const auto all_but = [](std::string_view range, json::array except) {
    return json::object{{"ipBlock", json::object{{"cidr", range}, {"except", std::move(except)}}}};
  };
  object["spec"] = json::object{
      {"podSelector", json::object()},
      {"policyTypes", {"Ingress", "Egress"}},
      {"egress",
       {json::object{{"ports", dns}},
        json::object{{"to", {all_but("0.0.0.0/0", {"169.254.0.0/16"}), all_but("::/0", {"fe80::/10"})}}}}}};
  return object;
}

}  // namespace

std::vector<TypedObject> run_namespace_objects(const crds::Cluster& cluster) {
  const std::string ns = crds::run_namespace(cluster.metadata.uid);
  const std::string& home = cluster.metadata.namespace_;
  const std::string outside = outside_name(cluster);

  std::vector<TypedObject> objects;
  objects.emplace_back(resources::kNamespace, named(cluster, resources::kNamespace, "", ns));
  objects.emplace_back(resources::kNetworkPolicy, isolation(cluster, ns));
  objects.emplace_back(resources::kServiceAccount,
                       named(cluster, resources::kServiceAccount, ns, names::kServiceAccount));
  objects.emplace_back(resources::kRole,
                       role(cluster, ns, names::kServiceAccount,
                            {
                                // State, bundle, outputs, errored state; terraform finds its state by label.
                                rule("", {"secrets"}, {"get", "list", "create", "update", "patch", "delete"}),
                                rule("", {"configmaps"}, {"get", "create", "patch", "delete"}),  // marker and results
                                rule("coordination.k8s.io", {"leases"}, {"get", "create", "update"}),
                                rule("", {"pods"}, {"get"}),  // is the holder of the lock gone?
                            }));
  objects.emplace_back(resources::kRoleBinding, binding(cluster, ns, names::kServiceAccount));
  objects.emplace_back(
      resources::kRole,
      role(cluster, home, outside,
           {rule("causeway.dev", {"clusters/status"}, {"patch"}, {json::value(cluster.metadata.name)})}));
  objects.emplace_back(resources::kRoleBinding, binding(cluster, home, outside));
  return objects;
}

std::vector<std::pair<kube::ResourceType, kube::ObjectKey>> outside_run_namespace(const crds::Cluster& cluster) {
  const kube::ObjectKey key{cluster.metadata.namespace_, outside_name(cluster)};
  return {{resources::kRoleBinding, key}, {resources::kRole, key}};
}

}  // namespace causeway::op::cluster
