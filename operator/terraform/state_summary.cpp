#include "operator/terraform/state_summary.hpp"

#include "kube/core/object.hpp"

namespace causeway::op::terraform {

namespace json = kube::json;

base::Result<StateSummary> summarize_state(std::string_view text) {
  StateSummary summary;
  if (text.find_first_not_of(" \t\r\n") == text.npos) return summary;

  boost::system::error_code error;
  const json::value value = json::parse(boost::json::string_view(text.data(), text.size()), error);
  const auto* root = value.if_object();
  if (error || !root || !root->contains("serial")) {
    return base::Error{base::ErrorCode::kProtocol, "`state pull` gave no state"};
  }
  summary.exists = true;
  summary.state.lineage = kube::string_at(*root, "lineage");
  summary.state.serial = kube::int_at(*root, "serial");
  if (const auto* resources = kube::array_at(*root, "resources")) {
    for (const auto& entry : *resources) {
      const auto* resource = entry.if_object();
      if (!resource || kube::string_at(*resource, "mode") != "managed") continue;
      const auto* instances = kube::array_at(*resource, "instances");
      summary.state.resources += instances ? static_cast<std::int64_t>(instances->size()) : 0;
    }
  }
  if (const auto* outputs = kube::object_at(*root, "outputs")) {
    for (const auto& member : *outputs) {
      const auto* output = member.value().if_object();
      if (!output) continue;
      const auto* out = output->if_contains("value");
      summary.outputs.emplace(std::string(member.key()), Output{.value = out ? *out : json::value(nullptr),
                                                                .sensitive = kube::bool_at(*output, "sensitive")});
    }
  }
  return summary;
}

std::optional<std::string> state_regression(const std::optional<crds::TerraformState>& expected,
                                            const StateSummary& actual) {
  if (!expected || expected->lineage.empty()) return std::nullopt;
  if (!actual.exists) {
    if (expected->resources == 0) return std::nullopt;
    return "the Terraform state is gone; it recorded " + std::to_string(expected->resources) + " resources (lineage " +
           expected->lineage + ", serial " + std::to_string(expected->serial) +
           "). Restore its Secret from a backup; nothing is run until then.";
  }
  if (actual.state.lineage != expected->lineage) {
    return "the Terraform state is another one: lineage " + actual.state.lineage + " instead of " + expected->lineage +
           ". Restore its Secret from a backup; nothing is run until then.";
  }
  if (actual.state.serial < expected->serial) {
    return "the Terraform state is older than what was recorded: serial " + std::to_string(actual.state.serial) +
           " instead of " + std::to_string(expected->serial) +
           " or more. Restore its Secret from a newer backup; nothing is run until then.";
  }
  return std::nullopt;
}

}  // namespace causeway::op::terraform
