#include "operator/region/mirror_controller.hpp"

#include "base/log.hpp"
#include "operator/region/mirror.hpp"
#include "operator/region/secret_copy.hpp"
#include "operator/region/tenant.hpp"

namespace causeway::op::region {

namespace log = base::log;
namespace resources = kube::resources;
using kube::ReconcileResult;

namespace {
constexpr auto kManager = "causeway-region";
constexpr auto kRecheck = std::chrono::seconds(5);
}  // namespace

MirrorController::MirrorController(kube::Manager& manager, kube::Client& hub, kube::Informers& hub_informers,
                                   std::string hub_ns, std::string ns)
    : manager_(manager),
      hub_(hub),
      hub_informers_(hub_informers),
      hub_ns_(std::move(hub_ns)),
      ns_(std::move(ns)),
      hub_assignments_(hub_informers.informer<crds::Assignment>({.ns = hub_ns_})),
      hub_secrets_(hub_informers.objects(resources::kSecret, {.ns = hub_ns_})),
      mirrors_(manager.informer<crds::Assignment>({.ns = ns_})) {
  auto& controller =
      manager.controller({.name = "mirror",
                          .workers = 2,
                          .trace_parent =
                              [this](const kube::ObjectKey& key) {
                                const auto asked = hub_assignments_.get({hub_ns_, key.name});
                                return asked ? rollout_of(*asked) : std::nullopt;
                              }},
                         [this](const kube::ObjectKey& key, std::stop_token stop) { return reconcile(key, stop); });
  // Both sides have the same names; the namespaces differ.
  const auto by_name = [ns = ns_](const crds::Assignment& a) {
    return std::vector<kube::ObjectKey>{{ns, a.metadata.name}};
  };
  controller.watch<crds::Assignment>(hub_assignments_, by_name);
  controller.watch<crds::Assignment>(mirrors_, by_name);
  controller.watch<kube::Object>(hub_secrets_, [this](const kube::Object& secret) {
    std::vector<kube::ObjectKey> keys;
    for (const auto& a : hub_assignments_.list())
      for (const auto& s : a->spec.env_from)
        if (s.name == kube::name_of(secret)) keys.push_back({ns_, a->metadata.name});
    return keys;
  });
}

ReconcileResult MirrorController::reconcile(const kube::ObjectKey& key, std::stop_token) {
  if (!hub_informers_.synced()) return ReconcileResult::after(kRecheck);  // the hub is away: nothing is concluded
  const auto hub = hub_assignments_.get({hub_ns_, key.name});
  const auto mirror = mirrors_.get(key);
  const auto action = decide_mirror(hub.get(), mirror.get());
  switch (action.kind) {
    case MirrorAction::Kind::kNothing:
      break;
    case MirrorAction::Kind::kWrite: {
      const std::lock_guard lock(tenants_);
      if (auto r = copy_secrets(*hub); !r) return ReconcileResult::failed(r.error());
      if (auto r = write(*hub, mirror.get()); !r) return ReconcileResult::failed(r.error());
      break;
    }
    case MirrorAction::Kind::kRemove: {
      const std::lock_guard lock(tenants_);
      // Before the mirror, which is what remembers it.
      if (last_of_tenant(*mirror, mirrors_.list(), hub_assignments_.list())) {
        if (auto r = remove_tenant(manager_.client(), mirror->spec.tenant_namespace); !r)
          return ReconcileResult::failed(r.error());
      }
      if (auto r = manager_.client().remove(crds::Assignment::kResource, ns_, key.name); !r)
        return ReconcileResult::failed(r.error());
      break;
    }
    case MirrorAction::Kind::kKeep:
      log::warn("the hub has no such assignment and never asked for its removal: it runs on",
                {{"assignment", key.name}});
      break;
  }
  if (action.drop_former_secrets) {
    if (auto r = remove_former_secrets(*mirror); !r) return ReconcileResult::failed(r.error());
  }
  if (action.report) {
    if (auto r = report(*hub, *mirror); !r) return ReconcileResult::failed(r.error());
  }
  return ReconcileResult::done();
}

kube::Result<void> MirrorController::write(const crds::Assignment& hub, const crds::Assignment* before) {
  if (before && before->spec.demo_ref != hub.spec.demo_ref) {  // it had the name first, and cannot be made another's
    auto removed = manager_.client().remove(crds::Assignment::kResource, ns_, before->metadata.name,
                                            {.uid = before->metadata.uid});
    if (!removed) return removed.error();
  }
  auto object = kube::encode(mirror_of(hub, before, ns_));
  object.erase("status");
  auto r = manager_.client().apply(crds::Assignment::kResource, object, {.field_manager = kManager, .force = true});
  if (!r) return r.error();
  if (auto written = kube::decode<crds::Assignment>(*r)) mirrors_.observe_write(*written);
  return {};
}

kube::Result<void> MirrorController::copy_secrets(const crds::Assignment& hub) {
  if (hub.spec.env_from.empty() || hub.spec.desired == crds::Desired::Absent) return {};
  if (auto r = ensure_tenant(manager_.client(), hub); !r) return r.error();
  for (const auto& wanted : hub.spec.env_from) {
    const auto secret = hub_secrets_.get({hub_ns_, wanted.name});
    if (!secret) return kube::Error::local("Secret " + hub_ns_ + "/" + wanted.name + " has not arrived yet");
    if (auto r = copy_secret(manager_.client(), hub, *secret); !r) return r.error();
  }
  return {};
}

kube::Result<void> MirrorController::remove_former_secrets(const crds::Assignment& mirror) {
  for (const auto& name : former_secrets(mirror)) {
    if (auto r = remove_secret_copy(manager_.client(), mirror, name); !r) return r.error();
  }
  const kube::Object none{
      {"metadata", kube::Object{{"annotations", kube::Object{{kAnnotationFormerSecrets, nullptr}}}}}};
  auto r = manager_.client().patch(crds::Assignment::kResource, ns_, mirror.metadata.name, kube::PatchType::kMerge,
                                   none, {.field_manager = kManager});
  if (!r) return r.error();
  if (auto written = kube::decode<crds::Assignment>(*r)) mirrors_.observe_write(*written);
  return {};
}

kube::Result<void> MirrorController::report(const crds::Assignment& hub, const crds::Assignment& mirror) {
  crds::Assignment after = hub;
  after.status = mirror.status;
  after.status.observed_generation = hub.metadata.generation;  // the mirror counts its own
  for (auto& c : after.status.conditions) c.observed_generation = hub.metadata.generation;
  auto r = hub_.patch_status(hub, after);
  if (!r && r.error().not_found()) return {};  // deleted meanwhile: its event follows
  return r;
}

}  // namespace causeway::op::region
