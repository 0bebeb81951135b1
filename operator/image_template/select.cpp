#include "operator/image_template/select.hpp"

namespace causeway::op::image_template {
namespace {

bool better(const crds::ImageTemplate* a, const crds::ImageTemplate* b) {
  if (!b) return true;
  if (a->spec.deprecated != b->spec.deprecated) return !a->spec.deprecated;
  return a->spec.version > b->spec.version;
}

}  // namespace

const crds::ImageTemplate* select(const crds::TemplateRef& ref, std::string_view demo_namespace,
                                  std::string_view system_namespace,
                                  const std::vector<const crds::ImageTemplate*>& templates) {
  std::vector<std::string_view> namespaces;
  if (!ref.namespace_.empty()) {
    namespaces = {ref.namespace_};
  } else {
    namespaces = {demo_namespace, system_namespace};
  }
  for (const auto ns : namespaces) {
    const crds::ImageTemplate* chosen = nullptr;
    bool family_here = false;
    for (const auto* t : templates) {
      if (t->metadata.namespace_ != ns || t->spec.family != ref.family || t->metadata.deleting()) continue;
      family_here = true;
      if (ref.version && t->spec.version != *ref.version) continue;
      if (better(t, chosen)) chosen = t;
    }
    if (family_here) return chosen;
  }
  return nullptr;
}

}  // namespace causeway::op::image_template
