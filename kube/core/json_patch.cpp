#include "kube/core/json_patch.hpp"

namespace causeway::kube {

namespace {

// RFC 6901, 3: "~" and "/" are escaped inside a reference token.
std::string pointer(const std::string& path, std::string_view token) {
  std::string out = path + "/";
  for (const char c : token) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

void difference(const std::string& path, const json::value& from, const json::value& to, json::array& patch) {
  if (from == to) return;
  if (from.is_object() && to.is_object()) {
    for (const auto& [key, before] : from.get_object()) {
      if (!to.get_object().contains(key)) patch.push_back({{"op", "remove"}, {"path", pointer(path, key)}});
    }
    for (const auto& [key, after] : to.get_object()) {
      if (const json::value* before = from.get_object().if_contains(key)) {
        difference(pointer(path, key), *before, after, patch);
      } else {
        patch.push_back({{"op", "add"}, {"path", pointer(path, key)}, {"value", after}});
      }
    }
    return;
  }
  if (from.is_array() && to.is_array() && from.get_array().size() == to.get_array().size()) {
    for (std::size_t i = 0; i < to.get_array().size(); ++i) {
      difference(path + "/" + std::to_string(i), from.get_array()[i], to.get_array()[i], patch);
    }
    return;
  }
  patch.push_back({{"op", "replace"}, {"path", path}, {"value", to}});
}

}  // namespace

json::array json_patch(const json::value& from, const json::value& to) {
  json::array patch;
  difference("", from, to, patch);
  return patch;
}

void carry_changes(json::value& target, const json::value& before, const json::value& after) {
  if (before == after) return;
  if (after.is_object() && target.is_object()) {
    static const json::value kNothing = json::object{};
    const json::object& old = before.is_object() ? before.get_object() : kNothing.get_object();
    json::object& into = target.get_object();
    for (const auto& [key, value] : old) {
      if (!after.get_object().contains(key)) into.erase(key);
    }
    for (const auto& [key, value] : after.get_object()) {
      const json::value* was = old.if_contains(key);
      if (json::value* there = into.if_contains(key)) {
        carry_changes(*there, was != nullptr ? *was : json::value(), value);
      } else if (was == nullptr || *was != value) {
        into.insert_or_assign(key, value);
      }
    }
    return;
  }
  if (after.is_array() && before.is_array() && target.is_array() &&
      after.get_array().size() == before.get_array().size() && after.get_array().size() == target.get_array().size()) {
    for (std::size_t i = 0; i < after.get_array().size(); ++i) {
      carry_changes(target.get_array()[i], before.get_array()[i], after.get_array()[i]);
    }
    return;
  }
  target = after;
}

}  // namespace causeway::kube
