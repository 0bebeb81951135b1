#pragma once
// Objects without a C++ type: JSON with accessors. Paths are dotted ("spec.template.spec"); a key that has dots itself
// is read through labels()/annotations() or json directly. Accessors never throw: absent is nullptr, "" or 0.

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kube/core/meta.hpp"

namespace causeway::kube {

namespace json = boost::json;
using Object = json::object;

const json::value* find(const Object& object, std::string_view path);
std::string_view string_at(const Object& object, std::string_view path);
std::int64_t int_at(const Object& object, std::string_view path, std::int64_t fallback = 0);
bool bool_at(const Object& object, std::string_view path, bool fallback = false);
const Object* object_at(const Object& object, std::string_view path);
const json::array* array_at(const Object& object, std::string_view path);
void set_at(Object& object, std::string_view path, json::value value);  // creates the objects on the way

ObjectKey key_of(const Object& object);
std::string_view name_of(const Object& object);
std::string_view namespace_of(const Object& object);
std::string_view uid_of(const Object& object);
std::string_view resource_version_of(const Object& object);
std::string_view label_of(const Object& object, std::string_view key);
std::string_view annotation_of(const Object& object, std::string_view key);
bool deleting(const Object& object);
Conditions conditions_of(const Object& object);  // status.conditions

// {"apiVersion","kind","metadata":{"name","namespace"}} to start a new object from.
Object make_object(const ResourceType& type, std::string_view ns, std::string_view name);

// Secret data: base64 in the API, plain here.
std::optional<std::string> secret_value(const Object& secret, std::string_view key);

}  // namespace causeway::kube
