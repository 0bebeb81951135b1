#include "crds/crdgen/schema.hpp"

#include <algorithm>
#include <array>

#include "crds/patterns.hpp"

namespace causeway::crds::crdgen {

namespace {

void put(json::object& schema, std::string_view key, std::int64_t value) {
  if (value != kube::kUnset) schema[key] = value;
}

}  // namespace

json::object text_schema(const kube::Row& row) {
  if (row.format != "quantity") return string_schema(row);
  return {{"anyOf", json::array{json::object{{"type", "integer"}}, json::object{{"type", "string"}}}},
          {"x-kubernetes-int-or-string", true},
          {"pattern", kQuantityPattern},
          {"maxLength", kMaxQuantityLength}};
}

json::object merged_list_schema(const kube::Row& row, json::object items) {
  json::object schema = list_schema(row, std::move(items));
  if (row.list == kube::ListType::Set) {
    schema["x-kubernetes-list-type"] = "set";
  } else if (row.list == kube::ListType::Map) {
    schema["x-kubernetes-list-type"] = "map";
    schema["x-kubernetes-list-map-keys"] = json::array{json::value(row.list_key)};
  } else {
    schema["x-kubernetes-list-type"] = "atomic";
  }
  return schema;
}

json::object merged_map_schema(const kube::Row& row, json::object values) {
  json::object schema = map_schema(row, std::move(values));
  if (row.atomic_map) schema["x-kubernetes-map-type"] = "atomic";
  return schema;
}

json::object free_form_schema() {
  return {{"x-kubernetes-preserve-unknown-fields", true}};
}

json::object metadata_schema(const kube::Row& row) {
  // Both names, or CEL would not take the limit over into its estimate of a rule's cost.
  json::object name{{"type", "string"}}, generate_name{{"type", "string"}};
  put(name, "maxLength", row.max_length);
  put(generate_name, "maxLength", row.max_length);
  return {{"type", "object"},
          {"properties", json::object{{"name", std::move(name)}, {"generateName", std::move(generate_name)}}}};
}

json::object rule_json(const kube::Rule& rule) {
  json::object out{{"rule", rule.rule}, {"message", rule.message}};
  if (!rule.message_expression.empty()) out["messageExpression"] = rule.message_expression;
  if (!rule.field_path.empty()) out["fieldPath"] = rule.field_path;
  return out;
}

std::string cel_name(std::string_view json_name) {
  // https://kubernetes.io/docs/reference/using-api/cel/: reserved words are escaped.
  static constexpr std::array<std::string_view, 18> kReserved{
      "true", "false",    "null", "in",     "as",  "break", "const",   "continue",  "else",
      "for",  "function", "if",   "import", "let", "loop",  "package", "namespace", "return"};
  std::string name(json_name);
  return std::ranges::find(kReserved, json_name) == kReserved.end() ? name : "__" + name + "__";
}

json::object immutable_rule(std::string_view json_name, bool always_there) {
  const std::string self = "self." + cel_name(json_name), old = "oldSelf." + cel_name(json_name);
  const std::string name(json_name);
  std::string rule = self + " == " + old;
  if (!always_there) {
    rule = "has(" + self + ") == has(" + old + ") && (!has(" + self + ") || " + rule + ")";
  }
  return {
      {"rule", rule}, {"message", name + " cannot be changed; create a new object instead"}, {"fieldPath", "." + name}};
}

}  // namespace causeway::crds::crdgen
