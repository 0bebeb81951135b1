// What bootstrap.cpp installed, taken away again.

#include <boost/json.hpp>

#include "base/log.hpp"
#include "operator/federation/bootstrap.hpp"
#include "operator/federation/manifests.hpp"
#include "operator/federation/names.hpp"
#include "operator/federation/registration.hpp"

namespace causeway::op::federation {

namespace log = base::log;
namespace resources = kube::resources;

namespace {

// Of one request: a Cluster that is deleted does not wait long for a region that may be gone for good.
constexpr auto kPatience = std::chrono::seconds(10);

// The kube-system UID of the region to clean up; "" when the hub knows of none, or is the region itself.
kube::Result<std::string> bound_region(kube::Client& hub, const crds::Cluster& cluster) {
  const auto home = hub.get(resources::kNamespace, "", region_namespace(cluster));
  if (!home && !home.error().not_found()) return home.error();
  if (!home || kube::deleting(*home)) return std::string{};  // this was done before
  const auto own = uid_of_cluster(hub);
  if (!own) return own.error();
  std::string bound(kube::annotation_of(*home, kRegionUidAnnotation));
  return bound == *own ? std::string{} : bound;
}

// Whether what is in the region is there for this Cluster, and for nothing else.
kube::Result<bool> installed_for(const crds::Cluster& cluster, const std::string& bound, kube::Client& region,
                                 const Settings& s) {
  const auto uid = uid_of_cluster(region);
  if (!uid) return uid.error();
  if (*uid != bound) return false;
  const auto secret = region.get(resources::kSecret, s.system_namespace, kHubSecret);
  if (!secret && !secret.error().not_found()) return secret.error();
  if (secret) {
    // Registered elsewhere since: with another hub, or by another name.
    if (kube::secret_value(*secret, "namespace").value_or("") != region_namespace(cluster)) return false;
    if (kube::secret_value(*secret, "url").value_or("") != s.hub_url) return false;
  }
  // A hub has Clusters. The namespace and the CRD that a region shares with it are not the region's to take away.
  const auto clusters = region.get(resources::kCustomResourceDefinition, "", "clusters.causeway.dev");
  if (!clusters && !clusters.error().not_found()) return clusters.error();
  return !clusters;
}

// The region's errors are told, not returned: its Cluster is deleted all the same.
std::string left_behind(const Settings& s, const std::string& why) {
  return "what Causeway installed in the region could not all be removed (" + why +
         "); to remove it by hand there: kubectl delete namespace " + s.system_namespace +
         ", then the CRD assignments.causeway.dev, the IngressClass causeway, and the ClusterRoles, "
         "ClusterRoleBindings, ValidatingAdmissionPolicies and the PriorityClass whose names begin with causeway-";
}

}  // namespace

kube::Result<std::string> unbootstrap(kube::Client& hub, const crds::Cluster& cluster, const RegionAccess& access,
                                      const Settings& settings, std::stop_token stop) {
  if (cluster.spec.source.in_cluster) {
    // The role stays, installed by others, and waits for another credential.
    const auto secret = hub.get(resources::kSecret, settings.system_namespace, kHubSecret);
    if (!secret) return secret.error().not_found() ? kube::Result<std::string>(std::string{}) : secret.error();
    if (kube::secret_value(*secret, "namespace").value_or("") != region_namespace(cluster)) return std::string{};
    if (auto r = hub.remove(resources::kSecret, settings.system_namespace, kHubSecret); !r) return r.error();
    return std::string{};
  }
  auto bound = bound_region(hub, cluster);
  if (!bound || bound->empty()) return bound;
  const auto manifests = region_manifests(settings);
  if (!manifests) return kube::Error::local(manifests.error().message);

  auto config = access.config;
  config.timeout = kPatience;
  kube::Client region(config);
  region.set_stop(stop);
  const auto ours = installed_for(cluster, *bound, region, settings);
  if (!ours && ours.error().cancelled()) return ours.error();
  if (!ours) return left_behind(settings, ours.error().message);
  if (!*ours) return std::string{};

  // What cannot be removed keeps nothing else from being removed.
  std::string problem;
  const auto remove = [&](const kube::ResourceType& type, const std::string& ns,
                          const std::string& name) -> kube::Result<void> {
    const auto r = region.remove(type, ns, name);
    if (r || r.error().not_found()) return {};
    if (r.error().unanswered()) return r.error();
    if (problem.empty()) problem = std::string(type.kind) + " " + name + ": " + r.error().message;
    return {};
  };
  kube::Result<void> answered;
  for (auto m = manifests->rbegin(); answered && m != manifests->rend(); ++m)
    answered = remove(m->type, m->ns, m->name);
  if (answered) answered = remove(resources::kNamespace, "", settings.system_namespace);
  if (!answered && answered.error().cancelled()) return answered.error();
  if (!answered) problem = answered.error().message;
  if (!problem.empty()) return left_behind(settings, problem);
  log::info("removed a region's installation", {{"cluster", cluster.metadata.name}});
  return std::string{};
}

}  // namespace causeway::op::federation
