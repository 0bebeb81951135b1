#include "kube/core/object.hpp"

#include "base/encoding.hpp"
#include "kube/core/codec.hpp"

namespace causeway::kube {

namespace {

// The first segment of a dotted path; `rest` becomes what follows it.
std::string_view next_segment(std::string_view& rest) {
  const std::size_t dot = rest.find('.');
  const std::string_view segment = rest.substr(0, dot);
  rest = dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
  return segment;
}

std::string_view text_of(const json::value* value) {
  const json::string* text = value ? value->if_string() : nullptr;
  return text ? std::string_view(*text) : std::string_view{};
}

std::string_view entry_of(const Object& object, std::string_view map, std::string_view key) {
  const Object* entries = object_at(object, map);
  return entries ? text_of(entries->if_contains(key)) : std::string_view{};
}

}  // namespace

const json::value* find(const Object& object, std::string_view path) {
  const Object* at = &object;
  while (true) {
    const json::value* value = at->if_contains(next_segment(path));
    if (!value || path.empty()) return value;
    at = value->if_object();
    if (!at) return nullptr;
  }
}

std::string_view string_at(const Object& object, std::string_view path) {
  return text_of(find(object, path));
}

std::int64_t int_at(const Object& object, std::string_view path, std::int64_t fallback) {
  const json::value* value = find(object, path);
  if (!value) return fallback;
  codec::Failure ignored;
  std::int64_t number = 0;
  return codec::decode_into(number, *value, ignored) ? number : fallback;
}

bool bool_at(const Object& object, std::string_view path, bool fallback) {
  const json::value* value = find(object, path);
  const bool* flag = value ? value->if_bool() : nullptr;
  return flag ? *flag : fallback;
}

const Object* object_at(const Object& object, std::string_view path) {
  const json::value* value = find(object, path);
  return value ? value->if_object() : nullptr;
}

const json::array* array_at(const Object& object, std::string_view path) {
  const json::value* value = find(object, path);
  return value ? value->if_array() : nullptr;
}

void set_at(Object& object, std::string_view path, json::value value) {
  Object* at = &object;
  while (true) {
    json::value& member = (*at)[next_segment(path)];
    if (path.empty()) {
      member = std::move(value);
      return;
    }
    if (!member.is_object()) member.emplace_object();
    at = &member.get_object();
  }
}

ObjectKey key_of(const Object& object) {
  return {std::string(namespace_of(object)), std::string(name_of(object))};
}
std::string_view name_of(const Object& object) {
  return string_at(object, "metadata.name");
}
std::string_view namespace_of(const Object& object) {
  return string_at(object, "metadata.namespace");
}
std::string_view uid_of(const Object& object) {
  return string_at(object, "metadata.uid");
}

std::string_view resource_version_of(const Object& object) {
  return string_at(object, "metadata.resourceVersion");
}

std::string_view label_of(const Object& object, std::string_view key) {
  return entry_of(object, "metadata.labels", key);
}

std::string_view annotation_of(const Object& object, std::string_view key) {
  return entry_of(object, "metadata.annotations", key);
}

bool deleting(const Object& object) {
  return !string_at(object, "metadata.deletionTimestamp").empty();
}

Conditions conditions_of(const Object& object) {
  Conditions conditions;
  const json::array* list = array_at(object, "status.conditions");
  if (!list) return conditions;
  for (const json::value& item : *list) {
    // A condition of somebody else's that is not well-formed must not hide the others.
    if (auto condition = from_json<Condition>(item)) conditions.push_back(std::move(*condition));
  }
  return conditions;
}

Object make_object(const ResourceType& type, std::string_view ns, std::string_view name) {
  Object metadata;
  metadata.emplace("name", name);
  if (type.namespaced && !ns.empty()) metadata.emplace("namespace", ns);
  Object object;
  object.emplace("apiVersion", type.api_version());
  object.emplace("kind", type.kind);
  object.emplace("metadata", std::move(metadata));
  return object;
}

std::optional<std::string> secret_value(const Object& secret, std::string_view key) {
  const Object* data = object_at(secret, "data");
  const json::value* value = data ? data->if_contains(key) : nullptr;
  if (!value || !value->is_string()) return std::nullopt;
  auto plain = base::base64_decode(text_of(value));
  if (!plain) return std::nullopt;
  return std::move(*plain);
}

}  // namespace causeway::kube
