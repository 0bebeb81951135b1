#include "operator/terraform/run_store.hpp"

#include "base/encoding.hpp"

namespace causeway::op::terraform {

namespace json = kube::json;
namespace resources = kube::resources;

namespace {

constexpr std::string_view kLockInfo = "app.terraform.io/lock-info";

std::string text_of(const kube::Object& config_map, std::string_view key) {
  const auto* data = kube::object_at(config_map, "data");
  const auto* value = data ? data->if_contains(key) : nullptr;
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

json::object parse_object(std::string_view text) {
  boost::system::error_code error;
  auto value = json::parse(boost::json::string_view(text.data(), text.size()), error);
  return !error && value.is_object() ? std::move(value.get_object()) : json::object();
}

void set_secret(kube::Object& secret, std::string_view key, std::string_view value) {
  secret["data"].is_object() ? void() : void(secret["data"] = json::object());
  secret["data"].get_object()[key] = base::base64_encode(value);
}

}  // namespace

std::optional<std::string> lock_holder_pod(const kube::Object& lease) {
  const auto info = parse_object(kube::annotation_of(lease, kLockInfo));
  const std::string who(kube::string_at(info, "Who"));
  const auto at = who.rfind('@');
  if (at == who.npos) return std::nullopt;
  const std::string host = who.substr(at + 1);
  // terraform-17-abcde, and nothing else: a person's machine has no such name.
  const auto dash = host.rfind('-');
  if (dash == host.npos || !run_number(host.substr(0, dash))) return std::nullopt;
  return host;
}

kube::Result<std::optional<kube::Object>> RunStore::find(const kube::ResourceType& type, std::string_view name) {
  auto object = client_.get(type, ns_, name);
  if (object) return std::optional<kube::Object>(std::move(*object));
  if (object.error().not_found()) return std::optional<kube::Object>();
  return object.error();
}

// Whole objects, by server-side apply: what an earlier run wrote under the same manager and we do not is removed.
kube::Result<void> RunStore::put(kube::Object object, const kube::ResourceType& type, const RunInput& input) {
  auto& metadata = object["metadata"].as_object();
  metadata["labels"] =
      json::object{{"app.kubernetes.io/managed-by", "causeway"}, {"causeway.dev/cluster-uid", input.cluster_uid}};
  auto r = client_.apply(type, object,
                         {.field_manager = std::string(names::kFieldManager), .force = true, .subresource = {}});
  if (!r) return r.error();
  return {};
}

kube::Result<RunStore::Input> RunStore::input() {
  auto secret = client_.get(resources::kSecret, ns_, names::kInput);
  if (!secret) return secret.error();
  auto run = parse_input(kube::secret_value(*secret, names::kInputKey).value_or(""));
  if (!run) return kube::Error::local("Secret " + ns_ + "/input: " + run.error().message);
  return Input{std::move(*run), parse_object(kube::secret_value(*secret, names::kSecretVariablesKey).value_or("{}"))};
}

kube::Result<std::map<std::string, std::string>> RunStore::credentials() {
  auto secret = find(resources::kSecret, names::kCredentials);
  if (!secret) return secret.error();
  std::map<std::string, std::string> values;
  if (!*secret) return values;
  if (const auto* data = kube::object_at(**secret, "data")) {
    for (const auto& entry : *data) values[entry.key()] = kube::secret_value(**secret, entry.key()).value_or("");
  }
  return values;
}

kube::Result<std::optional<Bundle>> RunStore::bundle() {
  auto secret = find(resources::kSecret, names::kBundle);
  if (!secret) return secret.error();
  if (!*secret) return std::optional<Bundle>();
  return std::optional<Bundle>(Bundle{kube::secret_value(**secret, "bundle.tar.gz").value_or(""),
                                      parse_object(kube::secret_value(**secret, "variables.json").value_or("{}"))});
}

kube::Result<void> RunStore::save_bundle(const Bundle& bundle, const RunInput& input) {
  auto secret = kube::make_object(resources::kSecret, ns_, names::kBundle);
  set_secret(secret, "bundle.tar.gz", bundle.archive);
  set_secret(secret, "variables.json", json::serialize(bundle.variables));
  set_secret(secret, "provider", input.provider);
  return put(std::move(secret), resources::kSecret, input);
}

kube::Result<std::optional<Marker>> RunStore::marker() {
  auto map = find(resources::kConfigMap, names::kMarker);
  if (!map) return map.error();
  if (!*map) return std::optional<Marker>();
  return std::optional<Marker>(
      Marker{text_of(**map, "runId"), text_of(**map, "fingerprint"), text_of(**map, "destructive") == "true"});
}

kube::Result<void> RunStore::set_marker(const Marker& marker, const RunInput& input) {
  auto map = kube::make_object(resources::kConfigMap, ns_, names::kMarker);
  map["data"] = json::object{{"runId", marker.run_id},
                             {"fingerprint", marker.fingerprint},
                             {"destructive", marker.destructive ? "true" : "false"}};
  return put(std::move(map), resources::kConfigMap, input);
}

kube::Result<void> RunStore::clear_marker() {
  return client_.remove(resources::kConfigMap, ns_, names::kMarker);
}

kube::Result<std::optional<std::string>> RunStore::errored_state() {
  auto secret = find(resources::kSecret, names::kErroredState);
  if (!secret) return secret.error();
  if (!*secret) return std::optional<std::string>();
  return kube::secret_value(**secret, "state");
}

kube::Result<void> RunStore::save_errored_state(const std::string& state, const RunInput& input) {
  auto secret = kube::make_object(resources::kSecret, ns_, names::kErroredState);
  set_secret(secret, "state", state);
  return put(std::move(secret), resources::kSecret, input);
}

kube::Result<void> RunStore::clear_errored_state() {
  return client_.remove(resources::kSecret, ns_, names::kErroredState);
}

kube::Result<bool> RunStore::state_exists(const std::string& suffix) {
  auto secret = find(resources::kSecret, "tfstate-default-" + suffix);
  if (!secret) return secret.error();
  return secret->has_value();
}

kube::Result<void> RunStore::save_outputs(const StateSummary& state, const Scrubber& scrubber, const RunInput& input) {
  json::object open, sensitive;
  std::string kubeconfig;
  for (const auto& [name, output] : state.outputs) {
    (output.sensitive ? sensitive : open)[name] = output.value;
    if (name == "kubeconfig" && output.value.is_string()) kubeconfig = std::string(output.value.get_string());
  }
  // Whatever the module says, these are no outputs for people.
  for (std::string_view name : {"kubeconfig", "token", "password"}) open.erase(name);
  auto secret = kube::make_object(resources::kSecret, ns_, names::kOutputs);
  set_secret(secret, names::kPublicOutputsKey, scrubber.scrub(json::serialize(open)));
  set_secret(secret, names::kSensitiveOutputsKey, json::serialize(sensitive));
  set_secret(secret, names::kKubeconfigKey, kubeconfig);
  return put(std::move(secret), resources::kSecret, input);
}

kube::Result<void> RunStore::clear_outputs() {
  return client_.remove(resources::kSecret, ns_, names::kOutputs);
}

kube::Result<void> RunStore::save_result(const RunResult& result, bool applied, const RunInput& input) {
  std::string last_applied;
  if (applied) {
    last_applied = to_text(result);
  } else {
    auto before = find(resources::kConfigMap, names::kResults);
    if (!before) return before.error();
    if (*before) last_applied = text_of(**before, names::kAppliedResultKey);
  }
  auto map = kube::make_object(resources::kConfigMap, ns_, names::kResults);
  json::object data{{names::kLastResultKey, to_text(result)}};
  if (!last_applied.empty()) data[names::kAppliedResultKey] = last_applied;
  map["data"] = std::move(data);
  return put(std::move(map), resources::kConfigMap, input);
}

kube::Result<bool> RunStore::pod_is_gone(std::string_view pod) {
  auto found = find(resources::kPod, pod);
  if (!found) return found.error();
  if (!*found) return true;
  const auto phase = kube::string_at(**found, "status.phase");
  return phase == "Succeeded" || phase == "Failed";
}

kube::Result<bool> RunStore::release_orphaned_lock(const std::string& suffix, const std::string& own_pod) {
  auto found = find(resources::kLease, "lock-tfstate-default-" + suffix);
  if (!found) return found.error();
  if (!*found || kube::string_at(**found, "spec.holderIdentity").empty()) return false;
  kube::Object lease = std::move(**found);

  const auto holder = lock_holder_pod(lease);
  if (!holder) return false;
  // Our own name: an earlier container of this very pod, which has ended, or we would not be running.
  if (*holder != own_pod) {
    auto gone = pod_is_gone(*holder);
    if (!gone) return gone.error();
    if (!*gone) return false;
  }
  if (auto* spec = lease["spec"].if_object()) spec->erase("holderIdentity");
  if (auto* metadata = lease["metadata"].if_object()) {
    if (auto* annotations = (*metadata)["annotations"].if_object()) annotations->erase(kLockInfo);
  }
  // The resourceVersion we read travels along: anybody else's write in between makes this one a conflict.
  auto written =
      client_.update(resources::kLease, lease, {.field_manager = std::string(names::kFieldManager), .subresource = {}});
  if (!written) return written.error();
  return true;
}

}  // namespace causeway::op::terraform
