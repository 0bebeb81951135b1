#include "apiserver/rest/schema.hpp"

#include <stdexcept>

namespace causeway::api::rest {

bool Components::claim(const std::string& name, std::type_index type) {
  const auto [entry, fresh] = types_.emplace(name, type);
  if (!fresh && entry->second != type) throw std::logic_error("two types are called " + name + " in the API");
  return fresh;
}

json::object number_schema(const kube::Row& row) {
  json::object schema{{"type", "number"}};
  if (row.minimum != kube::kUnset) schema["minimum"] = row.minimum;
  if (row.maximum != kube::kUnset) schema["maximum"] = row.maximum;
  return schema;
}

json::object reference_to(const std::string& name) {
  return {{"$ref", "#/components/schemas/" + name}};
}

void describe(json::object& property, const kube::Row& row) {
  property["description"] = row.doc;
  if (!row.example.empty()) property["examples"] = json::array{json::parse({row.example.data(), row.example.size()})};
}

json::object object_schema(json::object properties, json::array required) {
  json::object schema{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

}  // namespace causeway::api::rest
