#pragma once
// What a region sees of one demo's workload, and what it says about it. Pure.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "crds/assignment/assignment.hpp"
#include "kube/core/object.hpp"

namespace causeway::op::region {

struct Observation {
  std::shared_ptr<const kube::Object> deployment;         // null: there is none
  std::vector<std::shared_ptr<const kube::Object>> pods;  // of this Assignment, whatever their state
  bool anything_left = false;                             // an object of this Assignment still exists (for Absent)
  // What the region's gateway answered for the demo's host; nullopt: it was not asked.
  struct Answer {
    bool served = false;
    std::string what;  // "HTTP 502", "connection refused"
  };
  std::optional<Answer> gateway;
};

// The Deployment has everything of the newest template up and nothing older is needed: what is asked of the gateway
// from now on is answered by the new version.
bool rolled_out(const crds::Assignment& assignment, const Observation& seen);

// The next status; conditions keep their transition times from `assignment.status`.
crds::AssignmentStatus judge(const crds::Assignment& assignment, const Observation& seen, base::WallTime now);

}  // namespace causeway::op::region
