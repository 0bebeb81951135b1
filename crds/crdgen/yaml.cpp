#include "crds/crdgen/yaml.hpp"

#include <algorithm>
#include <array>
#include <yaml-cpp/yaml.h>

namespace causeway::crds::crdgen {

namespace json = boost::json;

namespace {

// Whether text stays a string for every YAML reader without quotes. Words and dotted names only; the rest is quoted.
bool plain(std::string_view text) {
  static constexpr std::array<std::string_view, 9> kWords{"true", "false", "null", "yes", "no", "on", "off", "y", "n"};
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (text.empty() || !(letter(text.front()) || text.front() == '.')) return false;
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (std::ranges::find(kWords, lower) != kWords.end()) return false;
  return std::ranges::all_of(text, [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '/' || c == '_';
  });
}

void emit(YAML::Emitter& out, const json::value& value) {
  switch (value.kind()) {
    case json::kind::object: {
      const json::object& object = value.get_object();
      if (object.empty()) out << YAML::Flow;
      out << YAML::BeginMap;
      for (const auto& [key, member] : object) {
        out << YAML::Key;
        if (!plain(key)) out << YAML::DoubleQuoted;
        out << std::string(key) << YAML::Value;
        emit(out, member);
      }
      out << YAML::EndMap;
      break;
    }
    case json::kind::array: {
      const json::array& array = value.get_array();
      const bool flow =
          std::ranges::all_of(array, [](const json::value& v) { return v.is_string(); }) && array.size() < 20;
      if (flow) out << YAML::Flow;
      out << YAML::BeginSeq;
      for (const json::value& item : array) emit(out, item);
      out << YAML::EndSeq;
      break;
    }
    case json::kind::string: {
      const std::string text(value.get_string());
      if (!plain(text)) out << YAML::DoubleQuoted;
      out << text;
      break;
    }
    case json::kind::null:
      out << YAML::Null;
      break;
    case json::kind::bool_:
      out << value.get_bool();
      break;
    default:
      out << json::serialize(value);  // numbers
  }
}

}  // namespace

std::string to_yaml(const json::value& value) {
  YAML::Emitter out;
  emit(out, value);
  return std::string(out.c_str()) + "\n";
}

}  // namespace causeway::crds::crdgen
