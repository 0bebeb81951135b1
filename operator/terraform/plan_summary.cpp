#include "operator/terraform/plan_summary.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/encoding.hpp"
#include "kube/core/object.hpp"

namespace causeway::op::terraform {

namespace json = kube::json;

namespace {

constexpr std::size_t kMaxDrifted = 50;

// The same value always as the same text: members sorted by name.
void write_canonical(const json::value& value, std::string& out) {
  if (const auto* object = value.if_object()) {
    std::map<std::string_view, const json::value*> members;
    for (const auto& member : *object) members.emplace(std::string_view(member.key()), &member.value());
    out += '{';
    for (const auto& [key, member] : members) {
      out += json::serialize(json::string(key));
      out += ':';
      write_canonical(*member, out);
      out += ',';
    }
    out += '}';
  } else if (const auto* array = value.if_array()) {
    out += '[';
    for (const auto& item : *array) {
      write_canonical(item, out);
      out += ',';
    }
    out += ']';
  } else {
    out += json::serialize(value);
  }
}

std::optional<crds::ResourceAction> action_of(const json::array& actions) {
  auto is = [&](std::size_t i, std::string_view name) {
    return i < actions.size() && actions[i].is_string() && std::string_view(actions[i].get_string()) == name;
  };
  if (actions.size() == 2) return crds::ResourceAction::Replace;
  if (is(0, "create")) return crds::ResourceAction::Create;
  if (is(0, "read")) return crds::ResourceAction::Read;
  if (is(0, "update")) return crds::ResourceAction::Update;
  if (is(0, "delete")) return crds::ResourceAction::Delete;
  if (is(0, "forget")) return crds::ResourceAction::Forget;
  return std::nullopt;  // no-op
}

void count(crds::ClusterPlan& plan, crds::ResourceAction action) {
  switch (action) {
    case crds::ResourceAction::Create:
      ++plan.add;
      break;
    case crds::ResourceAction::Update:
      ++plan.change;
      break;
    case crds::ResourceAction::Delete:
      ++plan.destroy;
      break;
    case crds::ResourceAction::Replace:
      ++plan.add;
      ++plan.destroy;
      break;
    case crds::ResourceAction::Read:
    case crds::ResourceAction::Forget:
      break;
  }
}

// What of a change belongs to the plan's identity.
std::string identity(std::string_view name, const json::object& change) {
  std::string text(name);
  for (std::string_view member : {"actions", "before", "after", "after_unknown", "replace_paths"}) {
    text += '\n';
    if (const auto* value = change.if_contains(member)) write_canonical(*value, text);
  }
  return text;
}

struct Reader {
  PlanSummary summary;
  std::set<std::string> identities;  // sorted

  void resource(const json::object& entry) {
    const auto* change = kube::object_at(entry, "change");
    const auto* actions = change ? kube::array_at(*change, "actions") : nullptr;
    if (!actions) return;
    const auto action = action_of(*actions);
    if (!action || *action == crds::ResourceAction::Read) return;

    const auto address = kube::string_at(entry, "address");
    const auto deposed = kube::string_at(entry, "deposed");
    const auto reason = kube::string_at(entry, "action_reason");
    summary.changes = true;
    count(summary.plan, *action);
    const bool removes = *action == crds::ResourceAction::Delete || *action == crds::ResourceAction::Replace;
    if (removes && reason != "replace_because_tainted" && !broken(entry)) summary.destructive = true;
    identities.insert("resource " + identity(std::string(address) + " " + std::string(deposed), *change));
    if (summary.plan.resources.size() < crds::kMaxPlanResources) {
      summary.plan.resources.push_back(
          {.address = std::string(address), .action = *action, .reason = std::string(reason)});
    }
  }

  // Deposed objects are what a create-before-destroy replacement could not remove: it was decided already.
  static bool broken(const json::object& entry) { return !kube::string_at(entry, "deposed").empty(); }

  void output(std::string_view name, const json::object& change) {
    const auto* actions = kube::array_at(change, "actions");
    if (!actions || !action_of(*actions)) return;
    summary.changes = true;
    identities.insert("output " + identity(name, change));
  }
};

}  // namespace

base::Result<PlanSummary> summarize_plan(std::string_view show_json, const crds::TerraformState& state) {
  boost::system::error_code error;
  const json::value value = json::parse(boost::json::string_view(show_json.data(), show_json.size()), error);
  const auto* root = value.if_object();
  if (error || !root || !root->contains("format_version")) {
    return base::Error{base::ErrorCode::kProtocol, "`show -json` of the plan gave no plan"};
  }
  if (!kube::string_at(*root, "format_version").starts_with("1.")) {
    return base::Error{
        base::ErrorCode::kProtocol,
        "the plan has format version " + std::string(kube::string_at(*root, "format_version")) + "; 1.x is known"};
  }

  Reader reader;
  if (const auto* changes = kube::array_at(*root, "resource_changes")) {
    for (const auto& entry : *changes) {
      if (const auto* object = entry.if_object()) reader.resource(*object);
    }
  }
  if (const auto* outputs = kube::object_at(*root, "output_changes")) {
    for (const auto& member : *outputs) {
      if (const auto* change = member.value().if_object()) reader.output(member.key(), *change);
    }
  }
  if (const auto* drift = kube::array_at(*root, "resource_drift")) {
    for (const auto& entry : *drift) {
      const auto* object = entry.if_object();
      if (object && reader.summary.drifted.size() < kMaxDrifted) {
        reader.summary.drifted.emplace_back(kube::string_at(*object, "address"));
      }
    }
  }

  std::string all = state.lineage + "\n" + std::to_string(state.serial) + "\n";
  for (const auto& identity : reader.identities) all += identity + "\n";
  reader.summary.plan.id = base::sha256_hex(all);
  return std::move(reader.summary);
}

}  // namespace causeway::op::terraform
