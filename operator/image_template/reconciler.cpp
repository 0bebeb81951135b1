#include "operator/image_template/reconciler.hpp"

#include "crds/demo/demo.hpp"
#include "crds/image_template/image_template.hpp"
#include "operator/image_template/status.hpp"

namespace causeway::op::image_template {
namespace {

using crds::Demo;
using crds::ImageTemplate;

const std::string kByFamily = "template-family";

template <class T>
std::vector<const T*> pointers(const std::vector<std::shared_ptr<const T>>& objects) {
  std::vector<const T*> out;
  for (const auto& object : objects) out.push_back(object.get());
  return out;
}

}  // namespace

void add_to(kube::Manager& manager, const Settings& settings) {
  auto& templates = manager.informer<ImageTemplate>();
  auto& demos = manager.informer<Demo>();
  const std::string system_namespace = settings.system_namespace;
  templates.add_index(kByFamily, [](const ImageTemplate& t) { return std::vector{t.spec.family}; });
  demos.add_index(kByFamily, [](const Demo& d) {
    return d.spec.template_ref ? std::vector{d.spec.template_ref->family} : std::vector<std::string>{};
  });

  auto& controller = manager.controller(
      {.name = "imagetemplate", .workers = 1, .leader_only = true},
      [&manager, &templates, &demos, system_namespace](const kube::ObjectKey& key, std::stop_token) {
        const auto found = templates.get(key);
        if (!found || found->metadata.deleting()) return kube::ReconcileResult::done();
        const auto family = templates.by_index(kByFamily, found->spec.family);
        const auto users = demos.by_index(kByFamily, found->spec.family);
        const auto usage = usage_of(*found, pointers(family), pointers(users), system_namespace);

        auto updated = *found;
        updated.status = status_of(*found, usage, manager.clock().wall());
        const auto* before = kube::find_condition(found->status.conditions, crds::image_template_conditions::kReady);
        const auto* after = kube::find_condition(updated.status.conditions, crds::image_template_conditions::kReady);
        if (after->status == "False" && (!before || before->message != after->message))
          manager.events().warning(ImageTemplate::kResource, found->metadata, after->reason, after->message);
        auto written = manager.client().patch_status(*found, updated);
        if (!written && !written.error().not_found()) return kube::ReconcileResult::failed(written.error());
        return kube::ReconcileResult::done();
      });

  controller.watch(templates);
  // A new version takes "latest" from its family; a Demo changes who is used.
  const auto family = [&templates](const std::string& name) {
    std::vector<kube::ObjectKey> keys;
    for (const auto& t : templates.by_index(kByFamily, name)) keys.push_back(t->metadata.key());
    return keys;
  };
  controller.watch<ImageTemplate>(templates, [family](const ImageTemplate& t) { return family(t.spec.family); });
  controller.watch<Demo>(demos, [family](const Demo& d) {
    return d.spec.template_ref ? family(d.spec.template_ref->family) : std::vector<kube::ObjectKey>{};
  });
}

}  // namespace causeway::op::image_template
