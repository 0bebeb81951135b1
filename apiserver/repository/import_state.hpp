#pragma once
// How an import goes, as the Repo says it. Pure.

#include <string>
#include <string_view>

#include "crds/repo/import_progress.hpp"
#include "crds/repo/repo.hpp"

namespace causeway::api::repository {

struct ImportState {
  std::string_view state;           // of table `imports`: waiting, running, succeeded, failed
  std::string error;                // why it failed, for people; of a waiting one: the last time
  crds::ImportProgress progress{};  // of a running one
};
// Of a Repo with spec.import.
ImportState import_state_of(const crds::Repo& repo);

std::string_view to_string(crds::ImportProgress::Phase phase);

}  // namespace causeway::api::repository
