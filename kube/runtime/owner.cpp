#include "kube/runtime/owner.hpp"

namespace causeway::kube {

void set_controller(Object& object, const ResourceType& type, const ObjectMeta& owner) {
  json::array references;
  if (const auto* others = array_at(object, "metadata.ownerReferences"))
    for (const auto& other : *others)
      if (!other.is_object() || string_at(other.get_object(), "uid") != owner.uid) references.push_back(other);
  references.push_back(Object{{"apiVersion", type.api_version()},
                              {"kind", type.kind},
                              {"name", owner.name},
                              {"uid", owner.uid},
                              {"controller", true},
                              {"blockOwnerDeletion", true}});
  set_at(object, "metadata.ownerReferences", std::move(references));
}

std::vector<ObjectKey> controlling_owner(const Object& object, const ResourceType& type) {
  const auto* references = array_at(object, "metadata.ownerReferences");
  if (!references) return {};
  for (const auto& item : *references) {
    const auto* reference = item.if_object();
    if (!reference || !bool_at(*reference, "controller") || string_at(*reference, "kind") != type.kind) continue;
    // "group/version", or "version" alone for the core group.
    const auto api_version = string_at(*reference, "apiVersion");
    const auto slash = api_version.find('/');
    if ((slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash)) != type.group) continue;
    const auto ns = type.namespaced ? namespace_of(object) : std::string_view();
    return {{std::string(ns), std::string(string_at(*reference, "name"))}};
  }
  return {};
}

}  // namespace causeway::kube
