#include "operator/region/tenant.hpp"

#include "base/log.hpp"
#include "operator/region/workload.hpp"

namespace causeway::op::region {

namespace log = base::log;
namespace resources = kube::resources;

namespace {
constexpr auto kManager = "causeway-region";
}  // namespace

bool made_by_region(const kube::Object& ns) {
  return kube::annotation_of(ns, kAnnotationCreatedBy) == kCreatedByRegion &&
         kube::label_of(ns, kLabelManagedBy) == kManagedBy && kube::label_of(ns, kLabelTenant) == "true";
}

kube::Result<void> ensure_tenant(kube::Client& client, const crds::Assignment& a) {
  const auto objects = tenant_objects(a);
  const auto there = client.get(resources::kNamespace, "", a.spec.tenant_namespace);
  if (!there && !there.error().not_found()) return there.error();
  if (there && kube::deleting(*there)) {
    return kube::Error::local("namespace " + a.spec.tenant_namespace +
                              " is being deleted; it is made again once it is gone");
  }
  if (!there) {
    auto ns = objects.front().object;
    ns["metadata"].as_object()["annotations"] = kube::Object{{kAnnotationCreatedBy, kCreatedByRegion}};
    // Somebody else may be faster, and then it is theirs.
    if (auto made = client.create(resources::kNamespace, ns, {.field_manager = kManager});
        !made && !made.error().already_exists())
      return made.error();
  }
  for (const auto& o : objects) {
    if (auto r = client.apply(o.type, o.object, {.field_manager = kManager, .force = true}); !r) return r.error();
  }
  return {};
}

kube::Result<void> remove_tenant(kube::Client& client, std::string_view ns) {
  const auto there = client.get(resources::kNamespace, "", ns);
  if (!there) return there.error().not_found() ? kube::Result<void>() : there.error();
  if (!made_by_region(*there) || kube::deleting(*there)) return {};
  log::info("removing the namespace of a tenant without demos", {{"namespace", std::string(ns)}});
  // Of this very one: a namespace that was made anew meanwhile is not what was looked at.
  return client.remove(resources::kNamespace, "", ns, {.uid = std::string(kube::uid_of(*there))});
}

}  // namespace causeway::op::region
