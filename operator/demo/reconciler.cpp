#include "operator/demo/reconciler.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "crds/annotations.hpp"
#include "crds/demo/validation.hpp"
#include "kube/core/codec.hpp"
#include "kube/runtime/finalizer.hpp"
#include "operator/demo/caches.hpp"
#include "operator/demo/deletion.hpp"
#include "operator/demo/effects.hpp"
#include "operator/demo/pipeline.hpp"
#include "operator/demo/place.hpp"
#include "operator/demo/record.hpp"
#include "operator/demo/registry.hpp"
#include "operator/demo/resolve.hpp"
#include "operator/demo/rollout.hpp"
#include "operator/demo/rollout_tracker.hpp"
#include "operator/demo/status.hpp"

namespace causeway::op::demo {
namespace {

using crds::Assignment;
using crds::Demo;
using kube::ObjectKey;
using kube::ReconcileResult;

constexpr std::string_view kFinalizer = "causeway.dev/demo";
// Some wait for a git server or a registry that does not answer: those must not be what the others wait for.
constexpr int kWorkers = 16;
constexpr auto kAskSecretsEvery = std::chrono::seconds(30);
constexpr auto kDeletionRetry = std::chrono::seconds(10);

void sooner(std::optional<base::Duration>& when, std::optional<base::Duration> other) {
  if (other) when = when ? std::min(*when, *other) : *other;
}

class Reconciler {
 public:
  Reconciler(kube::Manager& manager, const Settings& settings)
      : manager_(manager),
        settings_(settings),
        caches_(manager, settings_),
        tracker_(manager.metrics(), manager.clock()),
        effects_(manager.client(), settings_, tracker_),
        registry_(settings_.registry_host, settings_.registry_ca_pem),
        pipeline_(caches_, effects_, registry_, settings_, manager.clock()) {}

  Caches& caches() { return caches_; }

  std::optional<base::trace::Context> trace_parent(const ObjectKey& key) {
    const auto demo = caches_.demo(key);
    if (!demo) return std::nullopt;
    // Of what the rollout is at now: the others are from rollouts before it.
    std::vector<std::string> traceparents;
    const auto& build = demo->status.build;
    if (build && (build->phase == crds::BuildPhase::Pending || build->phase == crds::BuildPhase::Running)) {
      if (const auto job = caches_.job(build::job_name(key.name, build->id)))
        traceparents.emplace_back(kube::annotation_of(*job, crds::kTraceparentAnnotation));
    } else {
      for (const auto& assignment : caches_.assignments(key)) {
        const auto found = assignment->metadata.annotations.find(std::string(crds::kTraceparentAnnotation));
        if (found != assignment->metadata.annotations.end()) traceparents.push_back(found->second);
      }
    }
    return tracker_.under_way(*demo, traceparents);
  }

  ReconcileResult operator()(const ObjectKey& key, std::stop_token stop) {
    const auto demo = caches_.demo(key);
    if (!demo || demo->metadata.deleting()) tracker_.forget(key);
    if (!demo) return clear_orphans(key);
    if (demo->metadata.deleting()) return remove(*demo, stop);
    auto added = kube::ensure_finalizer(manager_.client(), Demo::kResource, demo->metadata, kFinalizer);
    if (!added) return ReconcileResult::failed(added.error());
    if (*added) return ReconcileResult::done();
    auto complete = *demo;
    crds::set_defaults(complete);
    return advance(complete, stop);
  }

 private:
  // Clusters by their namespace on the hub, and those a Demo may be placed in.
  struct Regions {
    std::vector<std::shared_ptr<const crds::Cluster>> held;
    std::map<std::string, const crds::Cluster*> by_namespace;
    std::vector<const crds::Cluster*> open_to;
  };
  Regions regions_of(const Demo& demo) const {
    Regions regions{caches_.clusters(), {}, {}};
    for (const auto& cluster : regions.held) {
      regions.by_namespace[crds::cluster_namespace(cluster->metadata.uid)] = cluster.get();
      if (cluster->metadata.namespace_ == demo.metadata.namespace_ ||
          cluster->metadata.namespace_ == settings_.system_namespace) {
        regions.open_to.push_back(cluster.get());
      }
    }
    return regions;
  }

  // What is deployed now: what the Assignments ask for, else what the status remembers.
  static std::optional<DeploymentRecord> current_record(
      const Demo& demo, const std::vector<DeploymentRecord>& records,
      const std::vector<std::shared_ptr<const Assignment>>& assignments) {
    const Assignment* newest = nullptr;
    for (const auto& a : assignments) {
      if (a->spec.desired != crds::Desired::Running) continue;
      if (!newest || a->spec.epoch > newest->spec.epoch) newest = a.get();
    }
    for (const auto& name : {newest ? newest->spec.deployment : std::string(), demo.status.current_deployment}) {
      if (const auto* record = find_record(records, name)) return *record;
    }
    return std::nullopt;
  }

  // The deployment that is wished now, and whether it is what the spec asks for.
  std::optional<DeploymentRecord> wanted_record(const Demo& demo, const std::vector<DeploymentRecord>& records,
                                                const std::vector<std::shared_ptr<const Assignment>>& assignments,
                                                StatusFacts& facts, Wish& wish, std::stop_token stop) {
    facts.wanted_is_newest = false;
    const auto current = current_record(demo, records, assignments);
    if (!demo.spec.rollback_to.empty()) {
      if (const auto* record = find_record(records, demo.spec.rollback_to)) {
        facts.wanted_is_newest = true;
        return *record;
      }
      std::string names;
      for (const auto& record : records) names += (names.empty() ? "" : ", ") + record.name;
      wish.blocker = Blocker{crds::DemoStage::ConfigError, "DeploymentNotFound",
                             "spec.rollbackTo \"" + demo.spec.rollback_to +
                                 "\" is no deployment of this demo; there are: " + (names.empty() ? "none" : names),
                             true};
      return current;
    }
    if (demo.spec.paused) return current;
    wish = pipeline_.run(demo, records, stop);
    if (!wish.deployment) return current;

    DeploymentRecord record{record_name(demo.metadata.name, *wish.deployment), next_revision(records),
                            *wish.deployment};
    const auto* existing = find_record(records, record.name);
    if (existing) record = *existing;
    const bool is_newest = existing && existing->revision + 1 == next_revision(records);
    if (!is_newest) {
      record.revision = next_revision(records);
      if (auto written = effects_.write_record(record, demo); !written) {
        wish.failed = written.error();
        return current;
      }
    }
    facts.wanted_is_newest = true;
    return record;
  }

  ReconcileResult advance(const Demo& demo, std::stop_token stop) {
    const auto key = demo.metadata.key();
    const auto records = caches_.records(key);
    const auto held_assignments = caches_.assignments(key);
    const auto regions = regions_of(demo);
    const auto owner = caches_.owner(demo.metadata.namespace_);
    const auto host = settings_.demo_host(demo.metadata.name, owner);

    StatusFacts facts;
    facts.demo = &demo;
    facts.url = settings_.demo_url(host);
    facts.clusters = regions.by_namespace;
    facts.now = manager_.clock().wall();
    Wish wish;
    wish.blocker = check_spec(demo, owner);
    if (wish.blocker) {
      facts.wanted_is_newest = false;
      facts.wanted = current_record(demo, records, held_assignments);
    } else {
      facts.wanted = wanted_record(demo, records, held_assignments, facts, wish, stop);
    }
    if (stop.stop_requested()) return ReconcileResult::done();

    std::vector<std::string> current;
    for (const auto& a : held_assignments) {
      const auto found = regions.by_namespace.find(a->metadata.namespace_);
      if (a->spec.desired == crds::Desired::Running && found != regions.by_namespace.end())
        current.push_back(found->second->metadata.uid);
    }
    if (held_assignments.empty()) {  // a hub that was restored without them still knows where it was
      for (const auto& p : demo.status.placements) current.push_back(p.cluster_uid);
    }
    facts.placement = place(demo, regions.open_to, current);

    std::map<ObjectKey, Assignment> assignments;
    for (const auto& a : held_assignments) assignments[a->metadata.key()] = *a;
    std::optional<base::Duration> again = wish.again;
    std::optional<kube::Error> failed = wish.failed;
    if (facts.wanted) roll_out(demo, owner, host, assignments, facts, wish, again, failed);

    facts.resolve_blocker = wish.blocker;
    facts.build = wish.build;
    facts.build_id = wish.build_id;
    facts.job = wish.job;
    facts.logs = wish.logs;
    if (failed) facts.write_problem = failed->message;
    facts.assignments.clear();
    for (const auto& [k, a] : assignments) facts.assignments.push_back(&a);
    const auto status = status_of(facts);
    const bool absent = (facts.resolve_blocker && facts.resolve_blocker->absent) ||
                        (facts.placement.blocker && facts.placement.blocker->absent);
    if (absent && !kube::condition_is_true(status.conditions, crds::demo_conditions::kStalled))
      sooner(again, kAbsencePatience);
    if (auto written = write_status(demo, status); !written) return ReconcileResult::failed(written.error());
    tracker_.observe(demo, status);
    if (failed) return ReconcileResult::failed(*failed);
    prune(demo, records, assignments, facts);
    return again ? ReconcileResult::after(*again) : ReconcileResult::done();
  }

  void roll_out(const Demo& demo, const std::string& owner, const std::string& host,
                std::map<ObjectKey, Assignment>& assignments, StatusFacts& facts, Wish& wish,
                std::optional<base::Duration>& again, std::optional<kube::Error>& failed) {
    RolloutFacts rollout;
    rollout.demo = &demo;
    rollout.owner = owner;
    rollout.host = host;
    rollout.url = facts.url;
    rollout.wanted = facts.wanted;
    rollout.chosen = facts.placement.chosen;
    rollout.clusters = facts.clusters;
    rollout.now = facts.now;
    const auto endpoint = caches_.name(demo.metadata.key());
    rollout.name = name_state(endpoint.get());
    for (const auto& [k, a] : assignments) rollout.assignments.push_back(&a);

    if (!facts.wanted->content.secrets.empty()) {
      std::vector<std::string> namespaces;
      for (const auto* cluster : rollout.chosen) namespaces.push_back(crds::cluster_namespace(cluster->metadata.uid));
      std::optional<Blocker> missing;
      auto hashes = effects_.copy_secrets(demo, facts.wanted->content.secrets, namespaces, missing);
      sooner(again, kAskSecretsEvery);
      if (!hashes) {
        failed = hashes.error();
        return;
      }
      if (missing) {  // nothing changes until it is there
        if (!wish.blocker) wish.blocker = missing;
        facts.wanted_is_newest = false;
        return;
      }
      rollout.secret_hashes = std::move(*hashes);
    }

    const auto plan = plan_rollout(rollout);
    sooner(again, plan.again);
    for (const auto& wanted : plan.apply) {
      auto applied = effects_.apply_assignment(wanted);
      if (!applied) {
        failed = applied.error();
        continue;
      }
      if (!assignments.contains(applied->metadata.key()))
        manager_.events().normal(Demo::kResource, demo.metadata, "Assigned",
                                 "deployment " + wanted.spec.deployment + " assigned to " + wanted.metadata.namespace_);
      assignments[applied->metadata.key()] = std::move(*applied);
    }
    if (plan.switch_name) {
      auto set = effects_.set_name(demo, host, *plan.switch_name, facts.now);
      if (set) {
        rollout.name = name_state(&*set);
        sooner(again, kDrain);
      } else {
        failed = set.error();
      }
    }
    for (const auto& key : plan.forget) {
      if (auto gone = effects_.forget_assignment(key, demo.metadata.key()); !gone) {
        failed = gone.error();
      } else {
        assignments.erase(key);
      }
    }
    facts.name_leads_there = std::all_of(rollout.chosen.begin(), rollout.chosen.end(), [&](const auto* cluster) {
      const auto address = gateway_address(*cluster);
      const auto& targets = rollout.name.targets;
      return address.empty() || std::find(targets.begin(), targets.end(), address) != targets.end();
    });
  }

  void prune(const Demo& demo, const std::vector<DeploymentRecord>& records,
             const std::map<ObjectKey, Assignment>& assignments, const StatusFacts& facts) {
    std::vector<std::string> in_use{demo.spec.rollback_to};
    if (facts.wanted) in_use.push_back(facts.wanted->name);
    for (const auto& [k, a] : assignments) in_use.insert(in_use.end(), {a.spec.deployment, a.status.deployment});
    for (const auto& name : records_to_prune(records, in_use)) {
      if (auto r = effects_.remove_record(demo.metadata.namespace_, name); !r)
        base::log::warn("old deployment record stays", {{"name", name}, {"error", r.error().message}});
    }
  }

  kube::Result<void> write_status(const Demo& demo, crds::DemoStatus status) {
    auto updated = demo;
    updated.status = std::move(status);
    report(demo, updated.status);
    auto written = manager_.client().patch_status(demo, updated);
    if (!written && written.error().not_found()) return {};
    return written;
  }

  void report(const Demo& demo, const crds::DemoStatus& now) {
    const auto* was = kube::find_condition(demo.status.conditions, crds::demo_conditions::kReady);
    const auto* is = kube::find_condition(now.conditions, crds::demo_conditions::kReady);
    if (now.stage == demo.status.stage && was && was->reason == is->reason) return;
    const auto stage = std::string(kube::codec::enum_name(now.stage));
    const auto text = now.message.empty() ? "stage " + stage : stage + ": " + now.message;
    base::log::info("demo is " + stage, {{"reason", is->reason}, {"message", now.message}});
    if (kube::condition_is_true(now.conditions, crds::demo_conditions::kStalled)) {
      manager_.events().warning(Demo::kResource, demo.metadata, is->reason, text);
    } else {
      manager_.events().normal(Demo::kResource, demo.metadata, is->reason, text);
    }
  }

  ReconcileResult remove(const Demo& demo, std::stop_token stop) {
    const auto& finalizers = demo.metadata.finalizers;
    if (std::find(finalizers.begin(), finalizers.end(), kFinalizer) == finalizers.end()) return ReconcileResult::done();
    const auto key = demo.metadata.key();
    StatusFacts facts;
    facts.demo = &demo;
    facts.now = manager_.clock().wall();
    const auto regions = regions_of(demo);
    facts.clusters = regions.by_namespace;
    facts.url = demo.status.url;

    if (auto r = effects_.remove_name(key); !r) return ReconcileResult::failed(r.error());
    const auto held = caches_.assignments(key);
    auto cleared = clear_assignments(key, held, regions.by_namespace, facts.deletion_message);
    if (!cleared) return ReconcileResult::failed(cleared.error());
    if (*cleared && !remove_products(demo, stop, facts.deletion_message)) *cleared = false;
    if (stop.stop_requested()) return ReconcileResult::done();
    if (!*cleared) {
      if (auto written = write_status(demo, status_of(facts)); !written)
        return ReconcileResult::failed(written.error());
      return ReconcileResult::after(kDeletionRetry);
    }
    auto removed = kube::remove_finalizer(manager_.client(), Demo::kResource, demo.metadata, kFinalizer);
    if (!removed) return ReconcileResult::failed(removed.error());
    return ReconcileResult::done();
  }

  // True: none is left.
  kube::Result<bool> clear_assignments(const ObjectKey& demo,
                                       const std::vector<std::shared_ptr<const Assignment>>& held,
                                       const std::map<std::string, const crds::Cluster*>& clusters,
                                       std::string& message) {
    std::vector<const Assignment*> pointers;
    for (const auto& a : held) pointers.push_back(a.get());
    const auto plan = plan_deletion(pointers, clusters);
    message = plan.message;
    for (const auto& absent : plan.apply) {
      if (auto r = effects_.apply_assignment(absent); !r && !r.error().not_found()) return r.error();
    }
    for (const auto& key : plan.forget) {
      if (auto r = effects_.forget_assignment(key, demo); !r) return r.error();
    }
    return plan.workloads_gone || (plan.apply.empty() && plan.forget.size() == held.size());
  }

  // Jobs, records, logs and images. False: something stays for now; `message` says what.
  bool remove_products(const Demo& demo, std::stop_token stop, std::string& message) {
    for (const auto& job : caches_.jobs(demo.metadata.key())) {
      if (auto r = effects_.remove_job(std::string(kube::name_of(*job))); !r) {
        message = "build Jobs cannot be removed: " + r.error().message;
        return false;
      }
    }
    // A pod that is still pushing would leave an image behind that nobody removes.
    if (const auto running = effects_.builds_run(demo); !running || *running) {
      message = running ? "waiting for the pod of a build to end" : running.error().message;
      return false;
    }
    for (const auto& record : caches_.records(demo.metadata.key())) {
      if (auto r = effects_.remove_record(demo.metadata.namespace_, record.name); !r) {
        message = "deployment records cannot be removed: " + r.error().message;
        return false;
      }
    }
    if (auto r = effects_.remove_logs(demo); !r) {
      message = "build logs cannot be removed: " + r.error().message;
      return false;
    }
    // A prebuilt image is not ours, and a Demo that never built has pushed nothing.
    if (!settings_.registry_host.empty()) {
      auto gone = registry_.remove_repository(demo.metadata.namespace_ + "/" + demo.metadata.name, stop);
      if (!gone && gone.error().code == base::ErrorCode::kInvalidArgument) {
        manager_.events().warning(Demo::kResource, demo.metadata, "ImagesStay", gone.error().message);
      } else if (!gone) {
        message = "the images cannot be removed from the registry yet: " + gone.error().message;
        return false;
      }
    }
    return true;
  }

  // Assignments of a Demo that is gone without having been cleared (its finalizer was removed by hand).
  ReconcileResult clear_orphans(const ObjectKey& key) {
    const auto held = caches_.assignments(key);
    if (held.empty()) return ReconcileResult::done();
    const auto there = manager_.client().get(Demo::kResource, key.ns, key.name);
    if (there || !there.error().not_found()) return ReconcileResult::after(kDeletionRetry);
    std::map<std::string, const crds::Cluster*> clusters;
    const auto all = caches_.clusters();
    for (const auto& c : all) clusters[crds::cluster_namespace(c->metadata.uid)] = c.get();
    if (auto r = effects_.remove_name(key); !r) return ReconcileResult::failed(r.error());
    std::string message;
    auto cleared = clear_assignments(key, held, clusters, message);
    if (!cleared) return ReconcileResult::failed(cleared.error());
    return ReconcileResult::after(kDeletionRetry);
  }

  kube::Manager& manager_;
  const Settings settings_;
  Caches caches_;
  RolloutTracker tracker_;
  Effects effects_;
  Registry registry_;
  Pipeline pipeline_;
};

}  // namespace

void add_to(kube::Manager& manager, const Settings& settings) {
  auto reconciler = std::make_shared<Reconciler>(manager, settings);
  auto& controller =
      manager.controller({.name = "demo",
                          .workers = kWorkers,
                          .leader_only = true,
                          .trace_parent = [reconciler](const ObjectKey& key) { return reconciler->trace_parent(key); }},
                         [reconciler](const ObjectKey& key, std::stop_token stop) { return (*reconciler)(key, stop); });
  reconciler->caches().wake(controller);
}

}  // namespace causeway::op::demo
