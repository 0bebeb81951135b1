#include "operator/image_template/status.hpp"

#include "crds/image_template/select.hpp"
#include "operator/image_template/digest.hpp"
#include "operator/image_template/lint.hpp"

namespace causeway::op::image_template {

namespace c = crds::image_template_conditions;

Usage usage_of(const crds::ImageTemplate& t, const std::vector<const crds::ImageTemplate*>& all,
               const std::vector<const crds::Demo*>& demos, std::string_view system_namespace) {
  Usage usage{.latest = true, .demo_count = 0};
  for (const auto* other : all) {
    if (other->metadata.namespace_ == t.metadata.namespace_ && other->spec.family == t.spec.family &&
        !other->metadata.deleting() && other->spec.version > t.spec.version) {
      usage.latest = false;
    }
  }
  for (const auto* demo : demos) {
    if (!demo->spec.template_ref) continue;
    const auto* chosen =
        crds::select_template(*demo->spec.template_ref, demo->metadata.namespace_, system_namespace, all);
    if (chosen && chosen->metadata.key() == t.metadata.key()) ++usage.demo_count;
  }
  return usage;
}

crds::ImageTemplateStatus status_of(const crds::ImageTemplate& t, const Usage& usage, base::WallTime now) {
  auto status = t.status;
  const auto generation = t.metadata.generation;
  status.observed_generation = generation;
  status.digest = build_digest(t.spec);
  status.latest = usage.latest;
  status.demo_count = usage.demo_count;
  const auto found = lint(t);
  status.warnings = found.warnings;

  std::string problems;
  for (const auto& error : found.errors) problems += (problems.empty() ? "" : "; ") + error;
  const auto set = [&](std::string_view type, bool value, std::string reason, std::string message) {
    kube::set_condition(status.conditions,
                        {.type = std::string(type),
                         .status = value ? "True" : "False",
                         .observed_generation = generation,
                         .last_transition_time = {},
                         .reason = std::move(reason),
                         .message = std::move(message)},
                        now);
  };
  const bool good = found.errors.empty();
  set(c::kReady, good, good ? "Usable" : "LintFailed", good ? "demos can be built with this template" : problems);
  set(c::kStalled, !good, good ? "Usable" : "LintFailed", good ? "" : "correct the template: " + problems);
  set(c::kReconciling, false, "Done", "");
  set(c::kDeprecated, t.spec.deprecated, t.spec.deprecated ? "Deprecated" : "Current",
      t.spec.deprecated ? "choose a newer version for new demos" : "");
  return status;
}

}  // namespace causeway::op::image_template
