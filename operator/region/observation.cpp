#include "operator/region/observation.hpp"

#include <algorithm>
#include <chrono>

#include "operator/region/workload.hpp"

namespace causeway::op::region {

using crds::AssignmentStage;
using kube::Object;

namespace {

struct Trouble {
  std::string reason, message;
  bool unschedulable = false;
};

bool pod_ready(const Object& pod) {
  return !kube::deleting(pod) && kube::condition_is_true(kube::conditions_of(pod), "Ready");
}

std::string_view record_of(const Object& pod) {
  return kube::annotation_of(pod, kAnnotationDeployment);
}

std::optional<base::WallTime> time_at(const Object& object, std::string_view path) {
  const auto text = kube::string_at(object, path);
  if (text.empty()) return {};
  const auto time = base::parse_time(text);
  return time ? std::optional(*time) : std::nullopt;
}

Trouble never_answered(const crds::Assignment& a) {
  return {"NeverAnswered", "the application did not answer on port " + std::to_string(a.spec.port) + " within " +
                               std::to_string(startup_seconds(a)) + " s; does it listen on 0.0.0.0 and on $PORT?"};
}

// The kubelet ended this run because the startup probe never succeeded. Neither the exit code (the application may
// catch the signal) nor `started` (it is of the run now) tells; what does: the run lasted as long as the probe allows,
// and the pod was never ready in it. A pod that was has changed its Ready condition after the run began.
bool ended_unanswered(const Object& run, const Object& pod, int allowed_seconds) {
  const auto began = time_at(run, "startedAt"), ended = time_at(run, "finishedAt");
  if (!began || !ended || *ended - *began < std::chrono::seconds(allowed_seconds)) return false;
  const auto conditions = kube::conditions_of(pod);
  const auto* ready = kube::find_condition(conditions, "Ready");
  if (!ready) return true;
  const auto changed = base::parse_time(ready->last_transition_time);
  return ready->status != "True" && (!changed || *changed <= *began);
}

// Why this container does not run, in words of somebody who can change it.
std::optional<Trouble> container_trouble(const crds::Assignment& a, const Object& pod, const Object& status) {
  const auto waiting = kube::string_at(status, "state.waiting.reason");
  const auto detail = std::string(kube::string_at(status, "state.waiting.message"));
  if (waiting == "ImagePullBackOff" || waiting == "ErrImagePull" || waiting == "InvalidImageName")
    return Trouble{"ImagePullFailed", "the image cannot be pulled: " + detail};
  if (waiting == "CreateContainerConfigError" || waiting == "CreateContainerError" || waiting == "RunContainerError")
    return Trouble{"ContainerNotCreated", "the container cannot be created: " + detail};
  const auto restarts = kube::int_at(status, "restartCount");
  const auto* last = kube::object_at(status, "lastState.terminated");
  const auto* now = kube::object_at(status, "state.terminated");
  const Object* ended = now ? now : last;
  if (ended && (waiting == "CrashLoopBackOff" || restarts > 0 || now)) {
    if (kube::string_at(*ended, "reason") == "OOMKilled")
      return Trouble{"OutOfMemory", "the application used more memory than resources.memory allows and was killed"};
    if (!kube::bool_at(status, "started") && ended_unanswered(*ended, pod, startup_seconds(a)))
      return never_answered(a);
    const auto code = std::to_string(kube::int_at(*ended, "exitCode"));
    if (waiting == "CrashLoopBackOff" || restarts > 1)
      return Trouble{"Crashing", "the application ends by itself (exit code " + code + ", started " +
                                     std::to_string(restarts + 1) + " times); its log says why"};
  }
  return {};
}

std::optional<Trouble> pod_trouble(const crds::Assignment& a, const Object& pod) {
  for (const auto& c : kube::conditions_of(pod)) {
    if (c.type == "PodScheduled" && c.status == "False" && c.reason == "Unschedulable")
      return Trouble{"NoCapacity", "no node of this region can take it: " + c.message, true};
  }
  if (const auto* statuses = kube::array_at(pod, "status.containerStatuses")) {
    for (const auto& s : *statuses)
      if (auto t = container_trouble(a, pod, s.as_object())) return t;
  }
  return {};
}

// The status of every container of the version that is wanted.
std::vector<const Object*> wanted_containers(const crds::Assignment& a, const Observation& seen) {
  std::vector<const Object*> out;
  for (const auto& pod : seen.pods) {
    if (kube::deleting(*pod) || record_of(*pod) != a.spec.deployment) continue;
    const auto* statuses = kube::array_at(*pod, "status.containerStatuses");
    if (!statuses) continue;
    for (const auto& s : *statuses) out.push_back(&s.as_object());
  }
  return out;
}

bool any_runs(const std::vector<const Object*>& containers) {
  return std::any_of(containers.begin(), containers.end(),
                     [](const Object* c) { return kube::object_at(*c, "state.running") != nullptr; });
}

// A container runs and has been silent for as long as it may.
bool too_long_silent(const crds::Assignment& a, const Observation& seen, base::WallTime now) {
  const auto containers = wanted_containers(a, seen);
  return std::any_of(containers.begin(), containers.end(), [&](const Object* c) {
    const auto began = time_at(*c, "state.running.startedAt");
    return began && !kube::bool_at(*c, "started") && now - *began >= std::chrono::seconds(startup_seconds(a));
  });
}

// The Deployment's status is about the version that is wanted: it is asked for, and seen by its controller.
bool speaks_of_wanted(const crds::Assignment& a, const Object& d) {
  if (kube::int_at(d, "status.observedGeneration") < kube::int_at(d, "metadata.generation")) return false;
  const auto* annotations = kube::object_at(d, "spec.template.metadata.annotations");
  const auto* record = annotations ? annotations->if_contains(kAnnotationDeployment) : nullptr;
  return record && record->is_string() && record->get_string() == a.spec.deployment;
}

// Trouble of the version that is wanted, not of what it replaces.
std::optional<Trouble> find_trouble(const crds::Assignment& a, const Observation& seen, base::WallTime now) {
  for (const auto& pod : seen.pods) {
    if (kube::deleting(*pod) || record_of(*pod) != a.spec.deployment) continue;
    if (auto t = pod_trouble(a, *pod)) return t;
  }
  if (seen.deployment && speaks_of_wanted(a, *seen.deployment)) {
    for (const auto& c : kube::conditions_of(*seen.deployment)) {
      if (c.type == "ReplicaFailure" && c.status == "True") return Trouble{"PodsRefused", c.message};
      // The Deployment's patience also ends while an image is being pulled: that is not the application's silence.
      if (c.type == "Progressing" && c.status == "False" && c.reason == "ProgressDeadlineExceeded" &&
          too_long_silent(a, seen, now))
        return never_answered(a);
    }
  }
  return {};
}

void set_conditions(crds::AssignmentStatus& s, std::int64_t generation, base::WallTime now) {
  const bool stalled = s.stage == AssignmentStage::RuntimeError;
  const bool settled = s.stage == AssignmentStage::Running || s.stage == AssignmentStage::Paused ||
                       s.stage == AssignmentStage::Absent || s.stage == AssignmentStage::Sleeping;
  const std::string reason = s.reason.empty() ? std::string("AsAsked") : s.reason;
  const auto set = [&](std::string_view type, bool status) {
    kube::set_condition(s.conditions,
                        {.type = std::string(type),
                         .status = status ? "True" : "False",
                         .observed_generation = generation,
                         .last_transition_time = {},
                         .reason = reason,
                         .message = s.message},
                        now);
  };
  set(crds::assignment_conditions::kReady, s.ready);
  set(crds::assignment_conditions::kReconciling, !settled && !stalled);
  set(crds::assignment_conditions::kStalled, stalled);
}

}  // namespace

bool rolled_out(const crds::Assignment& a, const Observation& seen) {
  if (!seen.deployment || a.spec.paused) return false;
  const Object& d = *seen.deployment;
  if (!speaks_of_wanted(a, d)) return false;
  const auto wanted = kube::int_at(d, "spec.replicas", 1);
  return kube::int_at(d, "status.updatedReplicas") == wanted && kube::int_at(d, "status.readyReplicas") >= wanted &&
         kube::int_at(d, "status.replicas") == wanted;
}

crds::AssignmentStatus judge(const crds::Assignment& a, const Observation& seen, base::WallTime now) {
  crds::AssignmentStatus s;
  s.conditions = a.status.conditions;
  s.observed_epoch = a.spec.epoch;
  s.observed_generation = a.metadata.generation;

  const auto settle = [&](AssignmentStage stage, bool ready, std::string reason, std::string message) {
    s.stage = stage;
    s.ready = ready;
    s.reason = std::move(reason);
    s.message = std::move(message);
    set_conditions(s, a.metadata.generation, now);
    return s;
  };

  for (const auto& pod : seen.pods) {
    if (kube::deleting(*pod)) continue;
    ++s.replicas;
    if (pod_ready(*pod)) {
      ++s.ready_replicas;
      // While two versions run, the one that is asked for counts as serving only when nothing else is left.
      if (s.deployment.empty() || record_of(*pod) != a.spec.deployment) s.deployment = std::string(record_of(*pod));
    }
  }

  if (a.spec.desired == crds::Desired::Absent) {
    s.deployment.clear();
    if (seen.anything_left || !seen.pods.empty())
      return settle(AssignmentStage::Pending, false, "Removing", "the workload is being removed");
    return settle(AssignmentStage::Absent, false, "Removed", "nothing of this demo is left in the region");
  }
  if (a.spec.paused) {
    s.deployment.clear();
    if (s.replicas > 0) return settle(AssignmentStage::Pending, false, "Pausing", "pods are being stopped");
    return settle(AssignmentStage::Paused, false, "Paused", "paused; it starts again when spec.paused is false");
  }

  if (rolled_out(a, seen)) {
    s.deployment = a.spec.deployment;
    const bool was_running = a.status.stage == AssignmentStage::Running && a.status.deployment == a.spec.deployment &&
                             a.status.observed_epoch == a.spec.epoch;
    if (seen.gateway ? seen.gateway->served : was_running) return settle(AssignmentStage::Running, true, "Serving", "");
    return settle(AssignmentStage::AppStarting, false, "GatewayNotReady",
                  "the pods are ready; the gateway does not serve them yet" +
                      (seen.gateway && !seen.gateway->what.empty() ? " (" + seen.gateway->what + ")" : std::string()));
  }

  const auto trouble = find_trouble(a, seen, now);
  if (s.ready_replicas > 0) {  // something serves, though not (only) what is wanted
    if (trouble)
      return settle(AssignmentStage::Running, true, trouble->reason,
                    "the new version does not start, the previous one serves on: " + trouble->message);
    if (s.deployment == a.spec.deployment) {
      const bool draining =
          std::any_of(seen.pods.begin(), seen.pods.end(), [](const auto& pod) { return kube::deleting(*pod); });
      if (draining && s.ready_replicas >= a.spec.replicas)
        return settle(AssignmentStage::RunningAppStarting, true, "Draining",
                      "the new version answers; the previous one is being stopped");
      return settle(AssignmentStage::RunningAppStarting, true, "Scaling", "not all replicas are ready yet");
    }
    return settle(AssignmentStage::RunningAppStarting, true, "RollingOut",
                  "the new version starts; the previous one serves until it answers");
  }
  if (trouble) {
    return settle(trouble->unschedulable ? AssignmentStage::Unschedulable : AssignmentStage::RuntimeError, false,
                  trouble->reason, trouble->message);
  }
  return settle(AssignmentStage::AppStarting, false, "Starting",
                any_runs(wanted_containers(a, seen)) ? "waiting for the application's first answer"
                                                     : "waiting for the container to start; its image comes first");
}

}  // namespace causeway::op::region
