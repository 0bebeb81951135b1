#include "apiserver/repository/import_state.hpp"

namespace causeway::api::repository {

namespace c = crds::repo_conditions;

ImportState import_state_of(const crds::Repo& repo) {
  if (repo.status.imported) return {.state = "succeeded"};
  const auto* imported = kube::find_condition(repo.status.conditions, c::kImported);
  if (!imported) return {.state = "waiting"};
  if (imported->reason == crds::import_reasons::kImporting)
    return {.state = "running", .error = {}, .progress = crds::import_progress_of(imported->message)};
  // What was said of an earlier spec is not said of this one.
  if (imported->observed_generation != repo.metadata.generation) return {.state = "waiting"};
  if (imported->reason == crds::import_reasons::kFailed) return {.state = "waiting", .error = imported->message};
  if (imported->reason == crds::import_reasons::kRefused) return {.state = "failed", .error = imported->message};
  // There is no repository to copy into: its path is another one's, say.
  const auto* stalled = kube::find_condition(repo.status.conditions, c::kStalled);
  if (stalled && stalled->status == "True") return {.state = "failed", .error = stalled->message};
  return {.state = "waiting"};
}

std::string_view to_string(crds::ImportProgress::Phase phase) {
  switch (phase) {
    case crds::ImportProgress::Phase::kConnecting:
      return "connecting";
    case crds::ImportProgress::Phase::kReceiving:
      return "receiving";
    case crds::ImportProgress::Phase::kResolving:
      return "resolving";
  }
  return "";
}

}  // namespace causeway::api::repository
