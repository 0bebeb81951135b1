#include "crds/repo/validation.hpp"

#include "crds/field_checks.hpp"
#include "kube/core/quantity.hpp"

namespace causeway::crds {

FieldErrors validate(const Repo& repo) {
  FieldErrors errors;
  if (repo.metadata.name.size() > 63) {
    errors.push_back({"metadata.name", "becomes a label", "at most 63 characters"});
  }
  check_fields(repo.spec, "spec", errors);
  const RepoSpec& spec = repo.spec;
  if (!spec.path.empty() && !spec.owner.empty() && !spec.path.starts_with(spec.owner + "/")) {
    errors.push_back(
        {"spec.path", "\"" + spec.path + "\" does not start with the owner", "\"" + spec.owner + "/<name>\""});
  }
  if (spec.path.ends_with(".git")) {
    errors.push_back({"spec.path", "ends with \".git\"", "the name without it: git adds it to the address"});
  }
  if (spec.default_branch.find("..") != std::string::npos || spec.default_branch.find("//") != std::string::npos ||
      spec.default_branch.ends_with('/') || spec.default_branch.ends_with(".lock")) {
    errors.push_back({"spec.defaultBranch", "\"" + spec.default_branch + "\" is not a branch name git accepts",
                      "for example \"main\" or \"release/1.0\""});
  }
  if (spec.import_ && !spec.import_->mirror_interval.empty()) {
    const auto interval = kube::parse_duration(spec.import_->mirror_interval);
    if (interval.ok() && *interval < std::chrono::minutes(1)) {
      errors.push_back({"spec.import.mirrorInterval", "is too short", "1m or more"});
    }
  }
  return errors;
}

FieldErrors validate_update(const Repo& before, const Repo& after) {
  FieldErrors errors;
  check_immutable(before.spec, after.spec, "spec", errors);
  return errors;
}

void set_defaults(Repo& repo) {
  if (repo.spec.display_name.empty()) repo.spec.display_name = repo.spec.path.substr(repo.spec.path.find('/') + 1);
}

}  // namespace causeway::crds
