#include "apiserver/render/yaml_json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "apiserver/render/text.hpp"

namespace causeway::api::render {
namespace {

namespace json = boost::json;

constexpr int kMaxDepth = 50;

template <class T>
std::optional<T> parsed(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool looks_like_number(std::string_view text) {
  return std::ranges::any_of(text, is_ascii_digit) &&
         text.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
}

json::value scalar(const YAML::Node& node) {
  const auto& text = node.Scalar();
  if (node.Tag() == "!" || node.Tag().ends_with(":str")) return json::string(text);  // quoted, or said to be a text
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  if (looks_like_number(text)) {
    const auto digits = std::string_view(text).substr(text.starts_with('+') ? 1 : 0);
    if (const auto whole = parsed<std::int64_t>(digits)) return *whole;
    if (const auto number = parsed<double>(digits); number && std::isfinite(*number)) return *number;
  }
  return json::string(text);
}

bool take(YamlAllowance& allowance, std::size_t bytes) {
  if (allowance.values == 0 || allowance.bytes < bytes) return false;
  --allowance.values;
  allowance.bytes -= bytes;
  return true;
}

// False: there is too much of it.
bool convert(const YAML::Node& node, json::value& out, YamlAllowance& allowance, int depth) {
  if (depth > kMaxDepth || !take(allowance, node.IsScalar() ? node.Scalar().size() : 0)) return false;
  if (node.IsScalar()) {
    out = scalar(node);
  } else if (node.IsSequence()) {
    auto& array = out.emplace_array();
    for (const auto& item : node) {
      if (!convert(item, array.emplace_back(nullptr), allowance, depth + 1)) return false;
    }
  } else if (node.IsMap()) {
    auto& object = out.emplace_object();
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) continue;  // nothing that JSON could say
      const auto& key = entry.first.Scalar();
      if (!take(allowance, key.size()) || !convert(entry.second, object[key], allowance, depth + 1)) return false;
    }
  }
  return true;  // what is null stays null
}

}  // namespace

base::Result<json::value> json_of_yaml(const YAML::Node& node, YamlAllowance& allowance) {
  json::value out;
  if (!convert(node, out, allowance, 0))
    return base::Error{base::ErrorCode::kInvalidArgument, "holds too many values, or too many inside each other"};
  return out;
}

}  // namespace causeway::api::render
