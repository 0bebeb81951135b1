#pragma once
// What a run is started with: variables, secrets, and the hashes that tell whether anything has changed.

#include <optional>
#include <string>
#include <vector>

#include "crds/cluster/cluster.hpp"
#include "kube/client/client.hpp"

namespace causeway::op::cluster {

struct Inputs {
  kube::json::object variables;         // the contract and spec.terraform.variables
  kube::json::object secret_variables;  // of spec.terraform.variablesFrom
  kube::json::object credentials;       // `data` of the credentials' Secret: base64, as the API has it
  bool has_credentials = false;
  std::vector<std::string> missing;  // "Secret u-ada/aws (spec.credentialsRef)"
  std::optional<std::string> invalid;
  std::string inputs_hash;  // of what is applied
  std::string retry_key;    // of all that could make a stopped run worth trying again
};

// Pure: the Secrets and ConfigMaps that were found, by kind and name.
struct Found {
  std::optional<kube::Object> credentials;
  std::vector<std::optional<kube::Object>> variables;  // in the order of spec.terraform.variablesFrom
};
Inputs make_inputs(const crds::Cluster& cluster, const Found& found, const std::string& image);

// Reads what `make_inputs` needs. Precondition: source.terraform.
kube::Result<Inputs> read_inputs(kube::Client& client, const crds::Cluster& cluster, const std::string& image);

}  // namespace causeway::op::cluster
