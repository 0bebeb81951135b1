#include "operator/cluster/status.hpp"

#include "crds/assignment/assignment.hpp"
#include "kube/core/codec.hpp"
#include "operator/terraform/scrub.hpp"

namespace causeway::op::cluster {

using crds::ClusterPhase;
using crds::RunOperation;
using federation::Liveness;
using terraform::RunOutcome;

namespace {

constexpr std::size_t kLongestMessage = 4000;

std::string counts(const crds::ClusterPlan& plan) {
  return std::to_string(plan.add) + " to add, " + std::to_string(plan.change) + " to change, " +
         std::to_string(plan.destroy) + " to destroy";
}

// One condition at a time, so that each can be read by itself.
class Conditions {
 public:
  Conditions(const crds::Cluster& cluster, const Observation& seen, const Decision& decision)
      : cluster_(cluster), seen_(seen), decision_(decision), conditions_(cluster.status.conditions) {}

  kube::Conditions all() && {
    ready();
    infrastructure();
    planned();
    approved();
    agent();
    drifted();
    state();
    reconciling();
    stalled();
    return std::move(conditions_);
  }

 private:
  bool managed() const { return cluster_.spec.source.terraform.has_value(); }

  void set(std::string_view type, std::string_view status, std::string_view reason, std::string_view message) {
    kube::set_condition(conditions_,
                        {.type = std::string(type),
                         .status = std::string(status),
                         .observed_generation = cluster_.metadata.generation,
                         .last_transition_time = {},
                         .reason = reason.empty() ? "Unknown" : std::string(reason),
                         .message = terraform::shortened(std::string(message), kLongestMessage)},
                        seen_.now);
  }

  void ready() {
    const bool serves = decision_.region.phase == ClusterPhase::Ready && decision_.deletion == Deletion::kNone &&
                        decision_.infrastructure.provisioned;
    if (serves) return set("Ready", "True", "Ready", decision_.region.message);
    const bool unknown = seen_.agent.liveness == Liveness::kUnknown && decision_.deletion == Deletion::kNone &&
                         decision_.phase == ClusterPhase::Unreachable;
    set("Ready", unknown ? "Unknown" : "False", decision_.reason, decision_.message);
  }

  void infrastructure() {
    const auto& infra = decision_.infrastructure;
    if (decision_.deletion != Deletion::kNone) {
      if (decision_.deletion == Deletion::kRefused) {
        if (!kube::find_condition(conditions_, "InfrastructureReady")) {
          set("InfrastructureReady", "Unknown", decision_.reason, decision_.message);
        }
        return;  // unchanged: nothing was touched
      }
      return set("InfrastructureReady", "False", infra.reason.empty() ? decision_.reason : infra.reason,
                 infra.message.empty() ? decision_.message : infra.message);
    }
    if (!managed()) return set("InfrastructureReady", "True", infra.reason, infra.message);
    if (infra.provisioned) {
      const bool good = infra.health == Health::kGood || infra.health == Health::kBusy;
      return set("InfrastructureReady", "True", good ? "Applied" : infra.reason,
                 good ? "Terraform has applied this Cluster" : infra.message);
    }
    set("InfrastructureReady", "False", infra.reason, infra.message);
  }

  void planned() {
    if (!managed()) return set("Planned", "True", "NotManaged", "no plan is needed");
    if (seen_.last && seen_.last->plan && seen_.last->operation != RunOperation::Refresh) {
      return set("Planned", "True", "PlanMade", counts(*seen_.last->plan));
    }
    if (seen_.applied) return set("Planned", "True", "PlanMade", "the plan was applied");
    if (seen_.last && seen_.last->outcome == RunOutcome::Failed) {
      return set("Planned", "False", seen_.last->reason, seen_.last->message);
    }
    const auto& infra = decision_.infrastructure;
    set("Planned", "Unknown", infra.reason.empty() ? "NotPlanned" : infra.reason,
        infra.message.empty() ? "there is no plan yet" : infra.message);
  }

  void approved() {
    if (!managed()) return set("Approved", "True", "NotManaged", "no plan is needed");
    if (seen_.last && seen_.last->outcome == RunOutcome::AwaitingApproval) {
      return set("Approved", "False", "AwaitingApproval", seen_.last->message);
    }
    if (seen_.applied) {
      const bool named = seen_.applied->plan && !cluster_.spec.approved_plan.empty() &&
                         seen_.applied->plan->id == cluster_.spec.approved_plan;
      return set("Approved", "True", named ? "Approved" : "ApprovedByPolicy",
                 named ? "spec.approvedPlan named the plan" : "spec.approval allowed the plan");
    }
    set("Approved", "Unknown", "NotPlanned", "there is no plan yet");
  }

  void agent() {
    const auto& message = seen_.agent.message;
    if (seen_.agent.refused) return set("AgentConnected", "False", "DuplicateRegistration", message);
    switch (seen_.agent.liveness) {
      case Liveness::kNeverSeen:
        return set("AgentConnected", "False", "NeverSeen", "the region's operator has not connected yet");
      case Liveness::kAlive:
        return set("AgentConnected", "True", "LeaseRenewed", "the region's operator renews its lease");
      case Liveness::kUnknown:
        return set("AgentConnected", "Unknown", "LeaseStale", message);
      case Liveness::kGone:
        return set("AgentConnected", "False", "LeaseExpired", message);
    }
  }

  void drifted() {
    if (!managed()) return set("Drifted", "False", "NotManaged", "Terraform has no part in this cluster");
    const auto& last = seen_.last;
    if (last && last->operation == RunOperation::Refresh) {
      if (last->outcome != RunOutcome::Succeeded) return set("Drifted", "Unknown", last->reason, last->message);
      if (last->drifted.empty()) return set("Drifted", "False", "NoDrift", "everything is as it was applied");
      std::string addresses;
      for (const auto& address : last->drifted) addresses += (addresses.empty() ? "" : ", ") + address;
      return set("Drifted", "True", "Drifted", "changed outside Terraform: " + addresses);
    }
    if (last && last->outcome == RunOutcome::Succeeded && last->operation == RunOperation::Apply) {
      return set("Drifted", "False", "Applied", "everything is as it was applied");
    }
    if (!kube::find_condition(conditions_, "Drifted")) set("Drifted", "Unknown", "NotChecked", "not looked at yet");
  }

  void state() {
    if (!managed()) return set("StateHealthy", "True", "NotManaged", "there is no Terraform state");
    const bool lost = decision_.reason == "StateLost" || (seen_.last && seen_.last->reason == "StateLost") ||
                      (seen_.last && seen_.last->reason == "BundleLost");
    if (lost) {
      return set("StateHealthy", "False", "StateLost",
                 seen_.last && !seen_.last->message.empty() ? seen_.last->message : decision_.message);
    }
    if (seen_.last && seen_.last->reason == "StateNotWritten") {
      return set("StateHealthy", "False", "StateNotWritten", seen_.last->message);
    }
    const auto& state = seen_.last && seen_.last->state ? seen_.last->state : cluster_.status.state;
    if (!state || state->lineage.empty()) return set("StateHealthy", "Unknown", "NoState", "there is no state yet");
    set("StateHealthy", "True", "Consistent",
        std::to_string(state->resources) + " resources at serial " + std::to_string(state->serial));
  }

  // kstatus: Reconciling and Stalled never together; with neither, Ready has to be true or a client waits for ever.
  enum class Progress { kAtRest, kUnderWay, kStalled };

  Progress progress() const {
    if (decision_.health == Health::kGood) return Progress::kAtRest;
    if (decision_.suspended) {
      // A run that has begun goes on to its end; after that nothing happens until a person takes spec.suspend back.
      const bool running = seen_.run && !seen_.run->ended;
      return running ? Progress::kUnderWay : Progress::kStalled;
    }
    const bool person = decision_.health == Health::kStalled || decision_.health == Health::kApproval;
    return person ? Progress::kStalled : Progress::kUnderWay;
  }

  void reconciling() {
    const bool under_way = progress() == Progress::kUnderWay;
    if (under_way && decision_.suspended) {
      return set("Reconciling", "True", "RunInProgress", "the run that has begun goes on; nothing follows it");
    }
    if (under_way) return set("Reconciling", "True", decision_.reason, decision_.message);
    if (decision_.suspended) return set("Reconciling", "False", "Suspended", "spec.suspend is set");
    set("Reconciling", "False", "AtRest", "nothing is under way");
  }

  void stalled() {
    if (progress() == Progress::kStalled) return set("Stalled", "True", decision_.reason, decision_.message);
    set("Stalled", "False", "NotStalled", "nothing is in the way");
  }

  const crds::Cluster& cluster_;
  const Observation& seen_;
  const Decision& decision_;
  kube::Conditions conditions_;
};

void learn_from_outputs(crds::ClusterStatus& status, const Observation& seen) {
  status.outputs.clear();
  for (const auto& member : seen.outputs) status.outputs.emplace(std::string(member.key()), member.value());
  status.endpoint = seen.endpoint;
  status.public_ips.clear();
  if (const auto* ips = kube::array_at(seen.outputs, "public_ips")) {
    for (const auto& ip : *ips) {
      if (ip.is_string()) status.public_ips.emplace_back(ip.get_string());
    }
  }
  if (const auto* gateway = kube::object_at(seen.outputs, "gateway")) {
    status.gateway = crds::ClusterGateway{.scheme = std::string(kube::string_at(*gateway, "scheme")),
                                          .domain = std::string(kube::string_at(*gateway, "domain")),
                                          .port = kube::int_at(*gateway, "port")};
  }
}

}  // namespace

crds::ClusterStatus summarize(const crds::Cluster& cluster, const Observation& seen, const Decision& decision) {
  crds::ClusterStatus status = cluster.status;
  status.observed_generation = cluster.metadata.generation;
  status.phase = decision.phase;
  status.message = terraform::shortened(decision.message, kLongestMessage);
  status.demo_count = static_cast<std::int64_t>(seen.demos.size());

  if (cluster.spec.source.terraform) {
    if (seen.run_namespace == NamespaceState::kActive) status.run_namespace = crds::run_namespace(cluster.metadata.uid);
    if (seen.last && seen.last->plan) status.plan = seen.last->plan;
    if (seen.last && seen.last->state) status.state = seen.last->state;
  }
  if (decision.deletion == Deletion::kTearDown) {
    status.kubeconfig_ref.reset();
  } else if (seen.access) {
    learn_from_outputs(status, seen);
    if (cluster.spec.source.terraform) {
      status.kubeconfig_ref = crds::ObjectRef{.name = std::string(terraform::names::kOutputs),
                                              .namespace_ = crds::run_namespace(cluster.metadata.uid)};
    } else if (cluster.spec.source.kubeconfig_ref) {
      status.kubeconfig_ref =
          crds::ObjectRef{.name = cluster.spec.source.kubeconfig_ref->name, .namespace_ = cluster.metadata.namespace_};
    }
  }
  if (seen.agent.report != crds::ClusterAgent{}) status.agent = seen.agent.report;
  status.conditions = Conditions(cluster, seen, decision).all();
  return status;
}

std::vector<Notice> notices(const crds::ClusterStatus& before, const crds::ClusterStatus& after) {
  std::vector<Notice> events;
  const auto* was = kube::find_condition(before.conditions, crds::cluster_conditions::kStalled);
  const auto* is = kube::find_condition(after.conditions, crds::cluster_conditions::kStalled);
  const bool stalled = is && is->status == "True";
  if (stalled && (!was || was->status != "True" || was->reason != is->reason || was->message != is->message)) {
    events.push_back({.warning = is->reason != "AwaitingApproval" && is->reason != "Suspended",
                      .reason = is->reason,
                      .message = is->message});
  }
  const auto* waiting = kube::find_condition(after.conditions, crds::cluster_conditions::kReady);
  const auto* waited = kube::find_condition(before.conditions, crds::cluster_conditions::kReady);
  const bool failed = waiting && waiting->status != "True" && !stalled &&
                      (waiting->reason.ends_with("Failed") || waiting->reason.ends_with("Error") ||
                       waiting->reason.ends_with("Missing") || waiting->reason == "Throttled" ||
                       waiting->reason == "RunDied" || waiting->reason == "StateLocked");
  if (failed && (!waited || waited->reason != waiting->reason)) {
    events.push_back({.warning = true, .reason = waiting->reason, .message = waiting->message});
  }
  if (before.phase != after.phase && !stalled) {
    events.push_back({.warning = after.phase == ClusterPhase::Unreachable,
                      .reason = std::string(kube::codec::enum_name(after.phase)),
                      .message = after.message});
  }
  const auto* drift_before = kube::find_condition(before.conditions, crds::cluster_conditions::kDrifted);
  const auto* drift = kube::find_condition(after.conditions, crds::cluster_conditions::kDrifted);
  if (drift && drift->status == "True" && (!drift_before || drift_before->message != drift->message)) {
    events.push_back({.warning = true, .reason = "Drifted", .message = drift->message});
  }
  return events;
}

}  // namespace causeway::op::cluster
