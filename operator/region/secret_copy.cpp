#include "operator/region/secret_copy.hpp"

#include "operator/region/workload.hpp"

namespace causeway::op::region {

namespace resources = kube::resources;

kube::Result<void> copy_secret(kube::Client& client, const crds::Assignment& a, const kube::Object& secret) {
  auto copy = kube::make_object(resources::kSecret, a.spec.tenant_namespace, kube::name_of(secret));
  copy["metadata"].as_object()["labels"] =
      kube::Object{{kLabelManagedBy, kManagedBy}, {kLabelAssignment, a.metadata.name}};
  if (const auto* type = secret.if_contains("type")) copy["type"] = *type;
  if (const auto* data = secret.if_contains("data")) copy["data"] = *data;
  auto r = client.apply(resources::kSecret, copy, {.field_manager = "causeway-region", .force = true});
  if (!r) return r.error();
  return {};
}

kube::Result<void> remove_secret_copy(kube::Client& client, const crds::Assignment& a, const std::string& name) {
  const auto& ns = a.spec.tenant_namespace;
  const auto secret = client.get(resources::kSecret, ns, name);
  if (!secret) return secret.error().not_found() ? kube::Result<void>() : secret.error();
  if (kube::label_of(*secret, kLabelAssignment) != a.metadata.name) return {};
  return client.remove(resources::kSecret, ns, name, {.uid = std::string(kube::uid_of(*secret))});
}

}  // namespace causeway::op::region
