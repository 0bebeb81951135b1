#include "crds/cluster/cluster.hpp"

#include "kube/core/codec_text.hpp"

namespace causeway::crds {

namespace {

std::string_view label_of(const Cluster& cluster, const std::string& key) {
  const auto it = cluster.metadata.labels.find(key);
  return it == cluster.metadata.labels.end() ? std::string_view{} : std::string_view(it->second);
}

}  // namespace

std::string_view region_of(const Cluster& cluster) {
  if (cluster.spec.source.terraform) return cluster.spec.source.terraform->region;
  const std::string_view label = label_of(cluster, "causeway.dev/region");
  return label.empty() ? std::string_view(cluster.metadata.name) : label;
}

std::string_view provider_of(const Cluster& cluster) {
  if (cluster.spec.source.terraform) return cluster.spec.source.terraform->provider;
  return label_of(cluster, "causeway.dev/provider");
}

bool is_protected(const Cluster& cluster) {
  return cluster.spec.protected_.value_or(provider_of(cluster) != "local");
}

}  // namespace causeway::crds

template causeway::kube::Result<causeway::crds::Cluster> causeway::kube::from_json<causeway::crds::Cluster>(
    const causeway::kube::json::value&);
template bool causeway::kube::from_text(std::string_view, causeway::crds::Cluster&);
template causeway::kube::json::value causeway::kube::to_json<causeway::crds::Cluster>(const causeway::crds::Cluster&);
template causeway::kube::Object causeway::kube::encode<causeway::crds::Cluster>(const causeway::crds::Cluster&);
