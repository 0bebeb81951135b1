#include "operator/cluster/job.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "crds/assignment/assignment.hpp"
#include "kube/core/quantity.hpp"
#include "operator/terraform/scrub.hpp"

namespace causeway::op::cluster {

namespace json = kube::json;
namespace names = terraform::names;
using namespace std::chrono_literals;

namespace {

constexpr auto kGrace = 10min;  // of the pod; terraform gets nine of them to save its state

std::int64_t seconds(base::Duration d) {
  return std::chrono::duration_cast<std::chrono::seconds>(d).count();
}

base::Duration duration_or(const std::string& text, base::Duration fallback) {
  auto parsed = kube::parse_duration(text);
  return parsed && *parsed > 0s ? *parsed : fallback;
}

// The run keeps its own deadlines, stage by stage; this one is for a run that cannot even do that. A recovery before
// the run itself may take as long again.
base::Duration last_resort(const crds::TerraformTimeouts& timeouts) {
  const auto apply = duration_or(timeouts.apply, 60min);
  const auto destroy = duration_or(timeouts.destroy, 60min);
  return 2 * (duration_or(timeouts.plan, 10min) + std::max(apply, destroy)) + 30min;
}

constexpr std::size_t kLongestWords = 512;

// The member by which items of a list are the same thing, or "" where the list is replaced as a whole.
std::string_view key_of_items(std::string_view list) {
  if (list == "volumeMounts") return "mountPath";
  for (std::string_view named : {"containers", "initContainers", "volumes", "env", "imagePullSecrets", "hostAliases"}) {
    if (list == named) return "name";
  }
  return {};
}

void overlay_value(json::value& into, const json::value& overlay, std::string_view name);

void overlay_list(json::array& into, const json::array& overlay, std::string_view key) {
  for (const auto& item : overlay) {
    const auto* object = item.if_object();
    const auto* id = object ? object->if_contains(key) : nullptr;
    auto same = std::find_if(into.begin(), into.end(), [&](const json::value& existing) {
      const auto* other = existing.if_object() ? existing.get_object().if_contains(key) : nullptr;
      return id && other && *other == *id;
    });
    if (object && !id && !into.empty()) same = into.begin();
    if (same == into.end()) {
      into.push_back(item);
    } else {
      overlay_value(*same, item, {});
    }
  }
}

void overlay_value(json::value& into, const json::value& overlay, std::string_view name) {
  if (into.is_object() && overlay.is_object()) {
    for (const auto& member : overlay.get_object()) {
      overlay_value(into.get_object()[member.key()], member.value(), member.key());
    }
    return;
  }
  const auto key = key_of_items(name);
  if (into.is_array() && overlay.is_array() && !key.empty()) {
    overlay_list(into.get_array(), overlay.get_array(), key);
    return;
  }
  into = overlay;
}

json::object labels_of(const crds::Cluster& cluster, const StartRun& run) {
  return {{"app.kubernetes.io/managed-by", "causeway"},
          {labels::kComponent, labels::kTerraformRun},
          {labels::kClusterUid, cluster.metadata.uid},
          {labels::kClusterName, cluster.metadata.name},
          {labels::kClusterNamespace, cluster.metadata.namespace_},
          {labels::kOperation, operation_word(run.operation)},
          {labels::kAttempt, std::to_string(run.attempt)}};
}

json::object container(const crds::Cluster& cluster, const StartRun& run, const std::string& image) {
  const std::string ns = crds::run_namespace(cluster.metadata.uid);
  return {
      {"name", "terraform"},
      {"image", image},
      {"command", {"causeway-operator", "terraform-run"}},
      {"args",
       {"--cluster=" + cluster.metadata.namespace_ + "/" + cluster.metadata.name,
        "--operation=" + std::string(operation_word(run.operation)), "--run-namespace=" + ns,
        "--run-id=" + terraform::run_name(run.number), "--grace=" + std::to_string(seconds(kGrace - 1min))}},
      {"env", {json::object{{"name", "HOME"}, {"value", "/tmp"}}}},
      {"terminationMessagePolicy", "FallbackToLogsOnError"},
      {"resources", {{"requests", {{"cpu", "50m"}, {"memory", "128Mi"}}}, {"limits", {{"memory", "2Gi"}}}}},
      {"securityContext",
       {{"allowPrivilegeEscalation", false}, {"readOnlyRootFilesystem", true}, {"capabilities", {{"drop", {"ALL"}}}}}},
      {"volumeMounts", {json::object{{"name", "tmp"}, {"mountPath", "/tmp"}}}}};
}

}  // namespace

std::string_view operation_word(crds::RunOperation operation) {
  switch (operation) {
    case crds::RunOperation::Plan:
      return "plan";
    case crds::RunOperation::Apply:
      return "apply";
    case crds::RunOperation::Destroy:
      return "destroy";
    case crds::RunOperation::Refresh:
      return "refresh";
  }
  return "apply";
}

void overlay_pod_spec(kube::Object& pod_spec, const kube::Object& overlay) {
  for (const auto& member : overlay) overlay_value(pod_spec[member.key()], member.value(), member.key());
}

kube::Object run_job(const crds::Cluster& cluster, const StartRun& run, const std::string& image,
                     const json::value& overlay) {
  const auto labels = labels_of(cluster, run);
  json::object pod_spec{{"restartPolicy", "Never"},
                        {"serviceAccountName", names::kServiceAccount},
                        {"terminationGracePeriodSeconds", seconds(kGrace)},
                        {"securityContext",
                         {{"runAsNonRoot", true},
                          {"runAsUser", 65532},
                          {"runAsGroup", 65532},
                          {"fsGroup", 65532},
                          {"seccompProfile", {{"type", "RuntimeDefault"}}}}},
                        {"containers", json::array{container(cluster, run, image)}},
                        {"volumes", {json::object{{"name", "tmp"}, {"emptyDir", json::object()}}}}};
  if (const auto* object = overlay.if_object()) overlay_pod_spec(pod_spec, *object);

  auto job = kube::make_object(kube::resources::kJob, crds::run_namespace(cluster.metadata.uid),
                               terraform::run_name(run.number));
  job["metadata"].as_object()["labels"] = labels;
  job["spec"] = json::object{
      // One pod, once. Trying again is a new run, which knows what to make up for.
      {"backoffLimit", 0},
      {"podReplacementPolicy", "Failed"},
      {"activeDeadlineSeconds", seconds(last_resort(cluster.spec.terraform.timeouts))},
      {"template",
       {{"metadata",
         {{"labels", labels}, {"annotations", {{"cluster-autoscaler.kubernetes.io/safe-to-evict", "false"}}}}},
        {"spec", std::move(pod_spec)}}}};
  return job;
}

std::optional<ObservedRun> observe_job(const kube::Object& job) {
  const auto number = terraform::run_number(kube::name_of(job));
  if (!number || kube::label_of(job, labels::kComponent) != labels::kTerraformRun) return std::nullopt;
  ObservedRun run;
  run.number = *number;
  const auto attempt = kube::label_of(job, labels::kAttempt);
  std::from_chars(attempt.data(), attempt.data() + attempt.size(), run.attempt);
  const auto word = kube::label_of(job, labels::kOperation);
  for (auto operation : {crds::RunOperation::Plan, crds::RunOperation::Apply, crds::RunOperation::Destroy,
                         crds::RunOperation::Refresh}) {
    if (word == operation_word(operation)) run.operation = operation;
  }
  if (auto created = base::parse_time(kube::string_at(job, "metadata.creationTimestamp"))) run.created = *created;
  for (const auto& condition : kube::conditions_of(job)) {
    if ((condition.type != "Complete" && condition.type != "Failed") || condition.status != "True") continue;
    run.ended = true;
    if (auto ended = base::parse_time(condition.last_transition_time)) run.ended_at = *ended;
  }
  return run;
}

std::string why_waiting(const kube::Object& pod) {
  for (const auto& condition : kube::conditions_of(pod)) {
    if (condition.type == "PodScheduled" && condition.status == "False") {
      return condition.message.empty() ? condition.reason : condition.message;
    }
  }
  const auto* statuses = kube::array_at(pod, "status.containerStatuses");
  for (const auto& status : statuses ? *statuses : json::array()) {
    const auto* waiting = status.is_object() ? kube::object_at(status.get_object(), "state.waiting") : nullptr;
    if (!waiting) continue;
    const std::string reason(kube::string_at(*waiting, "reason"));
    const std::string message(kube::string_at(*waiting, "message"));
    return message.empty() ? reason : reason + ": " + message;
  }
  return {};
}

std::string last_words(const kube::Object& pod) {
  // Evicted, or out of time: the pod as a whole was ended.
  const std::string whole(kube::string_at(pod, "status.message"));
  if (!whole.empty()) return whole;
  const auto* statuses = kube::array_at(pod, "status.containerStatuses");
  for (const auto& status : statuses ? *statuses : json::array()) {
    const auto* ended = status.is_object() ? kube::object_at(status.get_object(), "state.terminated") : nullptr;
    if (!ended) continue;
    std::string words = "exit code " + std::to_string(kube::int_at(*ended, "exitCode"));
    const auto reason = kube::string_at(*ended, "reason");
    if (!reason.empty() && reason != "Error" && reason != "Completed") words += ", " + std::string(reason);
    auto log = kube::string_at(*ended, "message");
    while (!log.empty() && log.back() == '\n') log.remove_suffix(1);
    const auto line = log.rfind('\n');
    if (line != log.npos) log.remove_prefix(line + 1);
    if (!log.empty()) words += ": " + terraform::shortened(std::string(log), kLongestWords);
    return words;
  }
  return {};
}

}  // namespace causeway::op::cluster
