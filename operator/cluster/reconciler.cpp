#include "operator/cluster/reconciler.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "kube/core/codec.hpp"
#include "kube/runtime/finalizer.hpp"
#include "operator/cluster/act.hpp"
#include "operator/cluster/job.hpp"
#include "operator/cluster/observe.hpp"
#include "operator/cluster/probe.hpp"
#include "operator/cluster/status.hpp"
#include "operator/federation/names.hpp"

namespace causeway::op::cluster {

using kube::ReconcileResult;
using namespace std::chrono_literals;

namespace {

constexpr auto kUidIndex = "uid";
// Many wait for a region that does not answer: those must not be what the others wait for.
constexpr int kWorkers = 16;
constexpr auto kRegionNamespaceIndex = "region-namespace";

class Reconciler {
 public:
  Reconciler(kube::Manager& manager, const Settings& settings, std::shared_ptr<federation::LivenessTracker> liveness)
      : settings_(settings),
        liveness_(std::move(liveness)),
        client_(manager.client()),
        events_(manager.events()),
        clusters_(manager.informer<crds::Cluster>()),
        observer_(client_, settings_, *liveness_, &manager.informer<crds::Assignment>(), manager.clock()),
        actor_(client_, settings_, manager.clock()),
        probe_(manager.metrics()) {}

  ReconcileResult reconcile(const kube::ObjectKey& key, std::stop_token stop) {
    const auto cluster = clusters_.get(key);
    if (!cluster) return ReconcileResult::done();
    const auto& finalizers = cluster->metadata.finalizers;
    const bool ours = std::find(finalizers.begin(), finalizers.end(), kFinalizer) != finalizers.end();
    if (cluster->metadata.deleting() && !ours) return ReconcileResult::done();
    if (!cluster->metadata.deleting() && !ours) {
      // Before anything is made. The watch brings the Cluster back with it.
      auto added = kube::ensure_finalizer(client_, crds::Cluster::kResource, cluster->metadata, kFinalizer);
      if (!added) return failed(added.error());
      if (*added) return ReconcileResult::done();
    }
    return visit(*cluster, std::move(stop));
  }

  kube::Informer<crds::Cluster>& clusters() { return clusters_; }

 private:
  ReconcileResult visit(const crds::Cluster& cluster, std::stop_token stop) {
    auto seen = observer_.observe(cluster);
    if (!seen) return failed(seen.error());
    probe_.saw(cluster.metadata.uid, seen->observation);
    Decision decision = decide(cluster, seen->observation);

    std::optional<kube::Error> problem;
    if (decision.start) problem = start(cluster, *decision.start, *seen);
    if (decision.bootstrap && !problem) problem = bootstrap(cluster, *seen, stop);
    const bool not_started = decision.start && problem;
    if (decision.start || decision.bootstrap) decision = decide(cluster, seen->observation);
    if (not_started) say_not_started(decision, *problem);

    // Told before it is torn down: that it was destroyed is what allows the run namespace to go.
    if (auto told = tell(cluster, seen->observation, decision); !told) return failed(told.error());
    if (problem) return failed(*problem);
    if (decision.tear_down) {
      auto left = actor_.leave_region(cluster, *seen, stop);
      if (!left) return failed(left.error());
      if (!left->empty()) events_.warning(crds::Cluster::kResource, cluster.metadata, "RegionNotCleaned", *left);
      auto gone = actor_.tear_down(cluster);
      if (!gone) return failed(gone.error());
      if (!*gone) return ReconcileResult::after(500ms);
      probe_.forget(cluster.metadata.uid);
      return ReconcileResult::done();
    }
    return decision.again ? ReconcileResult::after(*decision.again) : ReconcileResult::done();
  }

  static void say_not_started(Decision& decision, const kube::Error& problem) {
    auto& infra = decision.infrastructure;
    infra.health = decision.health = Health::kWaiting;
    infra.reason = decision.reason = "RunNotStarted";
    infra.message = decision.message = "a run cannot be started; it is tried again: " + problem.message;
  }

  // Conflicts and servers that are away are everyday things: another visit, with back-off.
  static ReconcileResult failed(const kube::Error& error) {
    return error.cancelled() ? ReconcileResult::done() : ReconcileResult::failed(error);
  }

  std::optional<kube::Error> start(const crds::Cluster& cluster, const StartRun& run, Seen& seen) {
    if (auto r = actor_.start_run(cluster, run, seen); !r) return r.error();
    probe_.run_started(run.operation);
    const auto now = seen.observation.now;
    seen.observation.run = ObservedRun{.number = run.number,
                                       .attempt = run.attempt,
                                       .operation = run.operation,
                                       .created = now,
                                       .ended_at = {},
                                       .waiting = {},
                                       .last_words = {}};
    seen.observation.run_namespace = NamespaceState::kActive;
    // The region's side of the hub is ready before the region is.
    if (cluster.metadata.deleting()) return std::nullopt;
    if (auto r = federation::ensure_hub_side(client_, cluster, settings_); !r) return r.error();
    return std::nullopt;
  }

  std::optional<kube::Error> bootstrap(const crds::Cluster& cluster, Seen& seen, std::stop_token stop) {
    auto& o = seen.observation;
    auto result = actor_.bootstrap(cluster, seen, std::move(stop));
    if (!result) {
      o.bootstrap_failed = true;
      o.bootstrap_message = result.error().message;
      o.bootstrap_refused = result.error().reason == federation::kDuplicateRegistration;
      probe_.bootstrapped(false);
      // A refusal is an answer, and told as such; asking faster changes nothing.
      if (o.bootstrap_refused) return std::nullopt;
      return result.error();
    }
    o.bootstrap_message = result->message;
    if (result->done) {
      probe_.bootstrapped(true);
      o.bootstrapped = o.bootstrap_wanted;
      o.bootstrapped_at = o.now;
    }
    return std::nullopt;
  }

  kube::Result<void> tell(const crds::Cluster& cluster, const Observation& seen, const Decision& decision) {
    crds::Cluster after = cluster;
    after.status = summarize(cluster, seen, decision);
    auto written = client_.patch_status(cluster, after);
    if (!written) {
      if (written.error().not_found()) return {};
      return written;
    }
    for (const auto& notice : notices(cluster.status, after.status)) {
      base::log::info("cluster is " + std::string(kube::codec::enum_name(after.status.phase)),
                      {{"reason", notice.reason}, {"message", notice.message}});
      if (notice.warning) {
        events_.warning(crds::Cluster::kResource, cluster.metadata, notice.reason, notice.message);
      } else {
        events_.normal(crds::Cluster::kResource, cluster.metadata, notice.reason, notice.message);
      }
    }
    return {};
  }

  const Settings settings_;
  std::shared_ptr<federation::LivenessTracker> liveness_;
  kube::Client& client_;
  kube::EventRecorder& events_;
  kube::Informer<crds::Cluster>& clusters_;
  Observer observer_;
  Actor actor_;
  Probe probe_;
};

}  // namespace

void add_to(kube::Manager& manager, const Settings& settings, std::shared_ptr<federation::LivenessTracker> liveness) {
  auto reconciler = std::make_shared<Reconciler>(manager, settings, liveness);
  auto& clusters = reconciler->clusters();
  clusters.add_index(kUidIndex, [](const crds::Cluster& c) { return std::vector{c.metadata.uid}; });
  clusters.add_index(kRegionNamespaceIndex,
                     [](const crds::Cluster& c) { return std::vector{crds::cluster_namespace(c.metadata.uid)}; });

  auto& controller = manager.controller(
      {.name = "cluster", .workers = kWorkers},
      [reconciler](const kube::ObjectKey& key, std::stop_token stop) { return reconciler->reconcile(key, stop); });

  clusters.add_handler([&controller, &clusters](const kube::ObjectKey& key, const auto& old, const auto& now) {
    if (old && now && !worth_a_visit(*old, *now)) return;
    controller.enqueue(key, !old && !clusters.synced());
  });

  auto enqueue_by = [&controller, &clusters](const char* index, const std::string& value) {
    for (const auto& cluster : clusters.by_index(index, value)) controller.enqueue(cluster->metadata.key());
  };
  auto& jobs = manager.objects(kube::resources::kJob,
                               {.ns = {},
                                .label_selector = std::string(labels::kComponent) + "=" + labels::kTerraformRun,
                                .field_selector = {},
                                .transform = {}});
  jobs.add_handler([enqueue_by](const kube::ObjectKey&, const auto& old, const auto& now) {
    const auto& job = now ? now : old;
    enqueue_by(kUidIndex, std::string(kube::label_of(*job, labels::kClusterUid)));
  });
  auto& assignments = manager.informer<crds::Assignment>();
  assignments.add_handler([enqueue_by](const kube::ObjectKey& key, const auto& old, const auto& now) {
    if (old && now && old->spec.desired == now->spec.desired) return;
    enqueue_by(kRegionNamespaceIndex, key.ns);
  });
  liveness->on_change([enqueue_by](const std::string& uid) { enqueue_by(kUidIndex, uid); });
}

}  // namespace causeway::op::cluster
