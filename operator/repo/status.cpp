#include "operator/repo/status.hpp"

#include "operator/build/text.hpp"

namespace causeway::op::repo {

namespace c = crds::repo_conditions;

crds::RepoStatus status_of(const crds::Repo& repo, const Found& found, const std::string& public_url,
                           base::WallTime now) {
  auto status = repo.status;
  const auto generation = repo.metadata.generation;
  status.observed_generation = generation;
  status.repo_id = repo.metadata.uid;
  const auto set = [&](std::string_view type, bool value, std::string reason, const std::string& message) {
    kube::set_condition(status.conditions,
                        {.type = std::string(type),
                         .status = value ? "True" : "False",
                         .observed_generation = generation,
                         .last_transition_time = {},
                         .reason = std::move(reason),
                         .message = build::clip(message, 4000)},
                        now);
  };
  if (found.look) {
    auto base_url = public_url;
    while (base_url.ends_with('/')) base_url.pop_back();
    if (!base_url.empty()) status.clone = crds::CloneUrls{.http = base_url + "/" + repo.spec.path + ".git", .ssh = {}};
    status.head = found.look->head;
    status.branch_count = found.look->branch_count;
    status.size_bytes = found.look->size_bytes;
    status.lfs_bytes = found.look->lfs_bytes;
  }
  if (found.imported) status.imported = found.imported;

  const auto& problem = found.problem ? found.problem : (status.imported ? std::nullopt : found.import_problem);
  if (problem) {
    set(c::kReady, false, problem->reason, problem->message);
    set(c::kReconciling, !problem->terminal, problem->reason, problem->terminal ? "" : problem->message);
    set(c::kStalled, problem->terminal, problem->reason, problem->terminal ? problem->message : "");
  } else {
    const std::string state = repo.spec.archived ? "Archived" : status.head ? "Serving" : "Empty";
    const std::string words = repo.spec.archived ? "read-only"
                              : status.head      ? "clone, fetch and push are served"
                                                 : "no commit on branch " + repo.spec.default_branch + " yet; push one";
    set(c::kReady, true, state, words);
    set(c::kReconciling, false, "Done", "");
    set(c::kStalled, false, "Done", "");
  }
  if (!repo.spec.import_) {
    set(c::kImported, false, "NotAsked", "");
    set(c::kSynced, true, "NotMirrored", "");
  } else {
    const bool there = status.imported.has_value();
    set(c::kImported, there,
        there                  ? "Imported"
        : found.import_problem ? found.import_problem->reason
                               : "Pending",
        there                  ? "copied from " + status.imported->from
        : found.import_problem ? found.import_problem->message
                               : "");
    set(c::kSynced, there && !found.import_problem,
        found.import_problem ? found.import_problem->reason
        : there              ? "Synced"
                             : "Pending",
        found.import_problem ? found.import_problem->message : "");
  }
  return status;
}

}  // namespace causeway::op::repo
