#include <algorithm>

#include "crds/image_template/validation.hpp"
#include "webhooks/rules/rules.hpp"
#include "webhooks/rules/template_choice.hpp"
#include "webhooks/rules/wording.hpp"

namespace causeway::webhooks {

namespace {

using crds::ImageTemplate;

// Demos whose reference means this very template now.
Pointers<crds::Demo> users_of(const ImageTemplate& image_template, const Observed& observed) {
  Pointers<crds::Demo> users = observed.demos_of_family(image_template.spec.family);
  std::erase_if(users, [&](const auto& demo) {
    const auto chosen = demo->metadata.deleting() ? nullptr : template_of(*demo, observed);
    return !chosen || chosen->metadata.key() != image_template.metadata.key();
  });
  return users;
}

}  // namespace

Verdict judge_template(const ImageTemplate* before, const ImageTemplate& now, const Observed& observed) {
  Verdict verdict;
  add_errors(verdict, crds::validate(now), before != nullptr ? crds::validate(*before) : crds::FieldErrors{});
  if (before != nullptr && !(before->spec == now.spec)) {
    // The status is counted by the operator, a moment later than the Demo was made.
    ImageTemplate used = *before;
    const Pointers<crds::Demo> users = users_of(*before, observed);
    used.status.demo_count = std::max(used.status.demo_count, static_cast<std::int64_t>(users.size()));
    add_errors(verdict, crds::validate_update(used, now), {});
    if (now.spec.deprecated && !before->spec.deprecated && !users.empty()) {
      verdict.warn("spec.deprecated", "demos that use it stay on it: " + some_of(users));
    }
  }
  return verdict;
}

Verdict judge_template_deletion(const ImageTemplate& image_template, const Observed& observed) {
  Verdict verdict;
  if (const auto users = users_of(image_template, observed); !users.empty()) {
    verdict.warn("ImageTemplate " + image_template.metadata.key().to_string(),
                 "demos use it: " + some_of(users) + "; they run on and cannot be built anew without it");
  }
  return verdict;
}

}  // namespace causeway::webhooks
