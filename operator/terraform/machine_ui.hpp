#pragma once
// The JSON lines that `terraform … -json` and `tofu … -json` write, as a state machine without I/O.
//
// Unknown types are ignored, another major version of the format is an error, and lines that are not JSON are kept as
// noise: a panic writes plain text. (developer.hashicorp.com/terraform/internals/machine-readable-ui)

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crds/cluster/cluster.hpp"

namespace causeway::op::terraform {

struct Progress {
  std::int64_t done = 0, total = 0;  // resource changes; a replacement is two
  std::string current;               // the address worked on longest, or empty
  bool operator==(const Progress&) const = default;
};

class MachineUi {
 public:
  struct Line {
    bool changed = false;                        // progress or diagnostics are different now
    std::string_view level = {};                 // "error", "warn", "info", or "" for nothing to log
    std::string text = {};                       // for the log; may hold secrets
    std::optional<std::string> state_dump = {};  // an emergency dump: keep it, never log it
  };

  // A new command begins: diagnostics stay, what was being worked on does not.
  void begin_command();
  // A plan begins: progress starts from nothing.
  void begin_plan();
  Line feed(std::string_view line);

  const Progress& progress() const { return progress_; }
  // Errors before warnings once there are more than crds::kMaxDiagnostics.
  const std::vector<crds::Diagnostic>& diagnostics() const { return diagnostics_; }
  bool has_errors() const;
  void clear_diagnostics() { diagnostics_.clear(); }
  // Something that is not JSON and looks like a crash was seen.
  bool crashed() const { return crashed_; }
  // The last lines that were not JSON, for a failure that has no diagnostic.
  std::string noise() const;
  const std::vector<std::string>& drifted() const { return drifted_; }
  const std::string& program() const { return program_; }  // "terraform 1.11.4", once known

 private:
  Line on_version(const kube::Object& line);
  Line on_diagnostic(const kube::Object& line);
  Line on_summary(const kube::Object& line);
  Line on_hook(const kube::Object& line, std::string_view type);
  void add(crds::Diagnostic diagnostic);
  void set_current();

  Progress progress_;
  std::vector<std::string> active_;
  std::vector<crds::Diagnostic> diagnostics_;
  std::vector<std::string> drifted_;
  std::deque<std::string> noise_;
  std::string program_;
  bool crashed_ = false;
};

}  // namespace causeway::op::terraform
