#include "operator/demo/build_plan.hpp"

namespace causeway::op::demo {

BuildDecision plan_build(const BuildFacts& facts, base::WallTime now) {
  using Action = BuildDecision::Action;
  using Phase = build::JobView::Phase;
  BuildDecision d;
  if (!facts.recorded_image.empty()) {
    d.action = Action::kUse;
    d.image = facts.recorded_image;
    d.cache_hit = true;
    return d;
  }
  const auto ask_or_use_tag = [&](const std::string& why_not) {
    if (facts.registry_down) {
      d.action = Action::kWait;
      d.reason = build::BuildReason::RegistryUnavailable;
      d.message = "the registry does not answer";
      d.again = std::chrono::seconds(10);
    } else if (!facts.tagged_image) {
      d.action = Action::kAskRegistry;
    } else if (!facts.tagged_image->empty()) {
      d.action = Action::kUse;
      d.image = *facts.tagged_image;
      d.cache_hit = true;
    } else {
      d.action = why_not.empty() ? Action::kCreate : Action::kRetry;
      d.message = why_not;
    }
    return d;
  };

  if (!facts.job) return ask_or_use_tag({});
  const auto& job = *facts.job;
  if (job.phase == Phase::kSucceeded) {
    if (job.result.digest.empty()) return ask_or_use_tag("the build's answer and its image are lost");
    d.action = Action::kUse;
    d.image = job.result.image + "@" + job.result.digest;
    return d;
  }
  if (job.phase != Phase::kFailed) {
    d.action = Action::kWait;
    d.message = job.phase == Phase::kRunning ? "building the image" : job.message;
    return d;
  }

  d.reason = job.result.reason;
  d.message = job.result.message;
  const auto ended = base::parse_time(job.finished_at);
  if (build::is_transient(d.reason)) {
    const auto due = (ended ? *ended : now) + kRetryBuildAfter;
    if (now >= due) {
      d.action = Action::kRetry;
    } else {
      d.action = Action::kWait;
      d.again = due - now;
    }
    return d;
  }
  const auto restarted = base::parse_time(facts.restarted_at);
  d.action = restarted && ended && *restarted > *ended ? Action::kRetry : Action::kFailed;
  return d;
}

}  // namespace causeway::op::demo
