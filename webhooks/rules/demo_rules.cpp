#include <algorithm>
#include <set>

#include "crds/demo/validation.hpp"
#include "webhooks/rules/quota.hpp"
#include "webhooks/rules/rules.hpp"
#include "webhooks/rules/template_choice.hpp"
#include "webhooks/rules/wording.hpp"

namespace causeway::webhooks {

namespace {

using crds::Demo;

std::string namespace_of_ref(const Demo& demo, const crds::ObjectRef& ref) {
  return ref.namespace_.empty() ? demo.metadata.namespace_ : ref.namespace_;
}

// As the operator: a private Repo of another namespace is as good as none, so that nobody learns of it.
void check_repo(const Demo& now, const crds::ObjectRef& ref, const std::string& path, const Observed& observed,
                Verdict& verdict) {
  const std::string ns = namespace_of_ref(now, ref);
  const auto repo = observed.repo({ns, ref.name});
  const bool hidden = repo && ns != now.metadata.namespace_ && repo->spec.visibility == crds::RepoVisibility::Private;
  if (repo && !hidden) return;
  verdict.warn(path, "there is no Repo " + ns + "/" + ref.name +
                         " (or it is another namespace's and private); the Demo waits for it");
}

std::string families(const Demo& demo, const Observed& observed) {
  std::set<std::string> names;
  for (const std::string& ns : search_order(demo.metadata.namespace_)) {
    for (const auto& found : observed.templates(ns)) names.insert(found->spec.family);
  }
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

void check_template(const Demo* before, const Demo& now, const Observed& observed, Verdict& verdict) {
  const crds::TemplateRef& ref = *now.spec.template_ref;
  const auto found = template_of(now, observed);
  if (!found) {
    verdict.warn("spec.templateRef", "there is no ImageTemplate of family \"" + ref.family + "\"" +
                                         (ref.version ? " and version " + std::to_string(*ref.version) : "") +
                                         "; families there are: " + families(now, observed) +
                                         "; the Demo waits for it");
    return;
  }
  if (found->spec.deprecated) {
    verdict.warn("spec.templateRef", "ImageTemplate " + found->metadata.key().to_string() + " is deprecated");
  }
  const crds::FieldErrors wrong = crds::validate_parameters(now, *found);
  if (ref.version) {
    // This version will not change any more once it is used.
    const bool same = before != nullptr && before->spec.template_ref == now.spec.template_ref;
    add_errors(verdict, wrong, same ? crds::validate_parameters(*before, *found) : crds::FieldErrors{});
    return;
  }
  // The latest version may be another one in a moment.
  for (const crds::FieldError& error : wrong) verdict.warnings.push_back(error.to_string());
}

void check_placement(const Demo& now, const Observed& observed, Verdict& verdict) {
  std::set<std::string> there;
  for (const auto& cluster : observed.clusters()) {
    const std::string& ns = cluster->metadata.namespace_;
    if (ns == now.metadata.namespace_ || ns == kSystemNamespace) there.emplace(crds::region_of(*cluster));
  }
  std::string known;
  for (const std::string& region : there) known += (known.empty() ? "" : ", ") + region;
  for (std::size_t i = 0; i < now.spec.placement.regions.size(); ++i) {
    const std::string& region = now.spec.placement.regions[i];
    if (there.contains(region)) continue;
    verdict.warn("spec.placement.regions[" + std::to_string(i) + "]",
                 "no Cluster is in \"" + region + "\" yet; regions with one: " + (known.empty() ? "none" : known));
  }
}

void warn_about_settings(const Demo& now, Verdict& verdict) {
  const crds::DemoSpec& spec = now.spec;
  if (!spec.image.empty() && spec.image.find('@') == std::string::npos) {
    verdict.warn("spec.image",
                 "names a tag, which may be another image tomorrow; <image>@sha256:<digest> is always the same");
  }
  for (std::size_t i = 0; i < spec.env.size(); ++i) {
    if (sounds_secret(spec.env[i].name) && !spec.env[i].value.empty()) {
      verdict.warn("spec.env[" + std::to_string(i) + "]", "\"" + spec.env[i].name +
                                                              "\" can be read by everybody who may read the Demo; put "
                                                              "it into a Secret named in secretRefs");
    }
  }
  for (const auto& [name, value] : spec.build.args) {
    if (sounds_secret(name)) {
      verdict.warn("spec.build.args." + name,
                   "stays readable in the image's history; builds do not need to know secrets");
    }
  }
  if (spec.storage && spec.placement.failover.enabled && spec.placement.failover.allow_data_loss) {
    verdict.warn("spec.placement.failover.allowDataLoss",
                 "is true: when its cluster is lost, the Demo starts elsewhere without its data");
  }
  if (!spec.rollback_to.empty() && spec.auto_deploy) {
    verdict.warn("spec.rollbackTo", "is set: pushes are not deployed until it is removed");
  }
}

}  // namespace

Verdict judge_demo(const Demo* before, const Demo& now, const Observed& observed) {
  Verdict verdict;
  const std::string owner = account_of(observed, now.metadata.namespace_);
  add_errors(verdict, crds::validate(now, owner),
             before != nullptr ? crds::validate(*before, owner) : crds::FieldErrors{});
  if (before != nullptr) add_errors(verdict, crds::validate_update(*before, now), {});
  if (!verdict.errors.empty()) return verdict;

  if (now.spec.repo_ref) check_repo(now, *now.spec.repo_ref, "spec.repoRef", observed, verdict);
  for (std::size_t i = 0; i < now.spec.models.size(); ++i) {
    check_repo(now, now.spec.models[i].repo_ref, "spec.models[" + std::to_string(i) + "].repoRef", observed, verdict);
  }
  if (now.spec.template_ref) check_template(before, now, observed, verdict);
  check_placement(now, observed, verdict);
  if (const auto quotas = observed.quotas(now.metadata.namespace_); !quotas.empty()) {
    check_quota(
        before, now, observed.demos(now.metadata.namespace_), quotas,
        [&](const Demo& demo) { return template_of(demo, observed); }, verdict);
  }
  warn_about_settings(now, verdict);
  return verdict;
}

}  // namespace causeway::webhooks
