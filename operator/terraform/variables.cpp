#include "operator/terraform/variables.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "operator/terraform/protocol.hpp"

namespace causeway::op::terraform {

namespace json = kube::json;

namespace {

constexpr std::array<std::string_view, 9> kContract{
    "name", "region", "zones", "network", "kubernetes_version", "node_pools", "endpoint", "services", "tags"};

// Module inputs are snake_case where the API's fields are camelCase; "podCIDR" is pod_cidr, "allowedCIDRs"
// allowed_cidrs.
std::string snake_case(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool upper = std::isupper(static_cast<unsigned char>(name[i]));
    const bool starts_word = upper && i > 0 && !std::isupper(static_cast<unsigned char>(name[i - 1]));
    if (starts_word) out += '_';
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(name[i])));
  }
  return out;
}

// Members named in snake_case, all the way down; the keys of maps (labels) are the user's and stay.
json::value in_snake_case(const json::value& value) {
  if (const auto* object = value.if_object()) {
    json::object out;
    for (const auto& member : *object) {
      const bool map = member.key() == "labels";
      out[snake_case(member.key())] = map ? member.value() : in_snake_case(member.value());
    }
    return out;
  }
  if (const auto* array = value.if_array()) {
    json::array out;
    for (const auto& item : *array) out.push_back(in_snake_case(item));
    return out;
  }
  return value;
}

}  // namespace

base::Result<json::object> module_variables(const crds::Cluster& cluster) {
  const auto& source = cluster.spec.source.terraform.value();
  const auto network = cluster.spec.network.value_or(crds::ClusterNetwork{});

  json::object variables;
  variables["name"] = cluster.metadata.name;
  variables["region"] = source.region;
  variables["zones"] = json::array(source.zones.begin(), source.zones.end());
  variables["network"] =
      json::object{{"cidr", network.cidr}, {"pod_cidr", network.pod_cidr}, {"service_cidr", network.service_cidr}};
  variables["kubernetes_version"] = cluster.spec.kubernetes_version;
  json::array pools;
  for (const auto& pool : cluster.spec.node_pools) {
    auto encoded = kube::to_json(pool);
    // Defaults are left out in the API; a module wants them all.
    auto& object = encoded.as_object();
    object["type"] = std::string(kube::codec::enum_name(pool.type));
    object["min"] = pool.min;
    object["max"] = pool.max;
    pools.push_back(in_snake_case(encoded));
  }
  variables["node_pools"] = std::move(pools);
  const auto& cidrs = cluster.spec.endpoint.allowed_cidrs;
  variables["endpoint"] = json::object{{"public", cluster.spec.endpoint.public_},
                                       {"allowed_cidrs", json::array(cidrs.begin(), cidrs.end())}};
  variables["services"] = cluster.spec.cloud_services ? in_snake_case(kube::to_json(*cluster.spec.cloud_services))
                                                      : json::value(json::object{});
  variables["tags"] = json::object{{names::kUidTag, cluster.metadata.uid},
                                   {"causeway-cluster", cluster.metadata.namespace_ + "." + cluster.metadata.name}};

  json::object own;
  for (const auto& [name, value] : cluster.spec.terraform.variables) own[name] = value;
  if (auto merged = merge_variables(variables, own, "spec.terraform.variables"); !merged) return merged.error();
  return variables;
}

base::Result<void> merge_variables(json::object& into, const json::object& more, std::string_view where) {
  for (const auto& member : more) {
    if (std::find(kContract.begin(), kContract.end(), std::string_view(member.key())) != kContract.end()) {
      return base::Error{base::ErrorCode::kInvalidArgument,
                         std::string(where) + " sets \"" + std::string(member.key()) +
                             "\", which follows from the Cluster's own fields; remove it there"};
    }
    into[member.key()] = member.value();
  }
  return {};
}

json::value variable_value(std::string_view text) {
  boost::system::error_code error;
  auto value = json::parse(boost::json::string_view(text.data(), text.size()), error);
  if (error || value.is_null() || value.is_string()) return json::string(text);
  return value;
}

}  // namespace causeway::op::terraform
