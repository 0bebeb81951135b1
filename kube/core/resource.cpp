#include "kube/core/resource.hpp"

#include <functional>

namespace causeway::kube {

std::string ResourceType::api_version() const {
  std::string text;
  if (!group.empty()) text.append(group).append("/");
  return text.append(version);
}

std::string ResourceType::path(std::string_view ns, std::string_view name, std::string_view subresource) const {
  // The core group keeps the path it had before there were groups.
  std::string path = group.empty() ? "/api/" : "/apis/";
  path += api_version();
  if (namespaced && !ns.empty()) path.append("/namespaces/").append(ns);
  path.append("/").append(plural);
  if (!name.empty()) path.append("/").append(name);
  if (!subresource.empty()) path.append("/").append(subresource);
  return path;
}

std::string ObjectKey::to_string() const {
  return ns.empty() ? name : ns + "/" + name;
}

std::size_t ObjectKeyHash::operator()(const ObjectKey& k) const {
  const std::size_t a = std::hash<std::string>{}(k.ns);
  return a ^ (std::hash<std::string>{}(k.name) + 0x9e3779b97f4a7c15ULL + (a << 6) + (a >> 2));
}

}  // namespace causeway::kube
