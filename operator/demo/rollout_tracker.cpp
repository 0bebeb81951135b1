#include "operator/demo/rollout_tracker.hpp"

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <utility>

#include "kube/core/codec.hpp"
#include "operator/build/spec.hpp"

namespace causeway::op::demo {
namespace {

using crds::demo_conditions::kReady;
using crds::demo_conditions::kReconciling;
using crds::demo_conditions::kStalled;

const std::vector<double> kBuildBuckets{1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600};
const std::vector<double> kRolloutBuckets{0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600};

template <class Enum>
std::string word(Enum value) {
  return std::string(kube::codec::enum_name(value));
}

bool busy(const crds::DemoStatus& status) {
  return kube::condition_is_true(status.conditions, kReconciling);
}

// Which build has ended, as one value; "" while it has not.
std::string ended(const std::optional<crds::DemoBuildStatus>& build) {
  if (!build) return {};
  if (build->phase != crds::BuildPhase::Succeeded && build->phase != crds::BuildPhase::Failed) return {};
  return build->id + "/" + word(build->phase) + "/" + build->finished_at;
}

}  // namespace

RolloutTracker::RolloutTracker(base::MetricsRegistry& metrics, const base::Clock& clock)
    : metrics_(metrics), clock_(clock) {
  // Rates of what has not happened yet begin at zero.
  started_builds();
  for (const char* outcome : {"Succeeded", "Cached"}) ended_builds(outcome, "");
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<build::BuildReason>>([this](auto reason) {
    if (reason.value != build::BuildReason::None) ended_builds("Failed", reason.name);
  });
  for (const char* outcome : {"Succeeded", "Failed"}) build_duration(outcome);
  for (const char* outcome : {"Succeeded", "Failed", "Paused"}) rollout_duration(outcome);
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<crds::DemoStage>>(
      [this](auto stage) { stage_duration(stage.name); });
}

base::Counter& RolloutTracker::started_builds() {
  return metrics_.counter("causeway_builds_started_total", "Image builds started as Jobs");
}

base::Counter& RolloutTracker::ended_builds(const std::string& outcome, const std::string& reason) {
  return metrics_.counter("causeway_builds_ended_total", "Image builds that ended; Cached: the image was there",
                          {{"outcome", outcome}, {"reason", reason}});
}

base::Histogram& RolloutTracker::build_duration(const std::string& outcome) {
  return metrics_.histogram("causeway_build_duration_seconds", "Time from the start of a build's Job to its end",
                            kBuildBuckets, {{"outcome", outcome}});
}

base::Histogram& RolloutTracker::stage_duration(const std::string& stage) {
  return metrics_.histogram("causeway_demo_stage_duration_seconds", "Time that demos spent in a stage they have left",
                            kRolloutBuckets, {{"stage", stage}});
}

base::Histogram& RolloutTracker::rollout_duration(const std::string& outcome) {
  return metrics_.histogram("causeway_demo_rollout_duration_seconds",
                            "Time from the first step of a rollout until the demo was at rest", kRolloutBuckets,
                            {{"outcome", outcome}});
}

RolloutTracker::Known& RolloutTracker::known(const crds::Demo& before) {
  auto& k = known_[before.metadata.key()];
  // What a Demo was when this process first saw it. One without a status has not been in any stage yet.
  if (k.stage.empty() && before.status.observed_generation >= 0) {
    k.stage = word(before.status.stage);
    k.build = ended(before.status.build);
  }
  return k;
}

RolloutTracker::Rollout RolloutTracker::begin_now(base::WallTime now) {
  Rollout rollout{std::nullopt, {}, now};
  if (const auto here = base::trace::current()) {
    rollout.context = base::trace::child_of(here);
    rollout.parent_span_id = here->span_id;
  }
  return rollout;
}

std::string RolloutTracker::begin(const kube::ObjectKey& demo) {
  const std::lock_guard lock(mutex_);
  auto& rollout = known_[demo].rollout;
  if (!rollout) rollout = begin_now(clock_.wall());
  return rollout->context ? base::trace::traceparent(*rollout->context) : std::string();
}

std::optional<base::trace::Context> RolloutTracker::under_way(const crds::Demo& demo,
                                                              const std::vector<std::string>& traceparents) {
  const std::lock_guard lock(mutex_);
  // Later on a busy Demo without a rollout is one whose end the cache has not seen yet.
  const bool first_look = !known_.contains(demo.metadata.key());
  auto& k = known(demo);
  if (first_look && busy(demo.status)) {
    for (const auto& text : traceparents) {
      const auto context = base::trace::parse_traceparent(text);
      if (!context) continue;
      const auto* since = kube::find_condition(demo.status.conditions, kReconciling);
      const auto began = base::parse_time(since->last_transition_time);
      k.rollout = Rollout{context, {}, began ? *began : clock_.wall()};
      break;
    }
  }
  return k.rollout ? k.rollout->context : std::nullopt;
}

void RolloutTracker::build_started() {
  started_builds().add();
}

void RolloutTracker::count_build(const crds::DemoBuildStatus& build, const crds::DemoStatus& status) {
  const bool failed = build.phase == crds::BuildPhase::Failed;
  const std::string outcome = failed ? "Failed" : build.finished_at.empty() ? "Cached" : "Succeeded";
  const auto* ready = kube::find_condition(status.conditions, kReady);
  ended_builds(outcome, failed && ready ? ready->reason : std::string()).add();
  const auto from = base::parse_time(build.started_at), to = base::parse_time(build.finished_at);
  if (!from || !to) return;
  build_duration(outcome).observe(std::chrono::duration<double>(*to - *from).count());
}

void RolloutTracker::end(const kube::ObjectKey& demo, const Rollout& rollout, const crds::DemoStatus& status) {
  const bool ready = kube::condition_is_true(status.conditions, kReady);
  const bool stalled = kube::condition_is_true(status.conditions, kStalled);
  const std::string outcome = stalled ? "Failed" : ready ? "Succeeded" : "Paused";
  const auto now = clock_.wall();
  rollout_duration(outcome).observe(std::chrono::duration<double>(now - rollout.began).count());
  if (!rollout.context) return;
  base::trace::SpanData span{.name = "rollout",
                             .context = *rollout.context,
                             .parent_span_id = rollout.parent_span_id,
                             .start = rollout.began,
                             .end = now,
                             .attributes = {{"causeway.object", demo.to_string()},
                                            {"causeway.stage", word(status.stage)},
                                            {"causeway.deployment", status.current_deployment},
                                            {"causeway.revision", status.revision}},
                             .error = {}};
  if (stalled) span.error = status.message;
  base::trace::emit(std::move(span));
}

void RolloutTracker::observe(const crds::Demo& before, const crds::DemoStatus& now) {
  const std::lock_guard lock(mutex_);
  auto& k = known(before);
  if (const auto stage = word(now.stage); stage != k.stage) {
    const auto at = clock_.steady();
    if (k.since) stage_duration(k.stage).observe(std::chrono::duration<double>(at - *k.since).count());
    k.stage = stage;
    k.since = at;
  }
  if (const auto build = ended(now.build); !build.empty() && build != k.build) {
    k.build = build;
    count_build(*now.build, now);
  }
  if (busy(now)) {
    if (!k.rollout) k.rollout = begin_now(clock_.wall());
  } else if (k.rollout) {
    end(before.metadata.key(), *k.rollout, now);
    k.rollout.reset();
  }
}

void RolloutTracker::forget(const kube::ObjectKey& demo) {
  const std::lock_guard lock(mutex_);
  known_.erase(demo);
}

}  // namespace causeway::op::demo
