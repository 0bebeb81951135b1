#include "operator/terraform/run.hpp"

#include "base/log.hpp"
#include "kube/core/quantity.hpp"
#include "operator/terraform/approval.hpp"
#include "operator/terraform/commands.hpp"
#include "operator/terraform/run_store.hpp"
#include "operator/terraform/status_stream.hpp"
#include "operator/terraform/variables.hpp"

namespace causeway::op::terraform {

namespace log = base::log;
using crds::RunOperation;

namespace {

// Attempts for what must not be lost: state, marker, result.
constexpr auto kPersistFor = std::chrono::minutes(5);
constexpr int kStalePlans = 3;

base::Duration duration_or(const std::string& text, base::Duration fallback) {
  auto parsed = kube::parse_duration(text);
  return parsed && *parsed > base::Duration(0) ? *parsed : fallback;
}

Failure no_answer(const kube::Error& error) {
  return {.error_class = error.transient() ? ErrorClass::Network : ErrorClass::Other, .message = error.message};
}

class Run {
 public:
  Run(kube::Client& client, const RunOptions& options, std::stop_token stop)
      : client_(client), options_(options), stop_(std::move(stop)), store_(client, options.run_namespace) {}

  base::Result<RunResult> execute();

 private:
  using Step = Commands::Step;
  enum class Purpose { kWanted, kRecovery };

  Step work();
  Step nothing_or_destroy();
  Step open(std::unique_ptr<Workspace>& into, const Bundle& bundle);
  Step look_at_state(const Workspace& workspace);
  Step push_errored_state(const Workspace& workspace);
  Step recover(const Marker& marker);
  Step plan(const Workspace& workspace, Commands::PlanMode mode);
  Step converge(const Workspace& workspace, const Bundle& bundle, Purpose purpose);
  Step apply_plan(const Workspace& workspace, const Bundle& bundle, Purpose purpose);
  Step destroy(const Bundle& bundle);
  Step refresh(const Bundle& bundle);
  Step save_after_apply(const Workspace& workspace, bool succeeded);
  Step publish_outputs();

  void show(crds::RunPhase phase);
  std::vector<crds::Diagnostic> diagnostics() const;
  void conclude(const Step& failed);
  void learn_secrets();
  template <class Call>
  auto persist(Call call);
  static Step step_of(const kube::Result<void>& r, std::string_view what);

  kube::Client& client_;
  const RunOptions& options_;
  std::stop_token stop_;
  RunStore store_;

  RunInput input_;
  kube::json::object secret_variables_;
  std::map<std::string, std::string> credentials_;
  Scrubber scrubber_;
  MachineUi ui_;
  std::optional<StatusStream> stream_;
  std::optional<Commands> commands_;
  std::optional<Marker> marker_;
  std::string state_dump_;

  RunOperation stage_ = RunOperation::Plan;
  StateSummary state_;
  PlanSummary plan_;
  RunResult result_;
  bool applied_ = false;  // what was asked for is what is there now
};

template <class Call>
auto Run::persist(Call call) {
  const auto& clock = base::system_clock();
  const auto until = clock.steady() + kPersistFor;
  while (true) {
    auto r = call();
    if (r || !r.error().transient() || clock.steady() >= until) return r;
    log::warn("the API server does not answer; trying again", {{"error", r.error().message}});
    // Not ended by the stop token: this is what the time after a SIGTERM is for.
    clock.sleep_for(std::chrono::seconds(2), {});
  }
}

Run::Step Run::step_of(const kube::Result<void>& r, std::string_view what) {
  if (r) return std::nullopt;
  auto failure = no_answer(r.error());
  failure.message = std::string(what) + ": " + failure.message;
  return failure;
}

void Run::learn_secrets() {
  for (const auto& [name, value] : credentials_) scrubber_.add(value);
  for (const auto& entry : secret_variables_) {
    const auto& value = entry.value();
    scrubber_.add(value.is_string() ? std::string_view(value.get_string()) : kube::json::serialize(value));
  }
  for (const auto& [name, output] : state_.outputs) {
    if (output.sensitive && output.value.is_string()) scrubber_.add(output.value.get_string());
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
    if (!*exists) return std::nullopt;  // nothing was ever applied: the bundle is saved before
    return Failure{.error_class = ErrorClass::StateLost,
                   .reason = "BundleLost",
                   .message = "there is a Terraform state but Secret " + options_.run_namespace +
                              "/bundle is gone, so nobody knows what to destroy it with; restore it from a backup, or "
                              "set spec.deletionPolicy to Retain"};
  }
  if (marker_) {
    if (auto failed = recover(*marker_)) {
      failed->message = "an interrupted apply has to be completed before it can be destroyed: " + failed->message;
      return failed;
    }
  }
  return destroy(**bundle);
}

Run::Step Run::open(std::unique_ptr<Workspace>& into, const Bundle& bundle) {
  auto workspace = Workspace::make(bundle,
                                   {.ns = options_.run_namespace,
                                    .secret_suffix = state_suffix(input_.cluster_uid),
                                    .cluster_uid = input_.cluster_uid,
                                    .kubeconfig = options_.kubeconfig},
                                   options_.provider_mirror);
  if (!workspace) return Failure{.message = workspace.error().message};
  into = std::move(*workspace);
  for (const auto& name : make_environment({}, *into, credentials_).refused) {
    log::warn("this key of the credentials is not passed to terraform", {{"key", name}});
  }
  auto freed = store_.release_orphaned_lock(state_suffix(input_.cluster_uid), options_.own_pod);
  if (!freed) return no_answer(freed.error());
  if (*freed) log::warn("released the state's lock: the pod that held it is gone");
  if (auto failed = commands_->init(*into)) return failed;
  if (auto failed = push_errored_state(*into)) return failed;
  return look_at_state(*into);
}

Run::Step Run::push_errored_state(const Workspace& workspace) {
  auto errored = persist([&] { return store_.errored_state(); });
  if (!errored) return no_answer(errored.error());
  if (!*errored) return std::nullopt;
  log::warn("writing the state that an earlier run could not write");
  if (auto failed = commands_->push_state(workspace, **errored)) {
    failed->message = "the state that an earlier run could not write is still unwritten (Secret " +
                      options_.run_namespace + "/errored-state): " + failed->message;
    return failed;
  }
  return step_of(persist([&] { return store_.clear_errored_state(); }), "removing the errored state");
}

Run::Step Run::look_at_state(const Workspace& workspace) {
  auto exists = persist([&] { return store_.state_exists(state_suffix(input_.cluster_uid)); });
  if (!exists) return no_answer(exists.error());
  state_ = {};
  if (*exists) {
    if (auto failed = commands_->pull_state(workspace, state_)) return failed;
    learn_secrets();
  }
  if (auto lost = state_regression(input_.expected_state, state_)) {
    return Failure{.error_class = ErrorClass::StateLost, .message = *lost};
  }
  if (state_.exists) result_.state = state_.state;
  return std::nullopt;
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

Run::Step Run::plan(const Workspace& workspace, Commands::PlanMode mode) {
  stage_ = mode == Commands::PlanMode::kDestroy       ? RunOperation::Destroy
           : mode == Commands::PlanMode::kRefreshOnly ? RunOperation::Refresh
                                                      : RunOperation::Plan;
  const auto deadline = duration_or(input_.timeouts.plan, std::chrono::minutes(10));
  auto failed = commands_->plan(workspace, mode, deadline);
  if (failed && failed->error_class == ErrorClass::Lock) {
    // The holder may have died while we waited for it.
    auto freed = store_.release_orphaned_lock(state_suffix(input_.cluster_uid), options_.own_pod);
    if (freed && *freed) {
      ui_.clear_diagnostics();
      failed = commands_->plan(workspace, mode, deadline);
    }
  }
  if (failed) return failed;
  plan_ = {};
  if (auto unread = commands_->show_plan(workspace, state_.state, plan_)) return unread;
  plan_.plan.created_at = base::format_time(base::system_clock().wall());
  return std::nullopt;
}

Run::Step Run::converge(const Workspace& workspace, const Bundle& bundle, Purpose purpose) {
  for (int attempt = 1;; ++attempt) {
    if (auto failed = plan(workspace, Commands::PlanMode::kApply)) return failed;
    result_.plan = plan_.plan;
    if (input_.operation == RunOperation::Plan && purpose == Purpose::kWanted) return std::nullopt;

    auto approval = decide_approval(plan_, input_.approval, input_.approved_plan);
    // An interrupted apply had its approval; so has whatever is about to be destroyed altogether.
    const bool recovering = purpose == Purpose::kRecovery && marker_ && (!plan_.destructive || marker_->destructive);
    if (!approval.approved && !recovering && input_.operation != RunOperation::Destroy) {
      result_.outcome = RunOutcome::AwaitingApproval;
      result_.reason = "AwaitingApproval";
      result_.message = approval.message;
      return std::nullopt;
    }
    auto failed = apply_plan(workspace, bundle, purpose);
    if (!failed || failed->error_class != ErrorClass::StalePlan || attempt == kStalePlans) return failed;
    log::info("the plan is stale; planning again");
    ui_.clear_diagnostics();
    if (auto unread = look_at_state(workspace)) return unread;
  }
}

Run::Step Run::apply_plan(const Workspace& workspace, const Bundle& bundle, Purpose purpose) {
  if (plan_.changes) {
    // The bundle first: whoever finds the marker applies the bundle.
    if (auto r = persist([&] { return store_.save_bundle(bundle, input_); }); !r)
      return step_of(r, "saving the bundle");
    const Marker marker{input_.run_id, bundle.fingerprint(), plan_.destructive};
    if (auto r = persist([&] { return store_.set_marker(marker, input_); }); !r)
      return step_of(r, "setting the marker");
    stage_ = purpose == Purpose::kWanted ? input_.operation : RunOperation::Apply;
    show(crds::RunPhase::Running);
    auto failed = commands_->apply(workspace, duration_or(input_.timeouts.apply, std::chrono::minutes(60)));
    auto unsaved = save_after_apply(workspace, !failed);
    if (failed && failed->orderly && !unsaved && purpose == Purpose::kWanted && !marker_) {
      // It failed by itself and recorded all it had made: nothing to make up for.
      (void)persist([&] { return store_.clear_marker(); });
    }
    if (failed) return failed;
    if (unsaved) return unsaved;
  } else if (!state_.exists) {
    if (auto r = persist([&] { return store_.save_bundle(bundle, input_); }); !r)
      return step_of(r, "saving the bundle");
  }
  if (auto failed = publish_outputs()) return failed;
  if (auto r = persist([&] { return store_.clear_marker(); }); !r) return step_of(r, "removing the marker");
  marker_.reset();
  applied_ = true;
  return std::nullopt;
}

// State that terraform could not write goes into a Secret; then what is recorded is read.
Run::Step Run::save_after_apply(const Workspace& workspace, bool succeeded) {
  std::string unwritten = state_dump_;
  if (auto file = base::read_file(workspace.errored_state()); file && !file->empty()) unwritten = *file;
  if (!unwritten.empty()) {
    auto r = persist([&] { return store_.save_errored_state(unwritten, input_); });
    state_dump_.clear();
    if (!r) log::error("cannot save the state that terraform could not write", {{"error", r.error().message}});
    return Failure{.error_class = ErrorClass::Network,
                   .reason = "StateNotWritten",
                   .message = "terraform could not write its state; it was kept and is written first next time",
                   .orderly = false};
  }
  StateSummary state;
  if (auto failed = commands_->pull_state(workspace, state)) {
    return succeeded || !failed->cancelled ? failed : std::nullopt;
  }
  state_ = std::move(state);
  learn_secrets();
  if (state_.exists) result_.state = state_.state;
  return std::nullopt;
}

Run::Step Run::publish_outputs() {
  return step_of(persist([&] { return store_.save_outputs(state_, scrubber_, input_); }), "saving the outputs");
}

Run::Step Run::destroy(const Bundle& bundle) {
  std::unique_ptr<Workspace> workspace;
  if (auto failed = open(workspace, bundle)) return failed;
  for (int attempt = 1;; ++attempt) {
    if (auto failed = plan(*workspace, Commands::PlanMode::kDestroy)) return failed;
    result_.plan = plan_.plan;
    show(crds::RunPhase::Running);
    auto failed = commands_->apply(*workspace, duration_or(input_.timeouts.destroy, std::chrono::minutes(60)));
    auto unsaved = save_after_apply(*workspace, !failed);
    if (failed && failed->error_class == ErrorClass::StalePlan && attempt < kStalePlans) {
      ui_.clear_diagnostics();
      if (auto unread = look_at_state(*workspace)) return unread;
      continue;
    }
    if (failed) return failed;
    if (unsaved) return unsaved;
    break;
  }
  if (state_.state.resources > 0) {
    return Failure{.reason = "ResourcesLeft",
                   .message = std::to_string(state_.state.resources) + " resources are left after the destroy"};
  }
  return step_of(persist([&] { return store_.clear_outputs(); }), "removing the outputs");
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

}  // namespace

base::Result<RunResult> execute_run(kube::Client& client, const RunOptions& options, std::stop_token stop) {
  return Run(client, options, std::move(stop)).execute();
}

}  // namespace causeway::op::terraform
