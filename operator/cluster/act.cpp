#include "operator/cluster/act.hpp"

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "kube/runtime/finalizer.hpp"
#include "operator/cluster/job.hpp"
#include "operator/cluster/run_namespace.hpp"

namespace causeway::op::cluster {

namespace json = kube::json;
namespace names = terraform::names;
namespace resources = kube::resources;

namespace {

constexpr std::size_t kRunsKept = 5;

terraform::RunInput run_input(const crds::Cluster& cluster, const StartRun& run, const Seen& seen) {
  terraform::RunInput input;
  input.run_id = terraform::run_name(run.number);
  input.operation = run.operation;
  input.cluster_namespace = cluster.metadata.namespace_;
  input.cluster_name = cluster.metadata.name;
  input.cluster_uid = cluster.metadata.uid;
  input.generation = cluster.metadata.generation;
  input.provider = cluster.spec.source.terraform->provider;
  input.variables = seen.inputs.variables;
  input.approval = cluster.spec.approval;
  input.approved_plan = cluster.spec.approved_plan;
  input.expected_state = cluster.status.state;
  input.timeouts = cluster.spec.terraform.timeouts;
  input.attempt = run.attempt;
  input.inputs_hash = seen.inputs.inputs_hash;
  input.retry_key = seen.inputs.retry_key;
  return input;
}

}  // namespace

kube::Result<void> Actor::apply(const kube::ResourceType& type, const kube::Object& object) const {
  auto r = client_.apply(type, object, {.field_manager = kFieldManager, .force = true});
  if (!r) return r.error();
  return {};
}

kube::Result<void> Actor::start_run(const crds::Cluster& cluster, const StartRun& run, const Seen& seen) const {
  for (const auto& [type, object] : run_namespace_objects(cluster)) {
    auto r = apply(type, object);
    if (r) continue;
    // A tenant's namespace that is going takes the right to show progress with it, and nothing else.
    const bool outside = kube::namespace_of(object) == cluster.metadata.namespace_;
    if (outside && cluster.metadata.deleting() && r.error().forbidden()) continue;
    return r;
  }
  if (auto r = write_input(cluster, run, seen); !r) return r;

  const std::string& provider = cluster.spec.source.terraform->provider;
  auto overlay = runner_overlay(provider);
  if (!overlay) return overlay.error();
  auto created = client_.create(resources::kJob, run_job(cluster, run, runner_image(settings_, provider), *overlay),
                                {.field_manager = kFieldManager});
  if (!created && !created.error().already_exists()) return created.error();
  base::log::info("started a run", {{"run", terraform::run_name(run.number)},
                                    {"operation", std::string(operation_word(run.operation))},
                                    {"attempt", run.attempt}});
  forget_old_runs(cluster, seen);
  return {};
}

kube::Result<void> Actor::write_input(const crds::Cluster& cluster, const StartRun& run, const Seen& seen) const {
  const std::string ns = crds::run_namespace(cluster.metadata.uid);
  const json::object own{{"app.kubernetes.io/managed-by", "causeway"}, {labels::kClusterUid, cluster.metadata.uid}};
  // A copy, so that a deleted Secret, or a deleted tenant, does not take away the means to destroy. One that cannot be
  // found any more leaves the last copy in place.
  if (seen.inputs.has_credentials) {
    auto credentials = kube::make_object(resources::kSecret, ns, names::kCredentials);
    credentials["metadata"].as_object()["labels"] = own;
    credentials["data"] = seen.inputs.credentials;
    if (auto r = apply(resources::kSecret, credentials); !r) return r;
  }
  auto input = kube::make_object(resources::kSecret, ns, names::kInput);
  input["metadata"].as_object()["labels"] = own;
  input["data"] =
      json::object{{names::kInputKey, base::base64_encode(terraform::to_text(run_input(cluster, run, seen)))},
                   {names::kSecretVariablesKey, base::base64_encode(json::serialize(seen.inputs.secret_variables))}};
  return apply(resources::kSecret, input);
}

kube::Result<json::value> Actor::runner_overlay(const std::string& provider) const {
  const std::string name = "terraform-runner-" + provider;
  auto map = client_.get(resources::kConfigMap, settings_.system_namespace, name);
  if (!map) {
    if (map.error().not_found()) return json::value(nullptr);
    return map.error();
  }
  const auto* data = kube::object_at(*map, "data");
  const auto* text = data ? data->if_contains("podSpec.json") : nullptr;
  if (!text || !text->is_string()) return json::value(nullptr);
  boost::system::error_code error;
  auto overlay = json::parse(text->get_string(), error);
  if (error || !overlay.is_object()) {
    return kube::Error::local("ConfigMap " + settings_.system_namespace + "/" + name +
                              ": podSpec.json is not a JSON object");
  }
  return overlay;
}

// The next number follows from the highest Job; the few before it are kept for people to look at.
void Actor::forget_old_runs(const crds::Cluster& cluster, const Seen& seen) const {
  for (std::size_t i = 0; i + kRunsKept < seen.runs.size() + 1; ++i) {
    auto r =
        client_.remove(resources::kJob, crds::run_namespace(cluster.metadata.uid), terraform::run_name(seen.runs[i]));
    if (!r) base::log::warn("cannot remove an old run", {{"error", r.error().message}});
  }
}

kube::Result<Actor::Bootstrap> Actor::bootstrap(const crds::Cluster& cluster, const Seen& seen,
                                                std::stop_token stop) const {
  if (auto r = federation::ensure_hub_side(client_, cluster, settings_); !r) return r.error();
  auto state = federation::bootstrap(client_, cluster, *seen.access, settings_, stop);
  if (!state) return state.error();
  if (!state->done) return Bootstrap{false, state->message};

  const auto value = bootstrapped_value(seen.observation.bootstrap_wanted, clock_.wall());
  auto patched = client_.patch(
      crds::Cluster::kResource, cluster.metadata.namespace_, cluster.metadata.name, kube::PatchType::kMerge,
      json::object{{"metadata", {{"annotations", {{kBootstrapped, value}}}}}}, {.field_manager = kFieldManager});
  if (!patched) return patched.error();
  return Bootstrap{true, state->message};
}

kube::Result<std::string> Actor::leave_region(const crds::Cluster& cluster, const Seen& seen,
                                              std::stop_token stop) const {
  // What Terraform made goes as a whole, unless it is to stay.
  if (cluster.spec.source.terraform && cluster.spec.deletion_policy != crds::DeletionPolicy::Retain)
    return std::string{};
  if (seen.access) return federation::unbootstrap(client_, cluster, *seen.access, settings_, std::move(stop));
  if (seen.observation.bootstrapped.empty()) return std::string{};
  // Said once: the namespace goes with the first tear_down().
  auto home = client_.get(resources::kNamespace, "", federation::region_namespace(cluster));
  if (!home && !home.error().not_found()) return home.error();
  if (!home || kube::deleting(*home)) return std::string{};
  return "what Causeway installed in the region stays there: " + seen.observation.access_missing;
}

kube::Result<bool> Actor::tear_down(const crds::Cluster& cluster) const {
  if (auto r = federation::remove_hub_side(client_, cluster); !r) {
    if (r.error().reason == "Terminating") return false;
    return r.error();
  }
  for (const auto& [type, key] : outside_run_namespace(cluster)) {
    if (auto r = client_.remove(type, key.ns, key.name); !r) return r.error();
  }
  const std::string ns = crds::run_namespace(cluster.metadata.uid);
  const bool retained = cluster.spec.source.terraform && cluster.spec.deletion_policy == crds::DeletionPolicy::Retain;
  if (retained) {
    // State and bundle stay for whoever takes the infrastructure over; what could act on it does not.
    for (std::string_view secret : {names::kCredentials, names::kInput}) {
      if (auto r = client_.remove(resources::kSecret, ns, secret); !r && !r.error().not_found()) return r.error();
    }
    if (auto r = client_.remove_all(resources::kJob, ns, {}); !r && !r.error().not_found()) return r.error();
  } else {
    if (auto r = client_.remove(resources::kNamespace, "", ns); !r) return r.error();
    auto left = client_.get(resources::kNamespace, "", ns);
    if (left) return false;
    if (!left.error().not_found()) return left.error();
  }
  if (auto r = kube::remove_finalizer(client_, crds::Cluster::kResource, cluster.metadata, kFinalizer); !r) {
    return r.error();
  }
  return true;
}

}  // namespace causeway::op::cluster
