#include "operator/cluster/inputs.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "operator/cluster/plan.hpp"
#include "operator/terraform/variables.hpp"

namespace causeway::op::cluster {

namespace json = kube::json;
namespace resources = kube::resources;

namespace {

const kube::ResourceType& type_of(crds::VariablesKind kind) {
  return kind == crds::VariablesKind::Secret ? resources::kSecret : resources::kConfigMap;
}

std::string entry_of(const kube::Object& object, crds::VariablesKind kind, std::string_view key) {
  if (kind == crds::VariablesKind::Secret) return kube::secret_value(object, key).value_or("");
  const auto* data = kube::object_at(object, "data");
  const auto* value = data ? data->if_contains(key) : nullptr;
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::string describe(const crds::Cluster& cluster, crds::VariablesKind kind, const std::string& name,
                     std::string_view field) {
  return std::string(type_of(kind).kind) + " " + cluster.metadata.namespace_ + "/" + name + " (" + std::string(field) +
         ")";
}

void take_variables(Inputs& inputs, const crds::Cluster& cluster, const crds::VariablesSource& source,
                    const std::optional<kube::Object>& object) {
  constexpr std::string_view kField = "spec.terraform.variablesFrom";
  if (!object) {
    if (!source.optional) inputs.missing.push_back(describe(cluster, source.kind, source.name, kField));
    return;
  }
  const auto* data = kube::object_at(*object, "data");
  std::vector<std::string> keys = source.keys;
  if (keys.empty() && data) {
    for (const auto& entry : *data) keys.emplace_back(entry.key());
  }
  for (const auto& key : keys) {
    if (!data || !data->contains(key)) {
      if (!source.optional) {
        inputs.missing.push_back("key \"" + key + "\" of " + describe(cluster, source.kind, source.name, kField));
      }
      continue;
    }
    json::object one{{key, terraform::variable_value(entry_of(*object, source.kind, key))}};
    if (auto merged = terraform::merge_variables(inputs.secret_variables, one, kField); !merged) {
      inputs.invalid = merged.error().message;
    }
  }
}

kube::Result<std::optional<kube::Object>> find(kube::Client& client, const kube::ResourceType& type,
                                               const std::string& ns, const std::string& name) {
  auto object = client.get(type, ns, name);
  if (object) return std::optional<kube::Object>(std::move(*object));
  if (object.error().not_found()) return std::optional<kube::Object>();
  return object.error();
}

}  // namespace

Inputs make_inputs(const crds::Cluster& cluster, const Found& found, const std::string& image) {
  Inputs inputs;
  auto variables = terraform::module_variables(cluster);
  if (variables) {
    inputs.variables = std::move(*variables);
  } else {
    inputs.invalid = variables.error().message;
  }
  if (cluster.spec.credentials_ref) {
    const auto& name = cluster.spec.credentials_ref->name;
    if (!found.credentials) {
      inputs.missing.push_back(describe(cluster, crds::VariablesKind::Secret, name, "spec.credentialsRef"));
    } else {
      inputs.has_credentials = true;
      if (const auto* data = kube::object_at(*found.credentials, "data")) inputs.credentials = *data;
    }
  }
  const auto& sources = cluster.spec.terraform.variables_from;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    take_variables(inputs, cluster, sources[i], i < found.variables.size() ? found.variables[i] : std::nullopt);
  }

  // The UID is the salt: nobody can guess a secret by trying hashes made for another Cluster.
  const std::string salt = cluster.metadata.uid + "\n";
  inputs.inputs_hash =
      base::sha256_hex(salt + cluster.spec.source.terraform->provider + "\n" + json::serialize(inputs.variables) +
                       "\n" + json::serialize(inputs.secret_variables));
  const auto retry = cluster.metadata.annotations.find(kRetry);
  inputs.retry_key = base::sha256_hex(salt + inputs.inputs_hash + "\n" + json::serialize(inputs.credentials) + "\n" +
                                      std::string(kube::codec::enum_name(cluster.spec.approval)) + "\n" +
                                      cluster.spec.approved_plan + "\n" + image + "\n" +
                                      (retry == cluster.metadata.annotations.end() ? std::string() : retry->second));
  return inputs;
}

kube::Result<Inputs> read_inputs(kube::Client& client, const crds::Cluster& cluster, const std::string& image) {
  Found found;
  const auto& ns = cluster.metadata.namespace_;
  if (cluster.spec.credentials_ref) {
    auto secret = find(client, resources::kSecret, ns, cluster.spec.credentials_ref->name);
    if (!secret) return secret.error();
    found.credentials = std::move(*secret);
  }
  for (const auto& source : cluster.spec.terraform.variables_from) {
    auto object = find(client, type_of(source.kind), ns, source.name);
    if (!object) return object.error();
    found.variables.push_back(std::move(*object));
  }
  return make_inputs(cluster, found, image);
}

}  // namespace causeway::op::cluster
