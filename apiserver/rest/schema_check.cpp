#include "apiserver/rest/schema_check.hpp"

#include <algorithm>
#include <boost/regex.hpp>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>

#include "base/clock.hpp"
#include "crds/patterns.hpp"

namespace causeway::api::rest {

struct SchemaCheck::Node {
  struct Property {
    std::string name;
    const Node* schema = nullptr;
    bool required = false;
  };
  const Node* same_as = nullptr;  // $ref
  std::string type;               // "" = any
  std::vector<std::string> values;
  std::string pattern, format;
  std::optional<boost::regex> regex;
  std::optional<std::int64_t> min_length, max_length, min_items, max_items, max_properties;
  std::optional<double> minimum, maximum;
  std::vector<Property> properties;
  bool closed = false;               // no properties but these
  const Node* additional = nullptr;  // of a map
  const Node* items = nullptr;
  bool unique = false;
};

namespace {

constexpr std::size_t kMaxErrors = 50;

std::string text_of(const json::value& value) {
  return std::string(value.as_string());
}

std::string shown(double number) {
  return std::floor(number) == number && std::abs(number) < 1e15 ? std::to_string(static_cast<std::int64_t>(number))
                                                                 : json::serialize(json::value(number));
}

bool is_whole(const json::value& value) {
  return value.is_int64() || value.is_uint64() ||
         (value.is_double() && std::isfinite(value.get_double()) &&
          std::floor(value.get_double()) == value.get_double());
}

bool has_type(std::string_view type, const json::value& value) {
  if (type == "string") return value.is_string();
  if (type == "integer") return is_whole(value);
  // A double overflows quietly: 1e999 is infinite.
  if (type == "number") return value.is_number() && std::isfinite(value.to_number<double>());
  if (type == "boolean") return value.is_bool();
  if (type == "array") return value.is_array();
  return value.is_object();
}

std::string_view article(std::string_view type) {
  if (type == "string") return "a text";
  if (type == "integer") return "a whole number";
  if (type == "number") return "a number";
  if (type == "boolean") return "true or false";
  if (type == "array") return "a list";
  return "an object";
}

std::int64_t characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

bool format_holds(std::string_view format, std::string_view text) {
  if (format == "date-time") return base::parse_time(text).ok();
  if (format == "cidr") {
    crds::AddressRange range;
    return crds::parse_cidr(text, range);
  }
  return true;
}

class Walk {
 public:
  explicit Walk(std::vector<SchemaError>& errors) : errors_(errors) {}

  void value(const SchemaCheck::Node& schema, const json::value& v) {
    const SchemaCheck::Node* node = &schema;
    while (node->same_as != nullptr) node = node->same_as;
    if (errors_.size() >= kMaxErrors) return;
    if (!node->type.empty() && !has_type(node->type, v)) return say("has to be " + std::string(article(node->type)));
    if (v.is_string()) text(*node, {v.get_string().data(), v.get_string().size()});
    if (v.is_number()) number(*node, v.to_number<double>());
    if (v.is_array()) list(*node, v.get_array());
    if (v.is_object()) object(*node, v.get_object());
  }

 private:
  void say(std::string detail) { errors_.push_back({pointer_, std::move(detail)}); }

  template <class F>
  void inside(std::string_view part, F&& f) {
    const std::size_t size = pointer_.size();
    append_pointer(pointer_, part);
    f();
    pointer_.resize(size);
  }

  void text(const SchemaCheck::Node& node, std::string_view s) {
    if (!node.values.empty() && std::find(node.values.begin(), node.values.end(), s) == node.values.end()) {
      std::string list;
      for (const std::string& one : node.values) list.append(list.empty() ? "" : ", ").append(one);
      return say("has to be one of " + list);
    }
    if (node.min_length || node.max_length) {
      const std::int64_t length = characters(s);
      if (node.max_length && length > *node.max_length)
        return say("has to have at most " + std::to_string(*node.max_length) + " characters");
      if (node.min_length && length < *node.min_length)
        return say(*node.min_length == 1 ? "must not be empty"
                                         : "has to have at least " + std::to_string(*node.min_length) + " characters");
    }
    if (!format_holds(node.format, s))
      return say(node.format == "date-time" ? "has to be a time like 2026-11-24T10:00:00Z"
                                            : "has to be an address range like 10.20.0.0/16");
    if (node.regex && !matches(*node.regex, s)) say("has to be " + crds::describe_pattern(node.pattern));
  }

  static bool matches(const boost::regex& regex, std::string_view s) {
    try {
      return boost::regex_search(s.begin(), s.end(), regex, boost::match_default | boost::match_single_line);
    } catch (const std::runtime_error&) {
      return false;  // a text made to exhaust the engine
    }
  }

  void number(const SchemaCheck::Node& node, double n) {
    if (node.minimum && n < *node.minimum) say("has to be at least " + shown(*node.minimum));
    if (node.maximum && n > *node.maximum) say("has to be at most " + shown(*node.maximum));
  }

  void list(const SchemaCheck::Node& node, const json::array& array) {
    const auto size = static_cast<std::int64_t>(array.size());
    if (node.max_items && size > *node.max_items)
      return say("has to have at most " + std::to_string(*node.max_items) + " items");
    if (node.min_items && size < *node.min_items)
      say("has to have at least " + std::to_string(*node.min_items) + " items");
    for (std::size_t i = 0; i < array.size(); ++i) {
      inside(std::to_string(i), [&] {
        if (node.items != nullptr) value(*node.items, array[i]);
        if (node.unique && std::find(array.begin(), array.begin() + static_cast<std::ptrdiff_t>(i), array[i]) !=
                               array.begin() + static_cast<std::ptrdiff_t>(i)) {
          say("is there twice");
        }
      });
    }
  }

  void object(const SchemaCheck::Node& node, const json::object& members) {
    if (node.max_properties && static_cast<std::int64_t>(members.size()) > *node.max_properties)
      return say("has to have at most " + std::to_string(*node.max_properties) + " entries");
    for (const auto& property : node.properties) {
      const json::value* member = members.if_contains(property.name);
      if (member == nullptr && !property.required) continue;
      inside(property.name, [&] { member != nullptr ? value(*property.schema, *member) : say("is missing"); });
    }
    if (!node.closed && node.additional == nullptr) return;
    for (const auto& member : members) {
      const std::string_view name(member.key().data(), member.key().size());
      const bool known = std::any_of(node.properties.begin(), node.properties.end(),
                                     [&](const auto& property) { return property.name == name; });
      if (known) continue;
      inside(name,
             [&] { node.additional != nullptr ? value(*node.additional, member.value()) : say("is not known here"); });
    }
  }

  std::vector<SchemaError>& errors_;
  std::string pointer_;
};

}  // namespace

SchemaCheck::SchemaCheck(json::object components) : components_(std::move(components)) {}
SchemaCheck::~SchemaCheck() = default;
SchemaCheck::SchemaCheck(SchemaCheck&&) noexcept = default;

const SchemaCheck::Node* SchemaCheck::component(const std::string& name) {
  if (const auto known = named_.find(name); known != named_.end()) return known->second;
  const json::value* schema = components_.if_contains(name);
  if (schema == nullptr) throw std::logic_error("there is no schema " + name);
  Node& node = add();
  named_[name] = &node;  // before it is filled: a type may hold itself
  fill(node, schema->as_object());
  return &node;
}

SchemaCheck::Node& SchemaCheck::add() {
  return *nodes_.emplace_back(std::make_unique<Node>());
}

const SchemaCheck::Node* SchemaCheck::compile(const json::object& schema) {
  Node& node = add();
  fill(node, schema);
  return &node;
}

void SchemaCheck::fill(Node& node, const json::object& schema) {
  for (const auto& [key, value] : schema) {
    const std::string_view word(key.data(), key.size());
    if (word == "$ref") {
      constexpr std::string_view kPrefix = "#/components/schemas/";
      const std::string target = text_of(value);
      if (!target.starts_with(kPrefix)) throw std::logic_error("a reference to " + target);
      node.same_as = component(target.substr(kPrefix.size()));
    } else if (word == "type") {
      node.type = text_of(value);
    } else if (word == "enum") {
      for (const json::value& one : value.as_array()) node.values.push_back(text_of(one));
    } else if (word == "pattern") {
      node.pattern = text_of(value);
      node.regex.emplace(node.pattern, boost::regex::perl | boost::regex::no_mod_m);
    } else if (word == "format") {
      node.format = text_of(value);
    } else if (word == "minLength") {
      node.min_length = value.as_int64();
    } else if (word == "maxLength") {
      node.max_length = value.as_int64();
    } else if (word == "minItems") {
      node.min_items = value.as_int64();
    } else if (word == "maxItems") {
      node.max_items = value.as_int64();
    } else if (word == "maxProperties") {
      node.max_properties = value.as_int64();
    } else if (word == "minimum") {
      node.minimum = value.to_number<double>();
    } else if (word == "maximum") {
      node.maximum = value.to_number<double>();
    } else if (word == "uniqueItems") {
      node.unique = value.as_bool();
    } else if (word == "items") {
      node.items = compile(value.as_object());
    } else if (word == "properties") {
      for (const auto& property : value.as_object())
        node.properties.push_back({std::string(property.key()), compile(property.value().as_object()), false});
    } else if (word == "additionalProperties") {
      if (value.is_object()) {
        node.additional = compile(value.get_object());
      } else {
        node.closed = !value.as_bool();
      }
    } else if (word != "required" && word != "description" && word != "default" && word != "examples") {
      throw std::logic_error("the schema word " + std::string(word) + " is not known");
    }
  }
  const json::value* required = schema.if_contains("required");
  if (required == nullptr) return;
  for (const json::value& name : required->as_array()) {
    const auto found = std::find_if(node.properties.begin(), node.properties.end(),
                                    [&](const auto& property) { return property.name == text_of(name); });
    if (found == node.properties.end()) throw std::logic_error("required, but no property: " + text_of(name));
    found->required = true;
  }
}

std::vector<SchemaError> SchemaCheck::check(const Node& schema, const json::value& value) {
  std::vector<SchemaError> errors;
  Walk(errors).value(schema, value);
  return errors;
}

void append_pointer(std::string& pointer, std::string_view part) {
  pointer += '/';
  for (const char c : part) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
}

}  // namespace causeway::api::rest
