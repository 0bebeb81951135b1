#include "operator/terraform/run_steps.hpp"

#include "kube/core/quantity.hpp"
#include "operator/terraform/approval.hpp"

namespace causeway::op::terraform {

namespace log = base::log;
using crds::RunOperation;

namespace {

constexpr int kStalePlans = 3;  // in a row; then it is for the next run

base::Duration duration_or(const std::string& text, base::Duration fallback) {
  auto parsed = kube::parse_duration(text);
  return parsed && *parsed > base::Duration(0) ? *parsed : fallback;
}

// State that is kept but not written outweighs why the apply failed: nothing may be done before it is.
std::optional<Failure> worse(const std::optional<Failure>& failed, const std::optional<Failure>& unsaved) {
  if (!failed || (unsaved && unsaved->reason == "StateNotWritten")) return unsaved;
  return failed;
}

}  // namespace

Failure Run::no_answer(const kube::Error& error) {
  return {.error_class = error.transient() ? ErrorClass::Network : ErrorClass::Other, .message = error.message};
}

Run::Step Run::step_of(const kube::Result<void>& r, std::string_view what) {
  if (r) return std::nullopt;
  auto failure = no_answer(r.error());
  failure.message = std::string(what) + ": " + failure.message;
  return failure;
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
    if (auto bad = worse(failed, unsaved)) return bad;
  } else if (auto r = persist([&] { return store_.save_bundle(bundle, input_); }); !r) {
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
    if (auto bad = worse(failed, unsaved)) return bad;
    break;
  }
  if (state_.state.resources > 0) {
    return Failure{.reason = "ResourcesLeft",
                   .message = std::to_string(state_.state.resources) + " resources are left after the destroy"};
  }
  return step_of(persist([&] { return store_.clear_outputs(); }), "removing the outputs");
}

}  // namespace causeway::op::terraform
