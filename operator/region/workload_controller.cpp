#include "operator/region/workload_controller.hpp"

#include "operator/region/mirror.hpp"
#include "operator/region/secret_copy.hpp"
#include "operator/region/tenant.hpp"
#include "operator/region/workload.hpp"

namespace causeway::op::region {

namespace resources = kube::resources;
using crds::AssignmentStage;
using kube::Object;
using kube::ReconcileResult;

namespace {

constexpr auto kManager = "causeway-region";
constexpr auto kIndex = "assignment";
constexpr auto kAskAgain = std::chrono::milliseconds(500);

const kube::ResourceType kClaim{"", "v1", "PersistentVolumeClaim", "persistentvolumeclaims"};

}  // namespace

WorkloadController::WorkloadController(kube::Manager& manager, std::string ns, std::string region_name,
                                       std::string gateway_url)
    : manager_(manager),
      ns_(std::move(ns)),
      region_name_(std::move(region_name)),
      gateway_(std::move(gateway_url)),
      mirrors_(manager.informer<crds::Assignment>({.ns = ns_})),
      deployments_(manager.objects(resources::kDeployment, {.label_selector = std::string(kLabelAssignment)})),
      pods_(manager.objects(resources::kPod, {.label_selector = std::string(kLabelAssignment)})),
      services_(manager.objects(resources::kService, {.label_selector = std::string(kLabelAssignment)})),
      ingresses_(manager.objects(resources::kIngress, {.label_selector = std::string(kLabelAssignment)})) {
  auto& controller =
      manager.controller({.name = "workload",
                          .workers = 4,
                          .trace_parent =
                              [this](const kube::ObjectKey& key) {
                                const auto mirror = mirrors_.get(key);
                                return mirror ? rollout_of(*mirror) : std::nullopt;
                              }},
                         [this](const kube::ObjectKey& key, std::stop_token stop) { return reconcile(key, stop); });
  controller.watch(mirrors_);
  const auto by_label = [ns = ns_](const Object& object) {
    return std::vector<kube::ObjectKey>{{ns, std::string(kube::label_of(object, kLabelAssignment))}};
  };
  for (auto* informer : {&deployments_, &pods_, &services_, &ingresses_}) {
    controller.watch<Object>(*informer, by_label);
    informer->add_index(kIndex, [](const Object& object) {
      return std::vector<std::string>{std::string(kube::label_of(object, kLabelAssignment))};
    });
  }
}

ReconcileResult WorkloadController::reconcile(const kube::ObjectKey& key, std::stop_token stop) {
  const auto assignment = mirrors_.get(key);
  if (!assignment) return ReconcileResult::done();

  const auto made = assignment->spec.desired == crds::Desired::Absent ? unmake(*assignment) : make(*assignment);
  if (!made && (made.error().transient() || made.error().namespace_terminating()))
    return ReconcileResult::failed(made.error());

  crds::Assignment after = *assignment;
  if (made) {
    after.status = judge(*assignment, observe(*assignment, stop), manager_.clock().wall());
  } else {
    // The API server refuses it: only another Assignment helps.
    after.status.observed_epoch = assignment->spec.epoch;
    after.status.observed_generation = assignment->metadata.generation;
    after.status.stage = AssignmentStage::RuntimeError;
    after.status.ready = false;
    after.status.reason = "Refused";
    after.status.message = "the region's API server refuses the workload: " + made.error().message;
  }
  if (auto r = manager_.client().patch_status(*assignment, after); !r && !r.error().not_found())
    return ReconcileResult::failed(r.error());
  // Routes come up without an event of ours; everything else has one.
  if (after.status.reason == "GatewayNotReady") return ReconcileResult::after(kAskAgain);
  if (!made) return ReconcileResult::after(std::chrono::seconds(30));
  return ReconcileResult::done();
}

kube::Result<void> WorkloadController::make(const crds::Assignment& assignment) {
  if (auto r = ensure_tenant(manager_.client(), assignment); !r) return r.error();
  for (const auto& o : workload_objects(assignment, region_name_)) {
    auto r = manager_.client().apply(o.type, o.object, {.field_manager = kManager, .force = true});
    if (!r) return r.error();
    // So that what is judged next is not the Deployment of before.
    if (o.type == resources::kDeployment) deployments_.observe_write(*r);
  }
  return {};
}

// Ingress first, so that nothing is sent to pods that stop. The namespace stays: other demos may be in it
// (MirrorController removes it with the last one).
kube::Result<void> WorkloadController::unmake(const crds::Assignment& a) {
  const auto& ns = a.spec.tenant_namespace;
  const std::string service = service_name(a);
  const std::pair<kube::ResourceType, const std::string*> all[] = {{resources::kIngress, &a.metadata.name},
                                                                   {resources::kDeployment, &a.metadata.name},
                                                                   {resources::kService, &service},
                                                                   {resources::kPodDisruptionBudget, &a.metadata.name},
                                                                   {kClaim, &a.metadata.name}};
  for (const auto& [type, name] : all) {
    if (auto r = manager_.client().remove(type, ns, *name); !r) return r.error();
  }
  for (const auto& secret : a.spec.env_from) {
    if (auto r = remove_secret_copy(manager_.client(), a, secret.name); !r) return r.error();
  }
  for (const auto& name : former_secrets(a)) {
    if (auto r = remove_secret_copy(manager_.client(), a, name); !r) return r.error();
  }
  return {};
}

Observation WorkloadController::observe(const crds::Assignment& a, std::stop_token stop) {
  Observation seen;
  seen.pods = pods_.by_index(kIndex, a.metadata.name);
  seen.deployment = deployments_.get({a.spec.tenant_namespace, a.metadata.name});
  seen.anything_left = seen.deployment || !services_.by_index(kIndex, a.metadata.name).empty() ||
                       !ingresses_.by_index(kIndex, a.metadata.name).empty();
  if (a.spec.desired == crds::Desired::Running && rolled_out(a, seen)) {
    seen.gateway = a.spec.hosts.empty() ? Observation::Answer{false, "no host name is assigned"}
                                        : gateway_.ask(a.spec.hosts.front(),
                                                       a.spec.health.path.empty() ? "/" : a.spec.health.path, stop);
  }
  return seen;
}

}  // namespace causeway::op::region
