#include "crds/row_schema.hpp"

#include "crds/patterns.hpp"

namespace causeway::crds {

namespace {

void put(json::object& schema, std::string_view key, std::int64_t value) {
  if (value != kube::kUnset) schema[key] = value;
}

}  // namespace

json::object string_schema(const kube::Row& row) {
  json::object schema{{"type", "string"}};
  put(schema, "minLength", row.min_length);
  put(schema, "maxLength", row.max_length);
  if (!row.pattern.empty()) schema["pattern"] = row.pattern;
  if (row.format == "duration") {
    schema["pattern"] = kDurationPattern;
    schema["maxLength"] = kMaxDurationLength;
  } else if (row.format == "decimal") {
    schema["pattern"] = kDecimalPattern;
    schema["maxLength"] = kMaxDecimalLength;
  } else if (row.format == "cidr") {
    schema["format"] = "cidr";
    schema["maxLength"] = kMaxCidrLength;
  } else if (!row.format.empty()) {
    schema["format"] = row.format;
  }
  return schema;
}

json::object integer_schema(const kube::Row& row) {
  json::object schema{{"type", "integer"}, {"format", "int64"}};
  put(schema, "minimum", row.minimum);
  put(schema, "maximum", row.maximum);
  return schema;
}

json::object enum_schema(const std::vector<std::string_view>& values) {
  json::array list;
  for (const std::string_view value : values) list.emplace_back(value);
  return {{"type", "string"}, {"enum", std::move(list)}};
}

json::object list_schema(const kube::Row& row, json::object items) {
  json::object schema{{"type", "array"}, {"items", std::move(items)}};
  put(schema, "minItems", row.min_items);
  put(schema, "maxItems", row.max_items);
  return schema;
}

json::object map_schema(const kube::Row& row, json::object values) {
  json::object schema{{"type", "object"}, {"additionalProperties", std::move(values)}};
  put(schema, "maxProperties", row.max_properties);
  return schema;
}

}  // namespace causeway::crds
