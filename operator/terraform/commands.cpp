#include "operator/terraform/commands.hpp"

#include "base/log.hpp"
#include "kube/core/quantity.hpp"
#include "operator/terraform/error_class.hpp"

namespace causeway::op::terraform {

using std::chrono::minutes;

namespace {

constexpr std::string_view kLockTimeout = "-lock-timeout=60s";

void log_line(const MachineUi::Line& line, const Scrubber* scrubber) {
  if (line.level.empty() || line.text.empty()) return;
  const std::string text = scrubber ? scrubber->scrub(line.text) : line.text;
  const auto level = line.level == "error"  ? base::log::Level::kError
                     : line.level == "warn" ? base::log::Level::kWarn
                                            : base::log::Level::kInfo;
  base::log::write(level, text);
}

}  // namespace

std::string plain_text(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '\x1b' && i + 1 < text.size() && text[i + 1] == '[') {
      i += 2;
      while (i < text.size() && !(text[i] >= '@' && text[i] <= '~')) ++i;
      if (i < text.size()) ++i;
    } else if (text.substr(i).starts_with("\xe2\x94") || text.substr(i).starts_with("\xe2\x95")) {
      i += 3;  // U+2500–U+257F
    } else {
      out += text[i++];
    }
  }
  // Lines of nothing but a frame are empty now.
  std::string lines;
  for (std::size_t from = 0; from < out.size();) {
    const std::size_t to = std::min(out.find('\n', from), out.size());
    std::string_view line(out.data() + from, to - from);
    from = to + 1;
    while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    if (!lines.empty()) lines += '\n';
    lines += line;
  }
  return lines;
}

Commands::Step Commands::init(const Workspace& workspace) {
  return run(workspace, {.name = "init",
                         .arguments = {"init", "-input=false", "-json", "-lockfile=readonly", "-reconfigure"},
                         .deadline = minutes(5)});
}

Commands::Step Commands::plan(const Workspace& workspace, PlanMode mode, base::Duration deadline) {
  Command command{
      .name = "plan",
      .arguments = {"plan", "-json", "-input=false", "-detailed-exitcode", "-out=" + workspace.plan_file().string()},
      .deadline = deadline,
      .changes_exit_2 = true};
  if (mode == PlanMode::kRefreshOnly) {
    // Looking does not need the lock, and must not keep an apply waiting.
    command.arguments.insert(command.arguments.end(), {"-refresh-only", "-lock=false"});
  } else {
    command.arguments.emplace_back(kLockTimeout);
    if (mode == PlanMode::kDestroy) command.arguments.emplace_back("-destroy");
  }
  ui_.begin_plan();
  return run(workspace, command);
}

Commands::Step Commands::show_plan(const Workspace& workspace, const crds::TerraformState& state, PlanSummary& into) {
  std::string out;
  if (auto failed = run(workspace,
                        {.name = "show",
                         .arguments = {"show", "-json", workspace.plan_file()},
                         .deadline = minutes(5),
                         .json_lines = false},
                        &out)) {
    return failed;
  }
  auto summary = summarize_plan(out, state);
  if (!summary) return Failure{.message = summary.error().message};
  into = std::move(*summary);
  return std::nullopt;
}

Commands::Step Commands::apply(const Workspace& workspace, base::Duration deadline) {
  return run(workspace,
             {.name = "apply",
              .arguments = {"apply", "-json", "-input=false", std::string(kLockTimeout), workspace.plan_file()},
              .deadline = deadline});
}

Commands::Step Commands::pull_state(const Workspace& workspace, StateSummary& into) {
  std::string out;
  if (auto failed = run(
          workspace,
          {.name = "state pull", .arguments = {"state", "pull"}, .deadline = minutes(5), .json_lines = false}, &out)) {
    return failed;
  }
  auto summary = summarize_state(out);
  if (!summary) return Failure{.message = summary.error().message};
  into = std::move(*summary);
  return std::nullopt;
}

Commands::Step Commands::push_state(const Workspace& workspace, const std::string& state) {
  return run(workspace, {.name = "state push",
                         .arguments = {"state", "push", std::string(kLockTimeout), "-"},
                         .deadline = minutes(5),
                         .json_lines = false,
                         .input = state});
}

Commands::Step Commands::run(const Workspace& workspace, const Command& command, std::string* out) {
  Invocation invocation;
  invocation.program = context_.program;
  invocation.arguments = command.arguments;
  invocation.folder = workspace.folder();
  invocation.environment = make_environment(context_.environment, workspace, context_.credentials).values;
  invocation.deadline = command.deadline;
  invocation.grace = context_.grace;
  invocation.stop = context_.stop;
  invocation.input = command.input;
  if (context_.stop.stop_requested()) {
    return Failure{.message = "asked to stop before terraform " + command.name, .cancelled = true};
  }
  ui_.begin_command();
  if (command.json_lines) {
    invocation.on_line = [this](std::string_view text) {
      auto line = ui_.feed(text);
      if (line.state_dump && context_.on_state_dump) context_.on_state_dump(*line.state_dump);
      log_line(line, context_.scrubber);
      if (line.changed && context_.on_progress) context_.on_progress();
    };
  }
  auto completion = invoke(invocation);
  if (!completion) return Failure{.message = "cannot run " + context_.program + ": " + completion.error().message};
  if (out) *out = std::move(completion->out);
  const auto& status = completion->status;
  const bool good = status.success() || (command.changes_exit_2 && status.signal == 0 && status.code == 2);
  if (good && !completion->killed) return std::nullopt;
  return failure_of(command, *completion);
}

Failure Commands::failure_of(const Command& command, const Completion& completion) const {
  Failure failure;
  failure.orderly = completion.orderly() && completion.status.code == 1 && !ui_.crashed();
  const std::string name = "terraform " + command.name;
  if (completion.interrupted) {
    failure.cancelled = true;
    failure.message = name + " was interrupted" + (completion.killed ? " and had to be killed" : " and ended in order");
    return failure;
  }
  if (completion.timed_out) {
    failure.reason = "DeadlineExceeded";
    failure.message = name + " did not end within " + kube::format_duration(command.deadline) +
                      (completion.killed ? ", nor when interrupted, and was killed" : "; it was interrupted");
    return failure;
  }
  if (command.json_lines && ui_.has_errors()) {
    failure.error_class = classify(ui_.diagnostics());
    failure.message = explain(ui_.diagnostics());
    return failure;
  }
  std::string text = plain_text(completion.err);
  if (command.json_lines && !ui_.noise().empty()) text = plain_text(ui_.noise()) + "\n" + text;
  const crds::Diagnostic diagnostic{.severity = crds::Severity::Error,
                                    .summary = name + " ended with " + completion.status.describe(),
                                    .detail = std::move(text),
                                    .address = {}};
  failure.error_class = classify(diagnostic);
  failure.message = explain({diagnostic});
  return failure;
}

}  // namespace causeway::op::terraform
