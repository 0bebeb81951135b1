#include "webhooks/rules/template_choice.hpp"

#include <algorithm>

#include "crds/image_template/select.hpp"

namespace causeway::webhooks {

std::shared_ptr<const crds::ImageTemplate> template_of(const crds::Demo& demo, const Observed& observed) {
  if (!demo.spec.template_ref) return nullptr;
  const crds::TemplateRef& ref = *demo.spec.template_ref;
  const auto namespaces =
      ref.namespace_.empty() ? search_order(demo.metadata.namespace_) : std::vector<std::string>{ref.namespace_};
  Pointers<crds::ImageTemplate> held;
  std::vector<const crds::ImageTemplate*> pointers;
  for (const std::string& ns : namespaces) {
    for (auto& found : observed.templates(ns)) held.push_back(std::move(found));
  }
  for (const auto& found : held) pointers.push_back(found.get());
  const auto* chosen = crds::select_template(ref, demo.metadata.namespace_, kSystemNamespace, pointers);
  const auto it = std::ranges::find_if(held, [&](const auto& found) { return found.get() == chosen; });
  return it == held.end() ? nullptr : *it;
}

}  // namespace causeway::webhooks
