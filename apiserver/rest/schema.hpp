#pragma once
// Described structs with field rows → JSON Schema 2020-12, as OpenAPI 3.1 wants it. Structs become components, named
// like the C++ type without its namespaces; everything else stands where it is used.
//
// Members whose row says `required` must be there; others may be absent, which is not the same as null: null is
// refused.

#include <boost/core/type_name.hpp>
#include <boost/json.hpp>
#include <map>
#include <string>
#include <string_view>
#include <typeindex>

#include "crds/row_schema.hpp"
#include "kube/core/codec.hpp"
#include "kube/core/schema.hpp"

namespace causeway::api::rest {

namespace json = boost::json;

class Components;

// The name of a struct's component: T::schema_name() where a template has one.
template <class T>
std::string schema_name() {
  if constexpr (requires { T::schema_name(); }) {
    return T::schema_name();
  } else {
    const std::string full = boost::core::type_name<T>();
    const std::size_t colon = full.rfind(':');
    return colon == std::string::npos ? full : full.substr(colon + 1);
  }
}

template <class T>
json::object value_schema(const kube::Row& row, Components& components);

// The structs of one document.
class Components {
 public:
  // {"$ref": "#/components/schemas/<name>"}; T's schema is added with the first. Two types of one name:
  // std::logic_error.
  template <kube::HasRows T>
  json::object reference();

  // By name; in the order of names, so that a document is the same however its routes are ordered.
  const std::map<std::string, json::object>& schemas() const { return schemas_; }

 private:
  bool claim(const std::string& name, std::type_index type);  // false: is there already
  std::map<std::string, json::object> schemas_;
  std::map<std::string, std::type_index> types_;
};

// A type, for where templates end. Empty: no value.
struct TypeRef {
  json::object (*schema)(Components&) = nullptr;
  explicit operator bool() const { return schema != nullptr; }
};

template <class T>
TypeRef type_ref() {
  return {[](Components& components) { return value_schema<T>(kube::Row{}, components); }};
}

// Parts that do not depend on a type.
json::object number_schema(const kube::Row& row);
json::object reference_to(const std::string& name);
void describe(json::object& property, const kube::Row& row);
json::object object_schema(json::object properties, json::array required);

template <class T>
json::object value_schema(const kube::Row& row, Components& components) {
  if constexpr (kube::codec::IsOptional<T>::value) {
    return value_schema<typename T::value_type>(row, components);
  } else if constexpr (std::same_as<T, std::string>) {
    return crds::string_schema(row);
  } else if constexpr (std::same_as<T, bool>) {
    return {{"type", "boolean"}};
  } else if constexpr (std::same_as<T, double>) {
    return number_schema(row);
  } else if constexpr (std::integral<T>) {
    return crds::integer_schema(row);
  } else if constexpr (std::is_enum_v<T>) {
    return crds::enum_schema(kube::codec::enum_names<T>());
  } else if constexpr (std::same_as<T, json::value>) {
    return {};
  } else if constexpr (std::same_as<T, json::object>) {
    return {{"type", "object"}};
  } else if constexpr (std::same_as<T, json::array>) {
    return {{"type", "array"}};
  } else if constexpr (kube::codec::IsVector<T>::value) {
    json::object list = crds::list_schema(row, value_schema<typename T::value_type>(row, components));
    if (row.list == kube::ListType::Set) list["uniqueItems"] = true;
    return list;
  } else if constexpr (kube::codec::IsMap<T>::value) {
    kube::Row values;
    values.max_length = row.max_value_length;
    return crds::map_schema(row, value_schema<typename T::mapped_type>(values, components));
  } else {
    return components.reference<T>();
  }
}

template <kube::HasRows T>
json::object Components::reference() {
  const std::string name = schema_name<T>();
  if (!claim(name, typeid(T))) return reference_to(name);
  json::object properties;
  json::array required;
  static const T kDefault{};
  kube::for_each_field<T>([&](auto descriptor, const kube::Row& row, std::string_view member) {
    using Member = std::remove_cvref_t<decltype(kDefault.*descriptor.pointer)>;
    json::object property = value_schema<Member>(row, *this);
    describe(property, row);
    if constexpr (!kube::codec::IsOptional<Member>::value && !kube::Described<Member>) {
      if (row.defaulted) property["default"] = kube::codec::encode_value(kDefault.*descriptor.pointer);
    }
    properties.emplace(member, std::move(property));
    if (row.required) required.emplace_back(member);
  });
  schemas_[name] = object_schema(std::move(properties), std::move(required));
  return reference_to(name);
}

}  // namespace causeway::api::rest
