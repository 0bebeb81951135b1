#pragma once
// What a run reads and leaves in its run namespace (names in protocol.hpp). Every write is one object, so that a run
// killed at any moment leaves old or new, never half.

#include <map>
#include <optional>
#include <string>

#include "kube/client/client.hpp"
#include "operator/terraform/protocol.hpp"
#include "operator/terraform/scrub.hpp"
#include "operator/terraform/state_summary.hpp"
#include "operator/terraform/workspace.hpp"

namespace causeway::op::terraform {

struct Marker {
  std::string run_id;        // the run whose apply has not ended
  std::string fingerprint;   // of the bundle it applies
  bool destructive = false;  // its plan, which was approved, destroyed something
};

// Thread-safe as far as kube::Client is.
class RunStore {
 public:
  RunStore(kube::Client& client, std::string run_namespace) : client_(client), ns_(std::move(run_namespace)) {}

  struct Input {
    RunInput run;
    kube::json::object secret_variables;
  };
  kube::Result<Input> input();
  kube::Result<std::map<std::string, std::string>> credentials();  // empty when there are none

  kube::Result<std::optional<Bundle>> bundle();
  kube::Result<void> save_bundle(const Bundle& bundle, const RunInput& input);

  kube::Result<std::optional<Marker>> marker();
  kube::Result<void> set_marker(const Marker& marker, const RunInput& input);
  kube::Result<void> clear_marker();

  kube::Result<std::optional<std::string>> errored_state();
  kube::Result<void> save_errored_state(const std::string& state, const RunInput& input);
  kube::Result<void> clear_errored_state();

  kube::Result<bool> state_exists(const std::string& suffix);
  kube::Result<void> save_outputs(const StateSummary& state, const Scrubber& scrubber, const RunInput& input);
  kube::Result<void> clear_outputs();
  kube::Result<void> save_result(const RunResult& result, bool applied, const RunInput& input);

  // Frees the state's lock if it is held and its holder's pod, a run of this Cluster, is provably gone: by a write that
  // fails if anybody touched the Lease meanwhile. True: it was freed. A holder that is no pod of ours is left alone.
  kube::Result<bool> release_orphaned_lock(const std::string& suffix, const std::string& own_pod);

 private:
  kube::Result<std::optional<kube::Object>> find(const kube::ResourceType& type, std::string_view name);
  kube::Result<void> put(kube::Object object, const kube::ResourceType& type, const RunInput& input);
  kube::Result<bool> pod_is_gone(std::string_view pod);

  kube::Client& client_;
  std::string ns_;
};

// The pod that holds the lock, from the annotation `app.terraform.io/lock-info` ("Who" is user@hostname and a pod's
// hostname is its name); nothing when the holder is no pod of a run.
std::optional<std::string> lock_holder_pod(const kube::Object& lease);

}  // namespace causeway::op::terraform
