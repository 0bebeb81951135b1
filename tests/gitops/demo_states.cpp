#include "kube/core/codec.hpp"
#include "operator/demo/status.hpp"
#include "operator/demo/testing.hpp"
#include "tests/gitops/states.hpp"

namespace causeway::gitops {
namespace {

using namespace op::demo;
using op::build::BuildReason;
using op::build::JobView;
using Action = BuildDecision::Action;
using crds::AssignmentStage;

// A demo in one region, and what the hub has found out about it.
struct Scene {
  Scene() {
    facts.demo = &demo;
    facts.url = "http://digits--ada.localhost";
    facts.clusters = {{"cluster-local-1-", &region}};
    facts.placement.chosen = {&region};
    facts.name_leads_there = true;
    facts.now = *base::parse_time("2026-11-24T10:00:00Z");
    assignment.metadata.namespace_ = "cluster-local-1-";
    assignment.metadata.generation = 1;
    assignment.spec.epoch = 1;
    assignment.spec.deployment = "digits-1";
  }
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  void serve() {
    facts.wanted = testing::record();
    facts.assignments = {&assignment};
    testing::report_running(assignment);
  }
  void region_says(AssignmentStage stage, const std::string& reason = {}) {
    serve();
    assignment.status.stage = stage;
    assignment.status.ready = stage == AssignmentStage::Running;
    assignment.status.reason = reason;
    if (!reason.empty()) assignment.status.message = "what the region says";
  }
  void build(Action action, JobView::Phase phase, BuildReason reason = BuildReason::None) {
    facts.build = BuildDecision{};
    facts.build->action = action;
    facts.build->reason = reason;
    facts.build->message = "what the build says";
    facts.build_id = "0123456789abcdef";
    facts.job = JobView{};
    facts.job->phase = phase;
    facts.wanted_is_newest = false;
  }
  kube::Object object() {
    demo.status = status_of(facts);
    return kube::encode(demo);
  }

  crds::Demo demo = testing::demo();
  crds::Cluster region = testing::cluster("local-1");
  crds::Assignment assignment;
  StatusFacts facts;
};

}  // namespace

std::vector<State> demo_states() {
  std::vector<State> states;
  const auto add = [&](std::string name, std::string kstatus, std::string argo_cd, auto&& set) {
    Scene scene;
    set(scene);
    states.push_back({"demo-" + std::move(name), std::move(kstatus), std::move(argo_cd), scene.object()});
  };
  states.push_back({"demo-new", "InProgress", "Progressing", as_created(kube::encode(testing::demo()))});

  add("building", "InProgress", "Progressing", [](Scene& s) { s.build(Action::kWait, JobView::Phase::kRunning); });
  add("build-failed", "Failed", "Degraded",
      [](Scene& s) { s.build(Action::kFailed, JobView::Phase::kFailed, BuildReason::DockerfileFailed); });
  const auto without_template = [](Scene& s) {
    s.facts.resolve_blocker =
        Blocker{crds::DemoStage::ConfigError, "TemplateNotFound", "there is no template", true, true};
  };
  add("template-not-there-yet", "InProgress", "Progressing", without_template);
  add("without-template", "Failed", "Degraded", [&](Scene& s) {
    without_template(s);
    s.demo.status = status_of(s.facts);
    s.facts.now += kAbsencePatience;
  });
  add("git-away", "InProgress", "Progressing", [](Scene& s) {
    s.facts.resolve_blocker = Blocker{crds::DemoStage::Queued, "GitUnavailable", "git is away", false};
  });
  add("starting", "InProgress", "Progressing", [](Scene& s) { s.region_says(AssignmentStage::AppStarting); });
  add("without-room", "InProgress", "Progressing",
      [](Scene& s) { s.region_says(AssignmentStage::Unschedulable, "NoCapacity"); });
  add("crashing", "Failed", "Degraded", [](Scene& s) { s.region_says(AssignmentStage::RuntimeError, "Crashing"); });
  add("running", "Current", "Healthy", [](Scene& s) { s.serve(); });
  add("running-and-building", "InProgress", "Progressing", [](Scene& s) {
    s.serve();
    s.build(Action::kWait, JobView::Phase::kRunning);
  });
  add("new-version-fails", "Failed", "Degraded", [](Scene& s) {
    s.region_says(AssignmentStage::Running, "Crashing");
    s.assignment.spec.deployment = "digits-2";
  });
  add("region-offline", "InProgress", "Degraded", [](Scene& s) {
    s.serve();
    s.region.status.phase = crds::ClusterPhase::Unreachable;
  });
  add("asleep", "Current", "Healthy", [](Scene& s) { s.region_says(AssignmentStage::Sleeping); });
  add("paused", "Current", "Suspended", [](Scene& s) {
    s.region_says(AssignmentStage::Paused);
    s.demo.spec.paused = s.assignment.spec.paused = true;
  });
  add("paused-before-it-ever-ran", "Current", "Suspended", [](Scene& s) { s.demo.spec.paused = true; });
  add("pausing", "InProgress", "Progressing", [](Scene& s) {
    s.serve();
    s.demo.spec.paused = s.assignment.spec.paused = true;
  });
  add("deleting", "Terminating", "Progressing", [](Scene& s) {
    s.serve();
    s.demo.metadata.deletion_timestamp = "2026-11-24T10:00:00Z";
    s.facts.deletion_message = "waiting for local-1";
  });
  return states;
}

}  // namespace causeway::gitops
