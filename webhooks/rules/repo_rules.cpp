#include "crds/repo/validation.hpp"
#include "webhooks/rules/rules.hpp"
#include "webhooks/rules/wording.hpp"

namespace causeway::webhooks {

namespace {

using crds::Repo;

// Paths are addresses: who could name another account as owner would publish under its name. The platform's own
// namespace holds repositories of any owner.
void check_owner(const Repo& now, const Observed& observed, Verdict& verdict) {
  const std::string& ns = now.metadata.namespace_;
  if (ns == kSystemNamespace || now.spec.owner.empty()) return;
  const std::string account = account_of(observed, ns);
  if (equal_ignoring_case(now.spec.owner, account)) return;
  verdict.forbidden.push_back("spec.owner: namespace " + ns + " belongs to \"" + account + "\", not to \"" +
                              now.spec.owner + "\"; accepted: \"" + account +
                              "\" (label causeway.dev/owner of the namespace)");
}

void check_path(const Repo& now, const Observed& observed, Verdict& verdict) {
  for (const auto& other : observed.repos_at(now.spec.path)) {
    if (other->metadata.key() == now.metadata.key() || other->metadata.deleting()) continue;
    verdict.errors.push_back({"spec.path",
                              "\"" + now.spec.path + "\" belongs to Repo " + other->metadata.key().to_string(),
                              "a path that no other Repo has, whatever its case and type"});
    return;
  }
}

void warn_about_settings(const Repo* before, const Repo& now, const Observed& observed, Verdict& verdict) {
  const bool opened = before != nullptr && before->spec.visibility == crds::RepoVisibility::Private &&
                      now.spec.visibility == crds::RepoVisibility::Public;
  if (opened) {
    verdict.warn("spec.visibility", "everybody can read the whole history from now on, also what was removed in it");
  }
  const bool closed = before != nullptr && before->spec.visibility == crds::RepoVisibility::Public &&
                      now.spec.visibility == crds::RepoVisibility::Private;
  if (closed) {
    Pointers<crds::Demo> foreign = observed.demos_of_repo(now.metadata.key());
    std::erase_if(foreign, [&](const auto& demo) { return demo->metadata.namespace_ == now.metadata.namespace_; });
    if (!foreign.empty()) {
      verdict.warn("spec.visibility",
                   "demos of other namespaces cannot be built from it any more: " + some_of(foreign));
    }
  }
  if (before != nullptr && before->spec.path != now.spec.path) {
    verdict.warn("spec.path", "clones of \"" + before->spec.path + "\" have to be told the new address");
  }
}

}  // namespace

Verdict judge_repo(const Repo* before, const Repo& now, const Observed& observed) {
  Verdict verdict;
  add_errors(verdict, crds::validate(now), before != nullptr ? crds::validate(*before) : crds::FieldErrors{});
  if (before != nullptr) add_errors(verdict, crds::validate_update(*before, now), {});
  if (before == nullptr || before->spec.owner != now.spec.owner) check_owner(now, observed, verdict);
  if (before == nullptr || !equal_ignoring_case(before->spec.path, now.spec.path)) check_path(now, observed, verdict);
  if (verdict.errors.empty() && verdict.forbidden.empty()) warn_about_settings(before, now, observed, verdict);
  return verdict;
}

Verdict judge_repo_deletion(const Repo& repo, const Observed& observed) {
  Verdict verdict;
  Pointers<crds::Demo> demos = observed.demos_of_repo(repo.metadata.key());
  std::erase_if(demos, [](const auto& demo) { return demo->metadata.deleting(); });
  if (!demos.empty()) {
    verdict.warn("Repo " + repo.metadata.key().to_string(),
                 "demos are built from it: " + some_of(demos) + "; they run on and cannot be built anew");
  }
  return verdict;
}

}  // namespace causeway::webhooks
