#include "operator/build/job.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "crds/annotations.hpp"
#include "kube/core/codec.hpp"

namespace causeway::op::build {
namespace {

namespace json = boost::json;

constexpr int kRetries = 4;           // of failures that may pass by themselves
constexpr int kTokenSeconds = 600;    // the shortest that Kubernetes makes; the kubelet renews it
constexpr int kDeadlineReserve = 60;  // the pod's own deadline comes first, so that it can say what happened

json::object labels_of(const JobOptions& options, const std::string& id) {
  return {{"app.kubernetes.io/managed-by", "causeway"}, {"app.kubernetes.io/name", "build"},
          {"causeway.dev/demo", options.demo_name},     {"causeway.dev/demo-namespace", options.demo_namespace},
          {"causeway.dev/demo-uid", options.demo_uid},  {kBuildIdLabel, id}};
}

// The disk is limited by the volume, not by the resource ephemeral-storage, which nodes need not offer.
json::array volumes(const BuildSpec& spec, const JobOptions& options) {
  const auto file_of = [](const char* path, std::string_view annotation) {
    return json::object{{"path", path},
                        {"fieldRef", {{"fieldPath", "metadata.annotations['" + std::string(annotation) + "']"}}}};
  };
  json::array files{file_of("spec.json", kSpecAnnotation)};
  if (!options.git_ca_pem.empty()) files.push_back(file_of("git-ca.crt", kGitCaAnnotation));
  return {json::object{{"name", "spec"}, {"downwardAPI", {{"items", std::move(files)}}}},
          json::object{{"name", "registry-ca"}, {"configMap", {{"name", "registry-ca"}, {"optional", true}}}},
          json::object{{"name", "git"},
                       {"secret", {{"secretName", kGitSecret}, {"optional", true}, {"defaultMode", 0400}}}},
          json::object{{"name", "git-token"},
                       {"projected",
                        {{"defaultMode", 0400},
                         {"sources", json::array{json::object{{"serviceAccountToken",
                                                               {{"audience", git_audience(spec.repository)},
                                                                {"expirationSeconds", kTokenSeconds},
                                                                {"path", "token"}}}}}}}}},
          json::object{{"name", "storage"}, {"emptyDir", {{"sizeLimit", options.disk_limit}}}},
          json::object{{"name", "tmp"}, {"emptyDir", json::object{}}}};
}

json::array environment(const JobOptions& options) {
  json::array out;
  const auto set = [&](const char* name, const std::string& value) {
    if (!value.empty()) out.push_back(json::object{{"name", name}, {"value", value}});
  };
  set("OTEL_EXPORTER_OTLP_ENDPOINT", options.tracing_endpoint);
  set("TRACEPARENT", options.traceparent);
  return out;
}

json::object container(const JobOptions& options) {
  const auto mount = [](const char* name, const char* path, bool read_only) {
    return json::object{{"name", name}, {"mountPath", path}, {"readOnly", read_only}};
  };
  json::array arguments{"--spec=/run/causeway/build/spec.json", "--registry-certs=/run/causeway/registry",
                        "--git-credentials=/run/causeway/git", "--git-token=/run/causeway/git-token/token"};
  if (!options.git_ca_pem.empty()) arguments.push_back("--git-ca=/run/causeway/build/git-ca.crt");
  return {{"name", kContainer},
          {"image", options.builder_image},
          {"command", {"causeway-operator", "build-run"}},
          {"args", std::move(arguments)},
          {"env", environment(options)},
          {"resources",
           {{"requests", {{"cpu", options.cpu}, {"memory", options.memory}}},
            {"limits", {{"memory", options.memory_limit}}}}},
          {"terminationMessagePath", "/dev/termination-log"},
          {"securityContext", {{"privileged", false}, {"runAsUser", 0}}},
          {"volumeMounts",
           {mount("spec", "/run/causeway/build", true), mount("registry-ca", "/run/causeway/registry", true),
            mount("git", "/run/causeway/git", true), mount("git-token", "/run/causeway/git-token", true),
            mount("storage", "/var/lib/containers", false), mount("tmp", "/tmp", false)}}};
}

std::string_view condition_reason(const kube::Object& job, std::string_view type) {
  const auto* conditions = kube::array_at(job, "status.conditions");
  if (!conditions) return {};
  for (const auto& c : *conditions) {
    if (c.is_object() && kube::string_at(c.get_object(), "type") == type &&
        kube::string_at(c.get_object(), "status") == "True") {
      const auto reason = kube::string_at(c.get_object(), "reason");
      return reason.empty() ? std::string_view("Unknown") : reason;
    }
  }
  return {};
}

std::string condition_time(const kube::Object& job, std::string_view type) {
  const auto* conditions = kube::array_at(job, "status.conditions");
  if (!conditions) return {};
  for (const auto& c : *conditions) {
    if (c.is_object() && kube::string_at(c.get_object(), "type") == type)
      return std::string(kube::string_at(c.get_object(), "lastTransitionTime"));
  }
  return {};
}

const kube::Object* build_status(const kube::Object& pod) {
  const auto* statuses = kube::array_at(pod, "status.containerStatuses");
  if (!statuses) return nullptr;
  for (const auto& s : *statuses) {
    if (s.is_object() && kube::string_at(s.get_object(), "name") == kContainer) return &s.get_object();
  }
  return nullptr;
}

std::optional<BuildResult> result_of(const kube::Object& pod) {
  const auto* status = build_status(pod);
  if (!status) return std::nullopt;
  const auto message = kube::string_at(*status, "state.terminated.message");
  if (message.empty()) return std::nullopt;
  json::error_code error;
  const auto value = json::parse(json::string_view(message.data(), message.size()), error);
  if (error) return std::nullopt;
  auto result = kube::from_json<BuildResult>(value);
  if (!result) return std::nullopt;
  return *result;
}

// Why a pod that was not started yet is not.
std::string waiting_message(const kube::Object& pod) {
  if (const auto* status = build_status(pod)) {
    const auto reason = kube::string_at(*status, "state.waiting.reason");
    if (!reason.empty() && reason != "ContainerCreating" && reason != "PodInitializing")
      return "the build pod does not start: " + std::string(reason) + ": " +
             std::string(kube::string_at(*status, "state.waiting.message"));
  }
  if (const auto* conditions = kube::array_at(pod, "status.conditions")) {
    for (const auto& c : *conditions) {
      if (c.is_object() && kube::string_at(c.get_object(), "type") == "PodScheduled" &&
          kube::string_at(c.get_object(), "status") == "False") {
        return "the build pod waits for a node: " + std::string(kube::string_at(c.get_object(), "message"));
      }
    }
  }
  return "the build pod is starting";
}

}  // namespace

std::string job_name(std::string_view demo_name, const std::string& id) {
  std::string demo(demo_name.substr(0, 40));
  while (!demo.empty() && (demo.back() == '-' || demo.back() == '.')) demo.pop_back();
  std::replace(demo.begin(), demo.end(), '.', '-');
  return demo + "-" + id;
}

kube::Object job_for(const BuildSpec& spec, const JobOptions& options) {
  const auto id = build_id(spec);
  auto job = kube::make_object(kube::resources::kJob, options.ns, job_name(options.demo_name, id));
  const auto labels = labels_of(options, id);
  kube::set_at(job, "metadata.labels", labels);
  if (!options.traceparent.empty())
    kube::set_at(job, "metadata.annotations", json::object{{crds::kTraceparentAnnotation, options.traceparent}});
  const json::object pod_spec{{"restartPolicy", "Never"},
                              {"automountServiceAccountToken", false},
                              {"enableServiceLinks", false},
                              {"terminationGracePeriodSeconds", 10},
                              {"serviceAccountName", kBuildAccount},
                              {"containers", {container(options)}},
                              {"volumes", volumes(spec, options)}};
  json::object annotations{{kSpecAnnotation, json::serialize(kube::to_json(spec))}};
  if (!options.git_ca_pem.empty()) annotations[kGitCaAnnotation] = options.git_ca_pem;
  const json::object metadata{{"labels", labels}, {"annotations", std::move(annotations)}};
  job["spec"] = json::object{
      {"backoffLimit", kRetries},
      {"activeDeadlineSeconds", spec.timeout_seconds + kDeadlineReserve},
      // What only other inputs can cure is not tried again; everything else is, with the Job's back-off.
      {"podFailurePolicy",
       {{"rules",
         {json::object{
              {"action", "FailJob"},
              {"onExitCodes", {{"containerName", kContainer}, {"operator", "In"}, {"values", {kExitTerminal}}}}},
          json::object{{"action", "Ignore"},
                       {"onPodConditions", {json::object{{"type", "DisruptionTarget"}, {"status", "True"}}}}}}}}},
      {"template", {{"metadata", metadata}, {"spec", pod_spec}}}};
  return job;
}

JobView view_of(const kube::Object& job, const std::vector<kube::Object>& pods) {
  JobView view;
  view.started_at = kube::string_at(job, "status.startTime");
  // The newest pod speaks for the build.
  const kube::Object* newest = nullptr;
  for (const auto& pod : pods) {
    if (!newest ||
        kube::string_at(pod, "metadata.creationTimestamp") > kube::string_at(*newest, "metadata.creationTimestamp")) {
      newest = &pod;
    }
  }
  if (newest) view.pod = kube::name_of(*newest);

  if (!condition_reason(job, "Complete").empty()) {
    view.phase = JobView::Phase::kSucceeded;
    view.finished_at = kube::string_at(job, "status.completionTime");
    for (const auto& pod : pods) {
      const auto result = result_of(pod);
      if (result && !result->digest.empty()) {
        view.result = *result;
        view.pod = kube::name_of(pod);
      }
    }
    return view;
  }
  if (const auto reason = condition_reason(job, "Failed"); !reason.empty()) {
    view.phase = JobView::Phase::kFailed;
    view.finished_at = condition_time(job, "Failed");
    const auto result = newest ? result_of(*newest) : std::nullopt;
    if (reason == "DeadlineExceeded") {
      view.result = {{}, {}, BuildReason::Timeout, "the build took longer than spec.build.timeout"};
      if (result) view.result.message += "; last: " + result->message;
    } else if (result && result->reason != BuildReason::None) {
      view.result = *result;
    } else {
      view.result = {
          {}, {}, BuildReason::BuilderFailed, "the build pod ended without an answer (" + std::string(reason) + ")"};
      if (newest) {
        if (const auto* status = build_status(*newest)) {
          const auto why = kube::string_at(*status, "state.terminated.reason");
          if (!why.empty()) view.result.message += ": " + std::string(why);
        }
      }
    }
    return view;
  }
  const auto pod_phase = newest ? kube::string_at(*newest, "status.phase") : std::string_view();
  const auto result = newest ? result_of(*newest) : std::nullopt;
  // The Job notices the end of its pod a moment later.
  const bool ended = pod_phase == "Succeeded" || (pod_phase == "Failed" && result && !is_transient(result->reason));
  if (pod_phase == "Running" || ended) {
    view.phase = JobView::Phase::kRunning;
  } else {
    view.phase = JobView::Phase::kWaiting;
    view.message = newest ? waiting_message(*newest) : "the build is queued";
    if (pod_phase == "Failed")
      view.message = "the build is tried again soon" + (result ? ": " + result->message : std::string());
  }
  return view;
}

}  // namespace causeway::op::build
