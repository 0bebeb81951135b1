#include "kube/core/patch.hpp"

#include <algorithm>

namespace causeway::kube {

namespace {

json::array finalizer_list(const ObjectMeta& meta) {
  json::array list;
  for (const std::string& finalizer : meta.finalizers) list.emplace_back(finalizer);
  return list;
}

json::object operation(std::string_view op, std::string path) {
  json::object out;
  out.emplace("op", op);
  out.emplace("path", std::move(path));
  return out;
}

json::object operation(std::string_view op, std::string path, json::value value) {
  json::object out = operation(op, std::move(path));
  out.emplace("value", std::move(value));
  return out;
}

}  // namespace

Object merge_patch(const Object& from, const Object& to) {
  Object patch;
  for (const auto& [key, before] : from) {
    const json::value* after = to.if_contains(key);
    if (!after) {
      patch.emplace(key, nullptr);
    } else if (before.is_object() && after->is_object()) {
      Object inner = merge_patch(before.get_object(), after->get_object());
      if (!inner.empty()) patch.emplace(key, std::move(inner));
    } else if (before != *after) {
      patch.emplace(key, *after);
    }
  }
  for (const auto& [key, after] : to) {
    if (!from.contains(key)) patch.emplace(key, after);
  }
  return patch;
}

void apply_merge_patch(json::value& target, const json::value& patch) {
  const json::object* changes = patch.if_object();
  if (!changes) {
    target = patch;
    return;
  }
  if (!target.is_object()) target.emplace_object();
  json::object& object = target.get_object();
  for (const auto& [key, change] : *changes) {
    if (change.is_null()) {
      object.erase(key);
    } else {
      apply_merge_patch(object[key], change);
    }
  }
}

json::array add_finalizer_patch(const ObjectMeta& meta, std::string_view finalizer) {
  json::array patch;
  if (std::ranges::find(meta.finalizers, finalizer) != meta.finalizers.end()) return patch;
  if (meta.finalizers.empty()) {
    // A member that is missing tests equal to null.
    patch.push_back(operation("test", "/metadata/finalizers", nullptr));
    patch.push_back(operation("add", "/metadata/finalizers", json::array{json::value(finalizer)}));
  } else {
    patch.push_back(operation("test", "/metadata/finalizers", finalizer_list(meta)));
    patch.push_back(operation("add", "/metadata/finalizers/-", json::value(finalizer)));
  }
  return patch;
}

json::array remove_finalizer_patch(const ObjectMeta& meta, std::string_view finalizer) {
  json::array patch;
  const auto it = std::ranges::find(meta.finalizers, finalizer);
  if (it == meta.finalizers.end()) return patch;
  const std::string path = "/metadata/finalizers/" + std::to_string(it - meta.finalizers.begin());
  patch.push_back(operation("test", path, json::value(finalizer)));
  patch.push_back(operation("remove", path));
  return patch;
}

}  // namespace causeway::kube
