#include "operator/federation/registration.hpp"

#include <boost/json.hpp>
#include <optional>
#include <tuple>

#include "operator/federation/bootstrap.hpp"

namespace causeway::op::federation {

namespace json = boost::json;
namespace resources = kube::resources;
using kube::Object;

namespace {

// "u-bob/second", the Cluster that is this region already. A namespace that is on its way out, or whose Cluster is not
// there any more, holds nobody off.
kube::Result<std::optional<std::string>> registered_as(kube::Client& hub, const Object& home,
                                                       std::string_view region_uid) {
  const auto homes = hub.list(resources::kNamespace, "", {.label_selector = kClusterUidLabel});
  if (!homes) return homes.error();
  for (const auto& other : homes->items) {
    if (kube::name_of(other) == kube::name_of(home) || kube::deleting(other)) continue;
    if (kube::annotation_of(other, kRegionUidAnnotation) != region_uid) continue;
    if (!comes_before(other, home, region_uid)) continue;
    const auto clusters = hub.list<crds::Cluster>("");
    if (!clusters) return clusters.error();
    for (const auto& c : *clusters) {
      if (c.metadata.uid == kube::label_of(other, kClusterUidLabel))
        return std::optional(c.metadata.namespace_ + "/" + c.metadata.name);
    }
  }
  return std::optional<std::string>();
}

kube::Result<Object> write_binding(kube::Client& hub, const std::string& home, const json::value& region_uid) {
  const Object patch{{"metadata", Object{{"annotations", Object{{kRegionUidAnnotation, region_uid}}}}}};
  return hub.patch(resources::kNamespace, "", home, kube::PatchType::kMerge, patch, {.field_manager = kFieldManager});
}

kube::Error duplicate(const std::string& region_uid, const std::string& other) {
  auto e = kube::Error::local("this cluster (kube-system UID " + region_uid + ") is registered as Cluster " + other +
                              " already; delete one of the two Clusters, or have this one's kubeconfig name another "
                              "cluster");
  e.reason = kDuplicateRegistration;
  return e;
}

}  // namespace

bool comes_before(const Object& other, const Object& home, std::string_view region_uid) {
  if (kube::annotation_of(home, kRegionUidAnnotation) != region_uid) return true;
  const auto order = [](const Object& ns) {
    return std::tuple(kube::string_at(ns, "metadata.creationTimestamp"), kube::name_of(ns));
  };
  return order(other) < order(home);
}

kube::Result<std::string> uid_of_cluster(kube::Client& client) {
  const auto system = client.get(resources::kNamespace, "", "kube-system");
  if (!system) return system.error();
  return std::string(kube::uid_of(*system));
}

kube::Result<void> bind_region(kube::Client& hub, kube::Client& region, const crds::Cluster& cluster) {
  const auto uid = uid_of_cluster(region);
  if (!uid) return uid.error();
  const auto home = region_namespace(cluster);
  const auto before = hub.get(resources::kNamespace, "", home);
  if (!before) return before.error();
  auto other = registered_as(hub, *before, *uid);
  if (!other) return other.error();
  if (*other) return duplicate(*uid, **other);

  const auto bound = write_binding(hub, home, json::value(*uid));
  if (!bound) return bound.error();
  // Of two that did this at the same time, one at least sees the other now; one that does not is refused when it is
  // installed again.
  other = registered_as(hub, *bound, *uid);
  if (!other) return other.error();
  if (!*other) return {};
  if (auto r = write_binding(hub, home, nullptr); !r) return r.error();
  return duplicate(*uid, **other);
}

}  // namespace causeway::op::federation
