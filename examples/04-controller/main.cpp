// A Site is a page that is served: a ConfigMap with it and a Deployment that mounts it, kept as the Site says.
#include "base/log.hpp"
#include "base/shutdown.hpp"
#include "kube/runtime/manager.hpp"
#include "kube/runtime/owner.hpp"

namespace kube = causeway::kube;
using kube::resources::kConfigMap;
using kube::resources::kDeployment;

struct SiteSpec {
  std::string page;
  int replicas = 1;
  bool operator==(const SiteSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(SiteSpec, (), (page, replicas))

struct SiteStatus {
  std::int64_t observed_generation = 0;
  kube::Conditions conditions;
  bool operator==(const SiteStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(SiteStatus, (), (observed_generation, conditions))

struct Site {
  static constexpr kube::ResourceType kResource{"example.org", "v1", "Site", "sites"};
  kube::ObjectMeta metadata;
  SiteSpec spec;
  SiteStatus status;
};
BOOST_DESCRIBE_STRUCT(Site, (), (metadata, spec, status))

kube::Object config_map_for(const Site& site) {
  auto object = kube::make_object(kConfigMap, site.metadata.namespace_, site.metadata.name + "-page");
  object["data"] = {{"index.html", site.spec.page}};
  kube::set_controller(object, Site::kResource, site.metadata);
  return object;
}

kube::Object deployment_for(const Site& site) {
  const std::string& name = site.metadata.name;
  auto object = kube::make_object(kDeployment, site.metadata.namespace_, name);
  object["spec"] = {{"replicas", site.spec.replicas},
                    {"selector", {{"matchLabels", {{"site", name}}}}},
                    {"template",
                     {{"metadata", {{"labels", {{"site", name}}}}},
                      {"spec",
                       {{"volumes", {{{"name", "page"}, {"configMap", {{"name", name + "-page"}}}}}},
                        {"containers",
                         {{{"name", "web"},
                           {"image", "nginx:1.27"},
                           {"volumeMounts", {{{"name", "page"}, {"mountPath", "/usr/share/nginx/html"}}}}}}}}}}}};
  kube::set_controller(object, Site::kResource, site.metadata);
  return object;
}

int main() {
  causeway::base::ShutdownSignal shutdown;
  auto config = kube::default_config();
  if (!config) {
    causeway::base::log::error(config.error().message);
    return 1;
  }
  kube::Manager manager({.name = "site-controller", .config = *config, .listen = "127.0.0.1:0"});
  auto& sites = manager.informer<Site>();
  // Of what it makes, names and owners are enough: what somebody changes in it is put right all the same.
  auto& maps = manager.objects(kConfigMap, {.metadata_only = true});
  auto& deployments = manager.objects(kDeployment, {.metadata_only = true});

  auto& controller = manager.controller({.name = "site"}, [&](const kube::ObjectKey& key, std::stop_token) {
    const auto site = sites.get(key);
    // What it owned goes with it: the garbage collector sees to that.
    if (!site || site->metadata.deleting()) return kube::ReconcileResult::done();
    const kube::WriteOptions mine{.field_manager = "site-controller", .force = true};
    auto applied = manager.client().apply(kConfigMap, config_map_for(*site), mine);
    if (applied) applied = manager.client().apply(kDeployment, deployment_for(*site), mine);
    if (!applied) return kube::ReconcileResult::failed(applied.error());
    Site after = *site;
    after.status.observed_generation = site->metadata.generation;
    kube::Condition applied_condition{.type = "Applied", .status = "True", .reason = "Applied"};
    applied_condition.observed_generation = site->metadata.generation;
    kube::set_condition(after.status.conditions, applied_condition, manager.clock().wall());
    auto written = manager.client().patch_status(*site, after);
    return written ? kube::ReconcileResult::done() : kube::ReconcileResult::failed(written.error());
  });
  controller.watch_when(sites, kube::generation_changed<Site>);
  const auto owner = [](const kube::Object& object) { return kube::controlling_owner(object, Site::kResource); };
  controller.watch<kube::Object>(maps, owner);
  controller.watch<kube::Object>(deployments, owner);

  auto ended = manager.run(shutdown.token());
  if (!ended) causeway::base::log::error(ended.error().message);
  return ended ? 0 : 1;
}
