#pragma once
// Measures what Demos go through: metrics of builds, stages and rollouts, and the trace of each rollout. Nothing is
// decided by it: what it forgets with a restart is missing in a histogram, or in a trace.

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/trace.hpp"
#include "crds/assignment/assignment.hpp"
#include "crds/demo/demo.hpp"

namespace causeway::op::demo {

// A rollout begins when a Demo stops being at rest (condition Reconciling), or when the first Job or Assignment is
// written for it, and ends when it is at rest again. Thread-safe; `clock` and `metrics` outlive it.
//
//   causeway_builds_started_total                       build Jobs made
//   causeway_builds_ended_total{outcome,reason}         Succeeded, Cached (no Job was needed), Failed
//   causeway_build_duration_seconds{outcome}            from the Job's start to its end
//   causeway_demo_stage_duration_seconds{stage}         observed when a Demo leaves the stage
//   causeway_demo_rollout_duration_seconds{outcome}     Succeeded, Failed, Paused
class RolloutTracker {
 public:
  RolloutTracker(base::MetricsRegistry& metrics, const base::Clock& clock);

  // Something is being written for the Demo: a rollout begins, unless one is under way. What goes on the object as
  // annotation causeway.dev/traceparent, "" with tracing off.
  std::string begin(const kube::ObjectKey& demo);
  // The rollout that a reconcile is part of. One that was under way when this process started is continued from the
  // annotation of an Assignment or a Job (`traceparents`, empty ones among them).
  std::optional<base::trace::Context> under_way(const crds::Demo& demo, const std::vector<std::string>& traceparents);

  void build_started();
  // The status has been written.
  void observe(const crds::Demo& before, const crds::DemoStatus& now);
  void forget(const kube::ObjectKey& demo);

 private:
  struct Rollout {
    std::optional<base::trace::Context> context;  // of its span
    std::string parent_span_id;                   // of the reconcile that noticed what is to be done
    base::WallTime began;
  };
  struct Known {
    std::string stage;
    std::optional<base::SteadyTime> since;  // nullopt: since before this process, or not at all
    std::string build;                      // the newest one that was counted
    std::optional<Rollout> rollout;
  };
  Known& known(const crds::Demo& before);
  static Rollout begin_now(base::WallTime now);
  base::Counter& started_builds();
  base::Counter& ended_builds(const std::string& outcome, const std::string& reason);
  base::Histogram& build_duration(const std::string& outcome);
  base::Histogram& stage_duration(const std::string& stage);
  base::Histogram& rollout_duration(const std::string& outcome);
  void count_build(const crds::DemoBuildStatus& build, const crds::DemoStatus& status);
  void end(const kube::ObjectKey& demo, const Rollout& rollout, const crds::DemoStatus& status);

  base::MetricsRegistry& metrics_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::map<kube::ObjectKey, Known> known_;
};

}  // namespace causeway::op::demo
