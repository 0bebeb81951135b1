#pragma once
// What the API server calls things: group, version, kind, resource; and the keys and paths made from them.

#include <compare>
#include <string>
#include <string_view>

namespace causeway::kube {

struct ResourceType {
  std::string_view group, version, kind, plural;
  bool namespaced = true;

  std::string api_version() const;  // "apps/v1", "v1"
  // "/apis/apps/v1/namespaces/ns/deployments/name/subresource"; empty parts are left out. An empty `ns` on a namespaced
  // type means all namespaces (lists and watches).
  std::string path(std::string_view ns, std::string_view name = {}, std::string_view subresource = {}) const;
  bool operator==(const ResourceType&) const = default;
};

struct ObjectKey {
  std::string ns, name;
  std::string to_string() const;  // "ns/name", or "name" for cluster-scoped objects
  auto operator<=>(const ObjectKey&) const = default;
};

struct ObjectKeyHash {
  std::size_t operator()(const ObjectKey& k) const;
};

// Built-in kinds the project uses.
namespace resources {
inline constexpr ResourceType kNamespace{"", "v1", "Namespace", "namespaces", false};
inline constexpr ResourceType kNode{"", "v1", "Node", "nodes", false};
inline constexpr ResourceType kPod{"", "v1", "Pod", "pods"};
inline constexpr ResourceType kSecret{"", "v1", "Secret", "secrets"};
inline constexpr ResourceType kConfigMap{"", "v1", "ConfigMap", "configmaps"};
inline constexpr ResourceType kService{"", "v1", "Service", "services"};
inline constexpr ResourceType kServiceAccount{"", "v1", "ServiceAccount", "serviceaccounts"};
inline constexpr ResourceType kEvent{"", "v1", "Event", "events"};
inline constexpr ResourceType kResourceQuota{"", "v1", "ResourceQuota", "resourcequotas"};
inline constexpr ResourceType kLimitRange{"", "v1", "LimitRange", "limitranges"};
inline constexpr ResourceType kDeployment{"apps", "v1", "Deployment", "deployments"};
inline constexpr ResourceType kReplicaSet{"apps", "v1", "ReplicaSet", "replicasets"};
inline constexpr ResourceType kStatefulSet{"apps", "v1", "StatefulSet", "statefulsets"};
inline constexpr ResourceType kControllerRevision{"apps", "v1", "ControllerRevision", "controllerrevisions"};
inline constexpr ResourceType kJob{"batch", "v1", "Job", "jobs"};
inline constexpr ResourceType kIngress{"networking.k8s.io", "v1", "Ingress", "ingresses"};
inline constexpr ResourceType kNetworkPolicy{"networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies"};
inline constexpr ResourceType kPodDisruptionBudget{"policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets"};
inline constexpr ResourceType kLease{"coordination.k8s.io", "v1", "Lease", "leases"};
inline constexpr ResourceType kRole{"rbac.authorization.k8s.io", "v1", "Role", "roles"};
inline constexpr ResourceType kRoleBinding{"rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings"};
inline constexpr ResourceType kClusterRole{"rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", false};
inline constexpr ResourceType kClusterRoleBinding{"rbac.authorization.k8s.io", "v1", "ClusterRoleBinding",
                                                  "clusterrolebindings", false};
inline constexpr ResourceType kCustomResourceDefinition{"apiextensions.k8s.io", "v1", "CustomResourceDefinition",
                                                        "customresourcedefinitions", false};
inline constexpr ResourceType kDnsEndpoint{"externaldns.k8s.io", "v1alpha1", "DNSEndpoint", "dnsendpoints"};
}  // namespace resources

}  // namespace causeway::kube
