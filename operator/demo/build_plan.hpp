#pragma once
// Whether the image of a build is there, is being made, or has to be. Pure.

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "operator/build/job.hpp"
#include "operator/demo/model.hpp"

namespace causeway::op::demo {

struct BuildFacts {
  std::string recorded_image;               // of a deployment record with this build id; "" = none
  std::optional<build::JobView> job;        // nullopt: there is none of this id
  std::optional<std::string> tagged_image;  // asked of the registry: "" = it has none; nullopt: not asked yet
  bool registry_down = false;               // it was asked and did not answer
  std::string restarted_at;                 // spec.restartedAt
};

struct BuildDecision {
  enum class Action {
    kUse,          // `image` is there
    kAskRegistry,  // ask for the tag, decide again
    kCreate,       // make the Job
    kWait,         // it runs, or waits for its turn; come again in `again` if set
    kRetry,        // remove the finished Job, then decide again
    kFailed,       // only other inputs can help
  };
  Action action = Action::kCreate;
  std::string image;
  bool cache_hit = false;
  std::string message;
  build::BuildReason reason = build::BuildReason::None;
  std::optional<base::Duration> again;
};

// A build that failed for a passing reason is made anew a minute after it ended; one that failed for good when
// spec.restartedAt is later than its end.
BuildDecision plan_build(const BuildFacts& facts, base::WallTime now);
inline constexpr auto kRetryBuildAfter = std::chrono::minutes(1);

}  // namespace causeway::op::demo
