// What the server serves.

#include <algorithm>

#include "kube/client/client_impl.hpp"

namespace causeway::kube {

ResourceType ServedType::type() const {
  return {.group = group, .version = version, .kind = kind, .plural = plural, .namespaced = namespaced};
}

Result<std::vector<ServedType>> Client::served_types(std::string_view api_version) {
  const auto slash = api_version.find('/');
  const auto group = slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
  const auto version = slash == std::string_view::npos ? api_version : api_version.substr(slash + 1);
  auto value =
      impl_->json(json_request("GET", (group.empty() ? "/api/" : "/apis/") + std::string(api_version), nullptr));
  if (!value) return value.error();
  const auto* list = value->if_object();
  const auto* resources = list ? array_at(*list, "resources") : nullptr;
  if (!resources) return Error::local("the server's answer is not an APIResourceList");
  std::vector<ServedType> types;
  for (const auto& item : *resources) {
    const auto* resource = item.if_object();
    if (!resource) continue;
    const auto name = string_at(*resource, "name");
    // "pods/log" follows its "pods".
    if (const auto part = name.find('/'); part != std::string_view::npos) {
      const auto of = std::ranges::find(types, name.substr(0, part), &ServedType::plural);
      if (of != types.end()) of->subresources.emplace_back(name.substr(part + 1));
      continue;
    }
    ServedType type{.group = std::string(group),
                    .version = std::string(version),
                    .kind = std::string(string_at(*resource, "kind")),
                    .plural = std::string(name),
                    .namespaced = bool_at(*resource, "namespaced")};
    if (const auto* verbs = array_at(*resource, "verbs"))
      for (const auto& verb : *verbs)
        if (verb.is_string()) type.verbs.emplace_back(verb.get_string());
    types.push_back(std::move(type));
  }
  return types;
}

Result<ServedType> Client::served_type(std::string_view api_version, std::string_view kind) {
  auto types = served_types(api_version);
  if (!types) return types.error();
  if (const auto found = std::ranges::find(*types, kind, &ServedType::kind); found != types->end()) return *found;
  Error error;
  error.code = 404;
  error.reason = "NotFound";
  error.message = "the server has no kind \"" + std::string(kind) + "\" in " + std::string(api_version) + "; it has";
  for (const auto& type : *types) error.message += " " + type.kind;
  return error;
}

}  // namespace causeway::kube
