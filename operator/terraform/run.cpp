#include "operator/terraform/run.hpp"

#include "operator/terraform/run_steps.hpp"
#include "operator/terraform/variables.hpp"

namespace causeway::op::terraform {

namespace log = base::log;
using crds::RunOperation;

void Run::learn_secrets() {
  for (const auto& [name, value] : credentials_) scrubber_.add(value);
  for (const auto& entry : secret_variables_) {
    const auto& value = entry.value();
    scrubber_.add(value.is_string() ? std::string_view(value.get_string()) : kube::json::serialize(value));
  }
  std::set<std::string, std::less<>> open;
  for (const auto& [name, output] : state_.outputs) {
    if (!output.sensitive && output.value.is_string()) open.emplace(output.value.get_string());
  }
  for (const auto& [name, output] : state_.outputs) {
    if (output.sensitive && output.value.is_string()) scrubber_.add(output.value.get_string(), open);
  }
}

base::Result<RunResult> Run::execute() {
  auto input = persist([&] { return store_.input(); });
  if (!input) {
    return base::Error{base::ErrorCode::kUnavailable,
                       "cannot read Secret " + options_.run_namespace + "/input: " + input.error().message};
  }
  input_ = std::move(input->run);
  secret_variables_ = std::move(input->secret_variables);
  if (input_.run_id != options_.run_id) {
    return base::Error{base::ErrorCode::kInvalidArgument, "the input is meant for run " + input_.run_id + ", not for " +
                                                              options_.run_id + ": another run has begun"};
  }
  if (options_.operation && *options_.operation != input_.operation) {
    return base::Error{base::ErrorCode::kInvalidArgument, "the input asks for another operation than this Job"};
  }
  auto credentials = persist([&] { return store_.credentials(); });
  if (!credentials) {
    return base::Error{base::ErrorCode::kUnavailable, "cannot read the credentials: " + credentials.error().message};
  }
  credentials_ = std::move(*credentials);
  learn_secrets();

  result_.run_id = input_.run_id;
  result_.operation = input_.operation;
  result_.generation = input_.generation;
  result_.attempt = input_.attempt;
  result_.inputs_hash = input_.inputs_hash;
  result_.retry_key = input_.retry_key;
  result_.state = input_.expected_state;
  result_.started_at = base::format_time(base::system_clock().wall());
  stage_ = input_.operation == RunOperation::Apply ? RunOperation::Plan : input_.operation;

  stream_.emplace(client_, input_);
  commands_.emplace(CommandContext{.program = options_.program,
                                   .credentials = credentials_,
                                   .environment = options_.environment,
                                   .grace = options_.grace,
                                   .stop = stop_,
                                   .scrubber = &scrubber_,
                                   .on_progress = [this] { show(crds::RunPhase::Running); },
                                   .on_state_dump = [this](const std::string& dump) { state_dump_ = dump; }},
                    ui_);
  show(crds::RunPhase::Running);

  const Step failed = work();
  conclude(failed);
  auto saved = persist([&] { return store_.save_result(result_, applied_, input_); });
  show(result_.outcome == RunOutcome::Cancelled ? crds::RunPhase::Cancelled
       : result_.outcome == RunOutcome::Failed  ? crds::RunPhase::Failed
                                                : crds::RunPhase::Succeeded);
  stream_.reset();
  if (!saved) {
    return base::Error{base::ErrorCode::kUnavailable, "cannot write the result: " + saved.error().message};
  }
  return result_;
}

Run::Step Run::work() {
  auto marker = persist([&] { return store_.marker(); });
  if (!marker) return no_answer(marker.error());
  marker_ = std::move(*marker);

  if (input_.operation == RunOperation::Destroy) return nothing_or_destroy();
  if (input_.operation == RunOperation::Refresh) {
    if (marker_) {
      if (auto failed = recover(*marker_)) return failed;
    }
    auto bundle = persist([&] { return store_.bundle(); });
    if (!bundle) return no_answer(bundle.error());
    return *bundle ? refresh(**bundle) : std::nullopt;
  }

  auto variables = input_.variables;
  if (auto merged = merge_variables(variables, secret_variables_, "spec.terraform.variablesFrom"); !merged) {
    return Failure{.error_class = ErrorClass::Configuration, .message = merged.error().message};
  }
  auto bundle = make_bundle(options_.modules, input_.provider, std::move(variables));
  if (!bundle) {
    const bool wrong = bundle.error().code == base::ErrorCode::kInvalidArgument;
    return Failure{.error_class = wrong ? ErrorClass::Configuration : ErrorClass::Other,
                   .reason = wrong ? "UnknownProvider" : "",
                   .message = bundle.error().message};
  }
  Purpose purpose = Purpose::kWanted;
  if (marker_ && marker_->fingerprint == bundle->fingerprint()) {
    purpose = Purpose::kRecovery;  // the same again is what is wanted
  } else if (marker_) {
    auto failed = recover(*marker_);
    // What was begun may be what cannot be done (too many machines): then what is wanted now is the way on, with the
    // marker left in place until something has been applied completely.
    if (failed && (failed->cancelled || !is_terminal(failed->error_class))) return failed;
    if (failed && failed->error_class == ErrorClass::StateLost) return failed;
    ui_.clear_diagnostics();
  }
  std::unique_ptr<Workspace> workspace;
  if (auto failed = open(workspace, *bundle)) return failed;
  return converge(*workspace, *bundle, purpose);
}

Run::Step Run::nothing_or_destroy() {
  auto bundle = persist([&] { return store_.bundle(); });
  if (!bundle) return no_answer(bundle.error());
  if (!*bundle) {
    auto exists = persist([&] { return store_.state_exists(state_suffix(input_.cluster_uid)); });
    if (!exists) return no_answer(exists.error());
    if (!*exists) return std::nullopt;  // nothing was ever planned
    // The state begins with the first plan, the bundle is saved before the first apply.
    std::unique_ptr<Workspace> workspace;
    if (auto failed = open(workspace, Bundle{})) return failed;
    if (state_.state.resources == 0) return std::nullopt;
    return Failure{.error_class = ErrorClass::StateLost,
                   .reason = "BundleLost",
                   .message = "Secret " + options_.run_namespace +
                              "/bundle is gone, so nobody knows what to destroy what was made with; restore it from a "
                              "backup, or set spec.deletionPolicy to Retain"};
  }
  if (marker_) {
    if (auto failed = recover(*marker_)) {
      failed->message =
          "an interrupted apply has to be completed before all of it can be destroyed (or set "
          "spec.deletionPolicy to Retain): " +
          failed->message;
      return failed;
    }
  }
  return destroy(**bundle);
}

// The interrupted apply again, from the bundle it was applied from.
Run::Step Run::recover(const Marker& marker) {
  log::warn("applying again what was interrupted", {{"interrupted", marker.run_id}});
  auto bundle = persist([&] { return store_.bundle(); });
  if (!bundle) return no_answer(bundle.error());
  if (!*bundle) {
    return Failure{.error_class = ErrorClass::StateLost,
                   .reason = "BundleLost",
                   .message = "an apply was interrupted and Secret " + options_.run_namespace +
                              "/bundle is gone; restore it from a backup"};
  }
  std::unique_ptr<Workspace> workspace;
  if (auto failed = open(workspace, **bundle)) return failed;
  auto failed = converge(*workspace, **bundle, Purpose::kRecovery);
  if (!failed && result_.outcome == RunOutcome::AwaitingApproval) {
    result_.outcome = RunOutcome::Failed;
    return Failure{.error_class = ErrorClass::Configuration, .reason = "AwaitingApproval", .message = result_.message};
  }
  applied_ = false;  // it was the earlier wish, not the present one
  return failed;
}

Run::Step Run::refresh(const Bundle& bundle) {
  std::unique_ptr<Workspace> workspace;
  if (auto failed = open(workspace, bundle)) return failed;
  if (auto failed = plan(*workspace, Commands::PlanMode::kRefreshOnly)) return failed;
  result_.drifted = plan_.drifted;
  return std::nullopt;
}

void Run::conclude(const Step& failed) {
  result_.finished_at = base::format_time(base::system_clock().wall());
  result_.diagnostics = diagnostics();
  if (!failed) {
    if (result_.outcome == RunOutcome::AwaitingApproval) return;
    result_.outcome = RunOutcome::Succeeded;
    result_.error_class = ErrorClass::None;
    result_.reason = reason_of(ErrorClass::None);
    return;
  }
  applied_ = false;
  result_.outcome = failed->cancelled ? RunOutcome::Cancelled : RunOutcome::Failed;
  result_.error_class = failed->error_class;
  result_.reason = failed->cancelled         ? "Interrupted"
                   : !failed->reason.empty() ? failed->reason
                                             : std::string(reason_of(failed->error_class));
  result_.message = shortened(scrubber_.scrub(failed->message), 2000);
}

// As people may see them: without secrets, and within what the CRD allows.
std::vector<crds::Diagnostic> Run::diagnostics() const {
  std::vector<crds::Diagnostic> shown;
  for (const auto& d : ui_.diagnostics()) {
    shown.push_back({.severity = d.severity,
                     .summary = shortened(scrubber_.scrub(d.summary), 1024),
                     .detail = shortened(scrubber_.scrub(d.detail), 4096),
                     .address = shortened(d.address, 512)});
  }
  return shown;
}

void Run::show(crds::RunPhase phase) {
  crds::ClusterRun run;
  run.id = input_.run_id;
  run.operation = phase == crds::RunPhase::Running ? stage_ : input_.operation;
  run.phase = phase;
  run.done = ui_.progress().done;
  run.total = ui_.progress().total;
  if (phase == crds::RunPhase::Running) run.current = shortened(ui_.progress().current, 512);
  run.started_at = result_.started_at;
  run.finished_at = result_.finished_at;
  run.diagnostics = diagnostics();
  stream_->show(std::move(run));
}

base::Result<RunResult> execute_run(kube::Client& client, const RunOptions& options, std::stop_token stop) {
  return Run(client, options, std::move(stop)).execute();
}

}  // namespace causeway::op::terraform
