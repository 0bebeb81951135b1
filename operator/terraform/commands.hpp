#pragma once
// The terraform commands of a run, each with its flags, deadline and what its failure means.

#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "operator/terraform/machine_ui.hpp"
#include "operator/terraform/plan_summary.hpp"
#include "operator/terraform/program.hpp"
#include "operator/terraform/protocol.hpp"
#include "operator/terraform/scrub.hpp"
#include "operator/terraform/state_summary.hpp"
#include "operator/terraform/workspace.hpp"

namespace causeway::op::terraform {

struct Failure {
  ErrorClass error_class = ErrorClass::Other;
  std::string reason = {};   // empty: reason_of(error_class)
  std::string message = {};  // may hold secrets until it is scrubbed
  bool cancelled = false;    // we were asked to stop
  // Terraform ended by its own decision and saved its state: everything it made is recorded.
  bool orderly = true;
};

struct CommandContext {
  std::string program;
  std::map<std::string, std::string> credentials, environment;
  base::Duration grace;
  std::stop_token stop;
  const Scrubber* scrubber = nullptr;  // for the log
  std::function<void()> on_progress;   // after a line that changed `ui`
  std::function<void(const std::string&)> on_state_dump;
};

class Commands {
 public:
  Commands(CommandContext context, MachineUi& ui) : context_(std::move(context)), ui_(ui) {}

  using Step = std::optional<Failure>;  // nothing: it worked

  Step init(const Workspace& workspace);
  enum class PlanMode { kApply, kDestroy, kRefreshOnly };
  Step plan(const Workspace& workspace, PlanMode mode, base::Duration deadline);
  Step show_plan(const Workspace& workspace, const crds::TerraformState& state, PlanSummary& into);
  Step apply(const Workspace& workspace, base::Duration deadline);
  Step pull_state(const Workspace& workspace, StateSummary& into);
  Step push_state(const Workspace& workspace, const std::string& state);

 private:
  struct Command {
    std::string name;  // for messages: "terraform plan"
    std::vector<std::string> arguments;
    base::Duration deadline;
    bool json_lines = true;
    bool changes_exit_2 = false;  // -detailed-exitcode
    std::string input = {};
  };
  Step run(const Workspace& workspace, const Command& command, std::string* out = nullptr);
  Failure failure_of(const Command& command, const Completion& completion) const;

  CommandContext context_;
  MachineUi& ui_;
};

// Text for people from what a program wrote for a terminal: no colours, no box drawing.
std::string plain_text(std::string_view text);

}  // namespace causeway::op::terraform
