#include "webhooks/rules/defaults.hpp"

#include <algorithm>

#include "crds/cluster/validation.hpp"
#include "crds/demo/validation.hpp"
#include "crds/image_template/validation.hpp"
#include "crds/repo/validation.hpp"

namespace causeway::webhooks {

namespace {

// What was filled in follows what it was derived from: the client that now names an image instead of a template has
// never heard of the build.mode that it would have to remove.
void forget_derived(const crds::Demo& before, crds::Demo& now) {
  crds::Demo derived = before;
  derived.spec.build.mode.reset();
  derived.spec.scaling.target.reset();
  crds::set_defaults(derived);
  if (now.spec.build.mode == before.spec.build.mode && before.spec.build.mode == derived.spec.build.mode) {
    now.spec.build.mode.reset();
  }
  if (now.spec.scaling.target == before.spec.scaling.target &&
      before.spec.scaling.target == derived.spec.scaling.target) {
    now.spec.scaling.target.reset();
  }
}

void forget_derived(const crds::Repo& before, crds::Repo& now) {
  crds::Repo derived = before;
  derived.spec.display_name.clear();
  crds::set_defaults(derived);
  if (now.spec.display_name == derived.spec.display_name) now.spec.display_name.clear();
}

}  // namespace

void fill_in(crds::Cluster& cluster) {
  crds::set_defaults(cluster);
}

void fill_in(const crds::Demo* before, crds::Demo& demo, const Observed& observed) {
  if (before != nullptr) forget_derived(*before, demo);
  crds::set_defaults(demo);
  if (!demo.spec.template_ref || !demo.spec.template_ref->namespace_.empty()) return;
  crds::TemplateRef& ref = *demo.spec.template_ref;
  // Also when it was left open then: what is applied twice changes nothing the second time.
  if (before != nullptr && before->spec.template_ref && before->spec.template_ref->family == ref.family) {
    ref.namespace_ = before->spec.template_ref->namespace_;
    return;
  }
  for (const std::string& ns : search_order(demo.metadata.namespace_)) {
    const auto templates = observed.templates(ns);
    if (std::ranges::none_of(templates, [&](const auto& found) {
          return found->spec.family == ref.family && !found->metadata.deleting();
        })) {
      continue;
    }
    ref.namespace_ = ns;
    return;
  }
}

void fill_in(crds::ImageTemplate& image_template) {
  crds::set_defaults(image_template);
}

void fill_in(const crds::Repo* before, crds::Repo& repo) {
  if (before != nullptr) forget_derived(*before, repo);
  crds::set_defaults(repo);
}

}  // namespace causeway::webhooks
