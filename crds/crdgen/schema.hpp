#pragma once
// A described struct with field rows → its structural OpenAPI v3 schema, as apiextensions.k8s.io/v1 wants it.

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "crds/row_schema.hpp"
#include "kube/core/codec.hpp"
#include "kube/core/schema.hpp"

namespace causeway::crds::crdgen {

namespace json = boost::json;

// Parts that do not depend on a C++ type.
json::object text_schema(const kube::Row& row);                             // with the row's constraints
json::object merged_list_schema(const kube::Row& row, json::object items);  // and how server-side apply merges it
json::object merged_map_schema(const kube::Row& row, json::object values);
json::object rule_json(const kube::Rule& rule);
json::object immutable_rule(std::string_view json_name, bool always_there);
std::string cel_name(std::string_view json_name);  // "namespace" → "__namespace__"
json::object free_form_schema();
json::object metadata_schema(const kube::Row& row);  // the row's length limit is the name's

template <kube::HasRows T>
json::object struct_schema();

// A default with the defaults inside it: the API server judges a default by itself.
template <class T>
json::value default_value(const T& value) {
  if constexpr (kube::HasRows<T>) {
    json::object out;
    kube::for_each_field<T>([&](auto descriptor, const kube::Row& row, std::string_view name) {
      if (row.defaulted) out.emplace(name, default_value(value.*descriptor.pointer));
    });
    return out;
  } else {
    return kube::codec::encode_value(value);
  }
}

template <class T>
json::object value_schema(const kube::Row& row) {
  if constexpr (kube::codec::IsOptional<T>::value) {
    return value_schema<typename T::value_type>(row);
  } else if constexpr (std::same_as<T, std::string>) {
    return text_schema(row);
  } else if constexpr (std::same_as<T, bool>) {
    return {{"type", "boolean"}};
  } else if constexpr (std::integral<T>) {
    return integer_schema(row);
  } else if constexpr (std::is_enum_v<T>) {
    return enum_schema(kube::codec::enum_names<T>());
  } else if constexpr (kube::codec::kFreeForm<T>) {
    return free_form_schema();
  } else if constexpr (kube::codec::IsVector<T>::value) {
    return merged_list_schema(row, value_schema<typename T::value_type>(row));
  } else if constexpr (kube::codec::IsMap<T>::value) {
    using Value = typename T::mapped_type;
    kube::Row values;
    values.max_length = row.max_value_length;
    return merged_map_schema(row, value_schema<Value>(values));
  } else if constexpr (std::same_as<T, kube::ObjectMeta>) {
    return metadata_schema(row);
  } else {
    json::object schema = struct_schema<T>();
    if (row.atomic_map) schema["x-kubernetes-map-type"] = "atomic";
    return schema;
  }
}

template <kube::HasRows T>
json::object struct_schema() {
  json::object properties;
  json::array required, rules;
  static const T kDefault{};
  kube::for_each_field<T>([&](auto descriptor, const kube::Row& row, std::string_view name) {
    using Member = std::remove_cvref_t<decltype(kDefault.*descriptor.pointer)>;
    json::object property;
    // The API server has its own words for metadata, and accepts no others.
    if constexpr (!std::same_as<Member, kube::ObjectMeta>) property["description"] = row.doc;
    for (auto& item : value_schema<Member>(row)) property.insert_or_assign(item.key(), std::move(item.value()));
    if (row.defaulted) property["default"] = default_value(kDefault.*descriptor.pointer);
    properties.emplace(name, std::move(property));
    if (row.required) required.emplace_back(name);
    if (row.immutable) rules.push_back(immutable_rule(name, row.required || row.defaulted));
  });
  if constexpr (kube::HasRules<T>) {
    for (const kube::Rule& rule : field_rules(static_cast<const T*>(nullptr))) rules.push_back(rule_json(rule));
  }
  json::object schema{{"type", "object"}};
  if (!properties.empty()) schema["properties"] = std::move(properties);
  if (!required.empty()) schema["required"] = std::move(required);
  if (!rules.empty()) schema["x-kubernetes-validations"] = std::move(rules);
  return schema;
}

// The schema of a whole kind.
template <kube::Resource T>
json::object kind_schema(std::string_view description) {
  json::object schema = struct_schema<T>();
  json::object& properties = schema["properties"].get_object();
  properties["apiVersion"] = json::object{
      {"type", "string"}, {"description", "Version of the API this object is written in: `causeway.dev/v1alpha1`."}};
  properties["kind"] = json::object{{"type", "string"}, {"description", "Kind of the object."}};
  schema["description"] = description;
  return schema;
}

}  // namespace causeway::crds::crdgen
