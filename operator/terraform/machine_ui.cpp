#include "operator/terraform/machine_ui.hpp"

#include <algorithm>

#include "kube/core/object.hpp"

namespace causeway::op::terraform {

namespace json = kube::json;

namespace {

constexpr std::size_t kNoiseLines = 40;
constexpr std::size_t kMaxNoiseLine = 64u << 10;  // longer is cut where nobody reads any more
constexpr std::size_t kMaxDrifted = 50;

bool looks_like_a_crash(std::string_view line) {
  return line.starts_with("panic:") || line.starts_with("fatal error:") || line.find(" CRASH ") != line.npos;
}

}  // namespace

void MachineUi::begin_command() {
  active_.clear();
  noise_.clear();
  crashed_ = false;
  set_current();
}

void MachineUi::begin_plan() {
  begin_command();
  progress_ = {};
  drifted_.clear();
}

bool MachineUi::has_errors() const {
  return std::any_of(diagnostics_.begin(), diagnostics_.end(),
                     [](const auto& d) { return d.severity == crds::Severity::Error; });
}

std::string MachineUi::noise() const {
  std::string all;
  for (const auto& line : noise_) {
    if (!all.empty()) all += '\n';
    all += line;
  }
  return all;
}

MachineUi::Line MachineUi::feed(std::string_view text) {
  while (!text.empty() && (text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  if (text.empty()) return {};

  boost::system::error_code error;
  json::value value;
  if (text.front() == '{') value = json::parse(boost::json::string_view(text.data(), text.size()), error);
  const json::object* line = value.if_object();
  if (error || !line || !line->contains("type")) {
    if (looks_like_a_crash(text)) crashed_ = true;
    noise_.emplace_back(text.substr(0, kMaxNoiseLine));
    if (noise_.size() > kNoiseLines) noise_.pop_front();
    return {.level = "warn", .text = std::string(text.substr(0, kMaxNoiseLine))};
  }

  const std::string_view type = kube::string_at(*line, "type");
  if (type == "version") return on_version(*line);
  if (type == "diagnostic") return on_diagnostic(*line);
  if (type == "change_summary") return on_summary(*line);
  if (type == "resource_drift") {
    auto address = kube::string_at(*line, "change.resource.addr");
    if (!address.empty() && drifted_.size() < kMaxDrifted) drifted_.emplace_back(address);
    return {.level = "info", .text = std::string(kube::string_at(*line, "@message"))};
  }
  if (type == "log") {
    if (const json::value* state = line->if_contains("state"); state && !state->is_null()) {
      Line dump{.changed = true, .level = "error", .text = "terraform could not write its state and dumped it"};
      dump.state_dump = state->is_string() ? std::string(state->get_string()) : json::serialize(*state);
      return dump;
    }
    return {};
  }
  if (type.starts_with("apply_") || type.starts_with("refresh_")) return on_hook(*line, type);
  if (type == "planned_change") return {.level = "info", .text = std::string(kube::string_at(*line, "@message"))};
  return {};  // outputs, provision_*, init_output, state locks, and what later versions may add
}

MachineUi::Line MachineUi::on_version(const kube::Object& line) {
  for (std::string_view program : {"terraform", "tofu"}) {
    auto version = kube::string_at(line, program);
    if (!version.empty()) program_ = std::string(program) + " " + std::string(version);
  }
  const auto ui = kube::string_at(line, "ui");
  if (ui.starts_with("1.")) return {};
  add({.severity = crds::Severity::Error,
       .summary = "Unsupported output format",
       .detail = "the program speaks version \"" + std::string(ui) + "\" of the machine-readable format; 1.x is known",
       .address = {}});
  return {.changed = true, .level = "error", .text = "unsupported output format " + std::string(ui)};
}

MachineUi::Line MachineUi::on_diagnostic(const kube::Object& line) {
  crds::Diagnostic diagnostic;
  diagnostic.severity =
      kube::string_at(line, "diagnostic.severity") == "warning" ? crds::Severity::Warning : crds::Severity::Error;
  diagnostic.summary = kube::string_at(line, "diagnostic.summary");
  diagnostic.detail = kube::string_at(line, "diagnostic.detail");
  diagnostic.address = kube::string_at(line, "diagnostic.address");
  const bool warning = diagnostic.severity == crds::Severity::Warning;
  std::string text = diagnostic.summary;
  if (!diagnostic.address.empty()) text += " (" + diagnostic.address + ")";
  if (!diagnostic.detail.empty()) text += ": " + diagnostic.detail;
  add(std::move(diagnostic));
  return {.changed = true, .level = warning ? "warn" : "error", .text = std::move(text)};
}

MachineUi::Line MachineUi::on_summary(const kube::Object& line) {
  if (kube::string_at(line, "changes.operation") == "plan") {
    progress_.total = 0;
    progress_.done = 0;
    for (std::string_view what : {"changes.add", "changes.change", "changes.remove"}) {
      progress_.total += kube::int_at(line, what);
    }
  }
  return {.changed = true, .level = "info", .text = std::string(kube::string_at(line, "@message"))};
}

MachineUi::Line MachineUi::on_hook(const kube::Object& line, std::string_view type) {
  const std::string address(kube::string_at(line, "hook.resource.addr"));
  const bool applying = type.starts_with("apply_");
  if (type.ends_with("_start")) {
    active_.push_back(address);
  } else if (type.ends_with("_complete") || type.ends_with("_errored")) {
    if (auto it = std::find(active_.begin(), active_.end(), address); it != active_.end()) active_.erase(it);
    // Reads of data sources are hooks too, but no change that the plan counted.
    if (type == "apply_complete" && kube::string_at(line, "hook.action") != "read") {
      ++progress_.done;
      progress_.total = std::max(progress_.total, progress_.done);
    }
  } else {
    return {};  // apply_progress: every 10 s, nothing new in it
  }
  set_current();
  if (!applying) return {.changed = true};
  return {.changed = true,
          .level = type == "apply_errored" ? "error" : "info",
          .text = std::string(kube::string_at(line, "@message"))};
}

void MachineUi::add(crds::Diagnostic diagnostic) {
  if (diagnostics_.size() >= crds::kMaxDiagnostics) {
    if (diagnostic.severity == crds::Severity::Warning) return;
    auto warning = std::find_if(diagnostics_.begin(), diagnostics_.end(),
                                [](const auto& d) { return d.severity == crds::Severity::Warning; });
    if (warning == diagnostics_.end()) return;
    diagnostics_.erase(warning);
  }
  diagnostics_.push_back(std::move(diagnostic));
}

void MachineUi::set_current() {
  progress_.current = active_.empty() ? std::string() : active_.front();
}

}  // namespace causeway::op::terraform
