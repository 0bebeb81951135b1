#pragma once
// The next step of a cluster, from what is wanted and what is there. Called again and again: at a wish, after a step,
// when its init ends, after the service's own start; adopting a running cluster is nothing special.

#include <optional>
#include <string_view>

#include "base/clock.hpp"

namespace causeway::onebox {

struct Observed {
  bool deleting = false;       // wish: gone
  bool init_running = false;   // by record and start time
  bool network_there = false;  // its network namespace or cable
  bool ready = false;          // every component says so
};

enum class Step {
  kAdopt,         // init runs: follow it (relay, readiness)
  kStart,         // nothing runs: clear what is left, make the network, files, and init
  kKill,          // init runs and shall not
  kClearNetwork,  // nothing runs: namespace, cable, cgroups go
  kForget,        // the folder goes; nothing is left
};

Step next_step(const Observed& observed);
std::string_view to_string(Step step);

// Wait before trying again after the n-th failure in a row: 1 s, 2 s … 30 s.
base::Duration retry_delay(int failures);

}  // namespace causeway::onebox
