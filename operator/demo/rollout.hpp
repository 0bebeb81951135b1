#pragma once
// Which Assignments there should be, where the name leads, and in which order that changes. Pure.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "crds/assignment/assignment.hpp"
#include "crds/cluster/cluster.hpp"
#include "crds/demo/demo.hpp"
#include "operator/demo/model.hpp"

namespace causeway::op::demo {

// Where the Demo's name leads now (its DNSEndpoint).
struct NameState {
  bool exists = false;
  std::vector<std::string> targets;        // sorted
  std::optional<base::WallTime> switched;  // when they last changed
};

struct RolloutFacts {
  const crds::Demo* demo = nullptr;
  std::string owner;                                     // account
  std::string host, url;                                 // "digits--ada.localhost", "http://digits--ada.localhost:8080"
  std::optional<DeploymentRecord> wanted;                // nullopt: nothing was ever deployed
  std::vector<const crds::Cluster*> chosen;              // by place()
  std::vector<const crds::Assignment*> assignments;      // all of this Demo
  std::map<std::string, const crds::Cluster*> clusters;  // every Cluster there is, by its namespace on the hub
  std::map<std::string, std::string> secret_hashes;      // of the wanted deployment's Secrets, by name
  NameState name;
  base::WallTime now;
};

struct RolloutPlan {
  std::vector<crds::Assignment> apply;  // metadata (name, namespace, labels) and spec
  std::vector<kube::ObjectKey> forget;  // Assignments that are done with: remove them and what was copied beside them
  std::optional<std::vector<std::string>> switch_name;  // new targets
  std::optional<base::Duration> again;                  // something waits for time to pass
};

RolloutPlan plan_rollout(const RolloutFacts& facts);

// How long a copy that nothing leads to any more still answers: two lifetimes of the record.
inline constexpr int kRecordTtlSeconds = 10;
inline constexpr auto kDrain = std::chrono::seconds(2 * kRecordTtlSeconds);

// The region says of the newest spec that requests are answered (by whichever version).
bool serves(const crds::Assignment& assignment);
// … and that it is the version asked for that answers.
bool serves_wanted(const crds::Assignment& assignment);

// Name of a Secret's copy in the region's namespace: at most 63 characters, unique over Demos.
std::string copied_secret_name(const crds::Demo& demo, const std::string& secret);

// The Assignment of `demo` in `cluster`, complete.
crds::Assignment make_assignment(const RolloutFacts& facts, const crds::Cluster& cluster, std::int64_t epoch);

}  // namespace causeway::op::demo
