#pragma once
// The status of a Repo as a pure function of what was found on the disk.

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "crds/repo/repo.hpp"
#include "operator/repo/bare_repository.hpp"

namespace causeway::op::repo {

struct Problem {
  std::string reason;  // InvalidPath, PathTaken, HostNotServed, StorageFailed, ImportFailed, …
  std::string message;
  bool terminal = false;  // only a change of the Repo can help
};

struct Found {
  std::optional<Problem> problem;
  std::optional<Look> look;                    // the repository is there
  std::optional<crds::RepoImported> imported;  // the last copy taken
  std::optional<Problem> import_problem;
  bool not_wanted = false;  // the Repo changed while it was imported: it is looked at anew
};

// `public_url`: where people clone from, without a path; empty: not known.
crds::RepoStatus status_of(const crds::Repo& repo, const Found& found, const std::string& public_url,
                           base::WallTime now);

}  // namespace causeway::op::repo
