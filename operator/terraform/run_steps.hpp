#pragma once
// Internal to run.cpp and run_steps.cpp.

#include "base/log.hpp"
#include "operator/terraform/commands.hpp"
#include "operator/terraform/run.hpp"
#include "operator/terraform/run_store.hpp"
#include "operator/terraform/status_stream.hpp"

namespace causeway::op::terraform {

// Internal to execute_run: one run, its steps in run.cpp (what is done) and run_steps.cpp (with one workspace).
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
  // Attempts for what must not be lost: state, marker, result.
  template <class Call>
  static auto persist(Call call);
  static Failure no_answer(const kube::Error& error);
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

  crds::RunOperation stage_ = crds::RunOperation::Plan;
  StateSummary state_;
  PlanSummary plan_;
  RunResult result_;
  bool applied_ = false;  // what was asked for is what is there now
};

template <class Call>
auto Run::persist(Call call) {
  const auto& clock = base::system_clock();
  const auto until = clock.steady() + std::chrono::minutes(5);
  while (true) {
    auto r = call();
    if (r || !r.error().transient() || clock.steady() >= until) return r;
    base::log::warn("the API server does not answer; trying again", {{"error", r.error().message}});
    // Not ended by the stop token: this is what the time after a SIGTERM is for.
    clock.sleep_for(std::chrono::seconds(2), {});
  }
}

}  // namespace causeway::op::terraform
