#include "apiserver/rest/parameters.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace causeway::api::rest {
namespace {

// As the type says if the text is one; otherwise the text, which the schema then refuses with the right words.
json::value value_of(std::string_view text, std::string_view type) {
  if (type == "boolean" && (text == "true" || text == "false")) return json::value(text == "true");
  if (type == "integer" || type == "number") {
    std::int64_t whole = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
    if (error == std::errc() && end == text.data() + text.size()) return json::value(whole);
  }
  if (type == "number") {
    double real = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), real);
    if (error == std::errc() && end == text.data() + text.size() && std::isfinite(real)) return json::value(real);
  }
  return json::value(json::string(text.data(), text.size()));
}

std::string type_in(const json::object& schema) {
  const json::value* type = schema.if_contains("type");
  if (type == nullptr) throw std::logic_error("a parameter is no text, number, boolean or list of these");
  return std::string(type->as_string());
}

}  // namespace

json::object parameter_schema(const TypeRef& type) {
  Components components;
  const json::object reference = type.schema(components);
  if (components.schemas().size() != 1) throw std::logic_error("parameters are a struct without structs inside");
  return components.schemas().begin()->second;
}

ParameterReader::ParameterReader(const TypeRef& type, SchemaCheck& check) {
  if (!type) return;
  const json::object schema = parameter_schema(type);
  for (const auto& property : schema.at("properties").as_object()) {
    const json::object& declared = property.value().as_object();
    Known known{std::string(property.key()), type_in(declared), false};
    if (known.type == "array") {
      known.list = true;
      known.type = type_in(declared.at("items").as_object());
    }
    if (known.type == "object" || known.type == "array") throw std::logic_error("a parameter is an object");
    known_.push_back(std::move(known));
  }
  schema_ = check.compile(schema);
}

const ParameterReader::Known* ParameterReader::find(std::string_view name) const {
  const auto found = std::find_if(known_.begin(), known_.end(), [&](const Known& known) { return known.name == name; });
  return found == known_.end() ? nullptr : &*found;
}

bool ParameterReader::knows(std::string_view name) const {
  return find(name) != nullptr;
}

json::value ParameterReader::read(const QueryParameters& parameters, std::vector<ProblemField>& errors) const {
  json::object out;
  for (const auto& [name, text] : parameters) {
    const Known* known = find(name);
    if (known == nullptr) {
      errors.push_back({{}, name, "is not known here"});
    } else if (known->list) {
      json::value& list = out[name];
      if (!list.is_array()) list.emplace_array();
      list.get_array().push_back(value_of(text, known->type));
    } else if (out.contains(name)) {
      errors.push_back({{}, name, "is there twice"});
    } else {
      out.emplace(name, value_of(text, known->type));
    }
  }
  if (schema_ == nullptr) return out;
  json::value value(std::move(out));
  for (SchemaError& error : SchemaCheck::check(*schema_, value)) {
    const std::string_view pointer = error.pointer;
    const std::size_t slash = pointer.find('/', 1);
    errors.push_back({{}, std::string(pointer.substr(1, slash == pointer.npos ? slash : slash - 1)), error.detail});
  }
  return value;
}

}  // namespace causeway::api::rest
