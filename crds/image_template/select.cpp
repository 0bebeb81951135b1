#include "crds/image_template/select.hpp"

namespace causeway::crds {
namespace {

bool better(const ImageTemplate* a, const ImageTemplate* b) {
  if (!b) return true;
  if (a->spec.deprecated != b->spec.deprecated) return !a->spec.deprecated;
  return a->spec.version > b->spec.version;
}

}  // namespace

const ImageTemplate* select_template(const TemplateRef& ref, std::string_view demo_namespace,
                                     std::string_view system_namespace,
                                     const std::vector<const ImageTemplate*>& templates) {
  std::vector<std::string_view> namespaces;
  if (!ref.namespace_.empty()) {
    namespaces = {ref.namespace_};
  } else {
    namespaces = {demo_namespace, system_namespace};
  }
  for (const auto ns : namespaces) {
    const ImageTemplate* chosen = nullptr;
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

}  // namespace causeway::crds
