#include "operator/cluster/observe.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "operator/cluster/job.hpp"

namespace causeway::op::cluster {

namespace json = kube::json;
namespace names = terraform::names;
namespace resources = kube::resources;

namespace {

constexpr std::string_view kRunner = "runner-";

kube::Result<std::optional<kube::Object>> find(kube::Client& client, const kube::ResourceType& type,
                                               std::string_view ns, std::string_view name) {
  auto object = client.get(type, ns, name);
  if (object) return std::optional<kube::Object>(std::move(*object));
  if (object.error().not_found()) return std::optional<kube::Object>();
  return object.error();
}

std::optional<terraform::RunResult> result_at(const kube::Object& config_map, std::string_view key) {
  const auto* data = kube::object_at(config_map, "data");
  const auto* text = data ? data->if_contains(key) : nullptr;
  if (!text || !text->is_string()) return std::nullopt;
  auto result = terraform::parse_result(text->get_string());
  if (!result) {
    base::log::warn("a run's result cannot be read", {{"key", std::string(key)}, {"error", result.error().message}});
    return std::nullopt;
  }
  return std::move(*result);
}

std::string host_of(std::string_view url) {
  auto parsed = base::parse_url(url);
  return parsed ? parsed->host : std::string();
}

// For a cluster that Terraform did not make, what its outputs would have said.
json::object assumed_outputs(const crds::Cluster& cluster, const Settings& settings, const std::string& server) {
  const auto annotation = cluster.metadata.annotations.find(kGatewayAddress);
  const std::string address = annotation == cluster.metadata.annotations.end() ? host_of(server) : annotation->second;
  return {{"region", std::string(crds::region_of(cluster))},
          {"provider", std::string(crds::provider_of(cluster))},
          {"gateway",
           {{"scheme", settings.demo_scheme},
            {"domain", settings.demo_domain},
            {"address", address},
            {"port", settings.demo_scheme == "https" ? 443 : 80}}}};
}

void read_bootstrapped(const crds::Cluster& cluster, Observation& seen) {
  const auto annotation = cluster.metadata.annotations.find(kBootstrapped);
  if (annotation == cluster.metadata.annotations.end()) return;
  const auto at = annotation->second.find('@');
  seen.bootstrapped = annotation->second.substr(0, at);
  if (at == std::string::npos) return;
  if (auto when = base::parse_time(annotation->second.substr(at + 1))) seen.bootstrapped_at = *when;
}

// What a region is installed from; when it changes, the region is installed again.
std::string bootstrap_key(const Settings& settings, const std::string& server) {
  std::string all = settings.hub_url + "\n" + settings.registry_host + "\n" + settings.registry_ca_pem + "\n" + server +
                    "\n" + settings.tracing_endpoint;
  for (const char* image : {"operator", "traefik", "registry"}) all += "\n" + settings.image(image);
  return base::sha256_hex(all).substr(0, 16);
}

}  // namespace

std::string runner_image(const Settings& settings, const std::string& provider) {
  return settings.image(std::string(kRunner) + provider);
}

std::vector<std::string> providers_of(const Settings& settings) {
  std::vector<std::string> providers;
  for (const auto& [name, image] : settings.images) {
    if (name.starts_with(kRunner) && !image.empty()) providers.push_back(name.substr(kRunner.size()));
  }
  return providers;
}

std::string bootstrapped_value(const std::string& key, base::WallTime when) {
  return key + "@" + base::format_time(when);
}

kube::Result<Seen> Observer::observe(const crds::Cluster& cluster) const {
  Seen seen;
  seen.observation.now = clock_.wall();
  auto read = cluster.spec.source.terraform ? terraform(cluster, seen) : existing(cluster, seen);
  if (!read) return read.error();
  if (auto counted = demos(cluster, seen); !counted) return counted.error();
  seen.observation.agent = liveness_.view(cluster.metadata.uid);
  read_bootstrapped(cluster, seen.observation);
  seen.observation.bootstrap_wanted = bootstrap_key(settings_, seen.observation.endpoint);
  return seen;
}

kube::Result<void> Observer::terraform(const crds::Cluster& cluster, Seen& seen) const {
  auto& o = seen.observation;
  const auto& provider = cluster.spec.source.terraform->provider;
  const std::string image = runner_image(settings_, provider);
  o.provider_known = !image.empty();
  o.providers = providers_of(settings_);

  auto inputs = read_inputs(client_, cluster, image);
  if (!inputs) return inputs.error();
  seen.inputs = std::move(*inputs);
  o.invalid_inputs = seen.inputs.invalid;
  o.missing_inputs = seen.inputs.missing;
  o.inputs_hash = seen.inputs.inputs_hash;
  o.retry_key = seen.inputs.retry_key;

  const std::string ns = crds::run_namespace(cluster.metadata.uid);
  auto found = find(client_, resources::kNamespace, "", ns);
  if (!found) return found.error();
  if (!*found) return {};
  o.run_namespace = kube::deleting(**found) ? NamespaceState::kTerminating : NamespaceState::kActive;
  if (auto r = jobs(ns, seen); !r) return r;
  if (auto r = results(ns, seen); !r) return r;
  if (auto r = pod(ns, seen); !r) return r;
  return outputs(ns, seen);
}

kube::Result<void> Observer::jobs(const std::string& ns, Seen& seen) const {
  auto& o = seen.observation;
  auto page = client_.list(resources::kJob, ns,
                           {.label_selector = std::string(labels::kComponent) + "=" + labels::kTerraformRun});
  if (!page) return page.error();
  for (const auto& job : page->items) {
    auto run = observe_job(job);
    if (!run) continue;
    seen.runs.push_back(run->number);
    if (!o.run || run->number > o.run->number) o.run = std::move(run);
  }
  std::sort(seen.runs.begin(), seen.runs.end());
  return {};
}

kube::Result<void> Observer::pod(const std::string& ns, Seen& seen) const {
  auto& o = seen.observation;
  if (!o.run) return {};
  const auto run_id = terraform::run_name(o.run->number);
  if (o.run->ended && o.last && o.last->run_id == run_id) return {};
  auto pods = client_.list(resources::kPod, ns, {.label_selector = "batch.kubernetes.io/job-name=" + run_id});
  if (!pods) return pods.error();
  for (const auto& pod : pods->items) {
    if (o.run->ended) {
      o.run->last_words = last_words(pod);
    } else {
      o.run->waiting = why_waiting(pod);
    }
  }
  return {};
}

kube::Result<void> Observer::results(const std::string& ns, Seen& seen) const {
  auto& o = seen.observation;
  auto map = find(client_, resources::kConfigMap, ns, names::kResults);
  if (!map) return map.error();
  if (*map) {
    o.last = result_at(**map, names::kLastResultKey);
    o.applied = result_at(**map, names::kAppliedResultKey);
  }
  auto marker = find(client_, resources::kConfigMap, ns, names::kMarker);
  if (!marker) return marker.error();
  o.marker = marker->has_value();
  return {};
}

kube::Result<void> Observer::outputs(const std::string& ns, Seen& seen) const {
  auto& o = seen.observation;
  o.access_missing = "the module's outputs are not there yet";
  // Nothing was ever applied: there is neither.
  if (!o.run && !o.last && !o.marker) return {};
  auto bundle = find(client_, resources::kSecret, ns, names::kBundle);
  if (!bundle) return bundle.error();
  o.bundle = bundle->has_value();
  auto secret = find(client_, resources::kSecret, ns, names::kOutputs);
  if (!secret) return secret.error();
  if (!*secret) return {};

  boost::system::error_code error;
  auto value = json::parse(kube::secret_value(**secret, names::kPublicOutputsKey).value_or("{}"), error);
  if (!error && value.is_object()) o.outputs = std::move(value.get_object());
  o.endpoint = kube::string_at(o.outputs, "endpoint");

  const auto kubeconfig = kube::secret_value(**secret, names::kKubeconfigKey).value_or("");
  auto config = kube::parse_kubeconfig(kubeconfig);
  if (!config) {
    o.access_missing = "the module's output kubeconfig cannot be used: " + config.error().message;
    return {};
  }
  if (o.endpoint.empty()) o.endpoint = config->server;
  o.access = true;
  seen.access = federation::RegionAccess{std::move(*config)};
  return {};
}

kube::Result<void> Observer::existing(const crds::Cluster& cluster, Seen& seen) const {
  auto& o = seen.observation;
  std::string reachable;  // by demos' users, when nothing else is known
  if (cluster.spec.source.kubeconfig_ref) {
    const auto& ref = *cluster.spec.source.kubeconfig_ref;
    const std::string where = "Secret " + cluster.metadata.namespace_ + "/" + ref.name;
    auto secret = find(client_, resources::kSecret, cluster.metadata.namespace_, ref.name);
    if (!secret) return secret.error();
    if (!*secret) {
      o.access_missing = where + " (spec.source.kubeconfigRef) does not exist; it goes on by itself once there";
      return {};
    }
    auto text = kube::secret_value(**secret, ref.key);
    if (!text) {
      o.access_missing = where + " has no key \"" + ref.key + "\" (spec.source.kubeconfigRef.key)";
      return {};
    }
    auto config = kube::parse_kubeconfig(*text);
    if (!config) {
      o.access_missing = where + ", key \"" + ref.key + "\": " + config.error().message;
      return {};
    }
    reachable = config->server;
    seen.access = federation::RegionAccess{std::move(*config)};
  } else {
    seen.access = federation::RegionAccess{client_.config()};
    reachable = settings_.hub_url;
  }
  o.access = true;
  o.endpoint = seen.access->config.server;
  o.outputs = assumed_outputs(cluster, settings_, reachable);
  return {};
}

kube::Result<void> Observer::demos(const crds::Cluster& cluster, Seen& seen) const {
  auto& o = seen.observation;
  auto count = [&](const crds::Assignment& assignment) {
    if (assignment.spec.desired == crds::Desired::Absent) {
      ++o.demos_leaving;
    } else {
      o.demos.push_back(assignment.spec.demo_ref.namespace_ + "/" + assignment.spec.demo_ref.name);
    }
  };
  const std::string ns = crds::cluster_namespace(cluster.metadata.uid);
  if (cluster.metadata.deleting()) {
    // Whether anything runs there decides about destroying it: ask, do not remember.
    auto assignments = client_.list<crds::Assignment>(ns);
    if (!assignments) return assignments.error();
    for (const auto& assignment : *assignments) count(assignment);
  } else if (assignments_) {
    for (const auto& assignment : assignments_->list(ns)) count(*assignment);
  }
  std::sort(o.demos.begin(), o.demos.end());
  return {};
}

}  // namespace causeway::op::cluster
