#include "onebox/plan/decision.hpp"

#include <algorithm>

namespace causeway::onebox {

Step next_step(const Observed& observed) {
  if (observed.deleting) {
    if (observed.init_running) return Step::kKill;
    return observed.network_there ? Step::kClearNetwork : Step::kForget;
  }
  // An init without its network namespace's name still has the namespace; only `ip netns` lost it. Start anew.
  if (observed.init_running) return observed.network_there ? Step::kAdopt : Step::kKill;
  return Step::kStart;
}

std::string_view to_string(Step step) {
  switch (step) {
    case Step::kAdopt:
      return "adopt";
    case Step::kStart:
      return "start";
    case Step::kKill:
      return "kill";
    case Step::kClearNetwork:
      return "clear network";
    case Step::kForget:
      return "forget";
  }
  return "";
}

base::Duration retry_delay(int failures) {
  base::Duration delay = std::chrono::seconds(1);
  for (int i = 1; i < failures && delay < std::chrono::seconds(30); ++i) delay *= 2;
  return std::min<base::Duration>(delay, std::chrono::seconds(30));
}

}  // namespace causeway::onebox
