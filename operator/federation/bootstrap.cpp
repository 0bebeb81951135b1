#include "operator/federation/bootstrap.hpp"

#include <boost/json.hpp>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "operator/federation/credential.hpp"
#include "operator/federation/manifests.hpp"
#include "operator/federation/names.hpp"
#include "operator/federation/registration.hpp"

namespace causeway::op::federation {

namespace log = base::log;
namespace resources = kube::resources;
using kube::Object;

namespace {

// Of one request: a region that does not answer is asked again later.
constexpr auto kPatience = std::chrono::seconds(10);

kube::Error broken(const base::Error& e) {
  return kube::Error::local(e.message);
}

// What a region is installed from: when it changes, it is applied again.
std::string version_of(const std::vector<Manifest>& manifests, const Settings& s) {
  std::string all = s.registry_ca_pem + s.hub_url;
  for (const auto& m : manifests) all += m.yaml;
  return base::sha256_hex(all).substr(0, 16);
}

kube::Result<void> apply_namespace(kube::Client& region, const Settings& s, std::string_view version) {
  Object ns = kube::make_object(resources::kNamespace, "", s.system_namespace);
  ns["metadata"].as_object()["labels"] = Object{{"app.kubernetes.io/part-of", "causeway"}};
  if (!version.empty()) ns["metadata"].as_object()["annotations"] = Object{{kBootstrapAnnotation, version}};
  auto r = region.apply(resources::kNamespace, ns, {.field_manager = kFieldManager, .force = true});
  if (!r) return r.error();
  return {};
}

kube::Result<void> apply_registry_ca(kube::Client& region, const Settings& s) {
  Object map = kube::make_object(resources::kConfigMap, s.system_namespace, "registry-ca");
  map["data"] = Object{{"ca.crt", s.registry_ca_pem}};
  auto r = region.apply(resources::kConfigMap, map, {.field_manager = kFieldManager, .force = true});
  if (!r) return r.error();
  return {};
}

}  // namespace

kube::Result<BootstrapState> bootstrap(kube::Client& hub, const crds::Cluster& cluster, const RegionAccess& access,
                                       const Settings& settings, std::stop_token stop) {
  if (cluster.spec.source.in_cluster) {
    // Whoever installed the hub installed the region role beside it (manifests/in-cluster): the hub need not be allowed
    // to.
    if (auto r = bind_region(hub, hub, cluster); !r) return r.error();
    if (auto r = hand_credential(hub, hub, cluster, settings); !r) return r.error();
    return BootstrapState{true, "the hub's own cluster"};
  }
  if (settings.hub_url.empty())
    return kube::Error::local("platform settings: hub.url is empty, so a region would not know where to dial");
  auto manifests = region_manifests(settings);
  if (!manifests) return broken(manifests.error());
  const auto version = version_of(*manifests, settings);

  auto config = access.config;
  config.timeout = kPatience;
  kube::Client region(config);
  region.set_stop(stop);
  const auto ns = region.get(resources::kNamespace, "", settings.system_namespace);
  if (!ns && !ns.error().not_found()) return ns.error();
  if (ns && kube::deleting(*ns)) return BootstrapState{false, "what was installed there before is still being removed"};
  // First: a cluster that is another Cluster's region is left as it is.
  if (auto r = bind_region(hub, region, cluster); !r) return r.error();
  if (!ns) {
    if (auto r = apply_namespace(region, settings, ""); !r) return r.error();
  }
  if (auto r = hand_credential(hub, region, cluster, settings); !r) return r.error();
  if (ns && kube::annotation_of(*ns, kBootstrapAnnotation) == version)
    return BootstrapState{true, "installed, version " + version};

  if (auto r = apply_registry_ca(region, settings); !r) return r.error();
  for (const auto& manifest : *manifests) {
    if (auto r = apply_manifest(region, manifest, kFieldManager); !r) {
      auto error = r.error();
      error.message = std::string(manifest.type.kind) + " " + manifest.name + ": " + error.message;
      return error;
    }
  }
  // Last: whoever sees it knows that everything before was applied.
  if (auto r = apply_namespace(region, settings, version); !r) return r.error();
  log::info("bootstrapped a region", {{"cluster", cluster.metadata.name}, {"version", version}});
  return BootstrapState{true, "installed, version " + version};
}

}  // namespace causeway::op::federation
