#pragma once
// What the Demo controller writes. Each function is idempotent: called again after a kill at any point, it ends the
// same.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crds/assignment/assignment.hpp"
#include "crds/demo/demo.hpp"
#include "kube/client/client.hpp"
#include "operator/build/job.hpp"
#include "operator/demo/git_refs.hpp"
#include "operator/demo/model.hpp"
#include "operator/demo/rollout.hpp"
#include "operator/demo/rollout_tracker.hpp"
#include "operator/settings.hpp"

namespace causeway::op::demo {

inline constexpr const char* kFieldManager = "causeway-hub";
inline constexpr std::size_t kMaxLogBytes = 512 * 1024;
inline constexpr std::size_t kMaxLogs = 5;  // of one Demo kept

// Thread-safe (as the client is).
class Effects {
 public:
  // Jobs and Assignments carry the trace of the rollout they are part of.
  Effects(kube::Client& client, const Settings& settings, RolloutTracker& tracker)
      : client_(client), settings_(settings), tracker_(tracker) {}

  kube::Result<void> create_job(const crds::Demo& demo, const build::BuildSpec& spec);
  kube::Result<void> remove_job(const std::string& name);
  // Whether a pod of the Demo's builds may still push. Asked of the API server, not of a cache.
  kube::Result<bool> builds_run(const crds::Demo& demo);
  // The end of a build's log in ConfigMap build-log-<id> beside the Demo; older ones beyond kMaxLogs go.
  kube::Result<crds::ObjectRef> save_log(const crds::Demo& demo, const std::string& id, const std::string& pod);
  kube::Result<void> remove_logs(const crds::Demo& demo);

  // Creates it, or makes an existing one the newest.
  kube::Result<void> write_record(const DeploymentRecord& record, const crds::Demo& demo);
  kube::Result<void> remove_record(const std::string& ns, const std::string& name);

  // Copies the Demo's Secrets into the namespaces of regions; a hash of each one's content by name. A Secret that is
  // not there is a Blocker in `missing`.
  kube::Result<std::map<std::string, std::string>> copy_secrets(const crds::Demo& demo,
                                                                const std::vector<std::string>& secrets,
                                                                const std::vector<std::string>& namespaces,
                                                                std::optional<Blocker>& missing);
  // With the Secrets beside it that it asks for, and no others of the Demo: those it does not name any more go.
  kube::Result<crds::Assignment> apply_assignment(const crds::Assignment& assignment);
  // The Assignment and the Secrets that were copied beside it. ok when they, or their namespace, are gone.
  kube::Result<void> forget_assignment(const kube::ObjectKey& key, const kube::ObjectKey& demo);

  kube::Result<kube::Object> set_name(const crds::Demo& demo, const std::string& host,
                                      const std::vector<std::string>& targets, base::WallTime now);
  kube::Result<void> remove_name(const kube::ObjectKey& demo);

  // For private repositories: our account's token for the git server, or the Secret of a git server that takes none.
  // nullopt: there is neither.
  std::optional<GitCredential> git_credential();

 private:
  // Those copied for the Demo into the namespace, but for the ones that `kept` names.
  kube::Result<void> remove_copies(const std::string& ns, const kube::ObjectKey& demo,
                                   const std::vector<std::string>& kept);

  kube::Client& client_;
  const Settings& settings_;
  RolloutTracker& tracker_;
};

NameState name_state(const kube::Object* endpoint);
std::string hash_of_secret(const kube::Object& secret);

}  // namespace causeway::op::demo
