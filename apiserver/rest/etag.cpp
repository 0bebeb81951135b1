#include "apiserver/rest/etag.hpp"

#include <algorithm>

#include "apiserver/rest/field_value.hpp"

namespace causeway::api::rest {
namespace {

enum class Listed { kAny, kYes, kNo, kMalformed };

// Takes one entity tag off the front: [W/]"…", visible characters without quotes inside.
std::optional<std::string_view> take_tag(std::string_view& text) {
  const std::size_t open = text.starts_with("W/") ? 2 : 0;
  if (text.size() <= open || text[open] != '"') return std::nullopt;
  const std::size_t close = text.find('"', open + 1);
  if (close == std::string_view::npos) return std::nullopt;
  const std::string_view tag = text.substr(0, close + 1);
  const std::string_view inside = tag.substr(open + 1, close - open - 1);
  const auto bad = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; };
  if (std::any_of(inside.begin(), inside.end(), bad)) return std::nullopt;
  text.remove_prefix(close + 1);
  return tag;
}

// Whether the tags of all fields of this name hold `current`.
Listed listed(const base::Headers& headers, std::string_view name, const std::optional<std::string>& current,
              bool (*match)(std::string_view, std::string_view)) {
  bool found = false, any_tag = false;
  for (const auto& [key, value] : headers) {
    if (!same_text(key, name)) continue;
    std::string_view rest = trim(value);
    if (rest == "*" && headers.count(name) == 1) return Listed::kAny;
    while (!rest.empty()) {
      if (rest.front() == ',') {
        rest = trim(rest.substr(1));
        continue;
      }
      const auto tag = take_tag(rest);
      if (!tag) return Listed::kMalformed;
      any_tag = true;
      found = found || (current && match(*tag, *current));
      rest = trim(rest);
      if (!rest.empty() && rest.front() != ',') return Listed::kMalformed;
    }
  }
  if (!any_tag) return Listed::kMalformed;
  return found ? Listed::kYes : Listed::kNo;
}

}  // namespace

std::string strong_etag(std::string_view version) {
  return "\"" + std::string(version) + "\"";
}

bool strong_match(std::string_view a, std::string_view b) {
  return a == b && !a.starts_with("W/");
}

bool weak_match(std::string_view a, std::string_view b) {
  if (a.starts_with("W/")) a.remove_prefix(2);
  if (b.starts_with("W/")) b.remove_prefix(2);
  return a == b;
}

Precondition judge(const base::Headers& headers, std::string_view method, const std::optional<std::string>& current) {
  if (headers.get("If-Match")) {
    switch (listed(headers, "If-Match", current, strong_match)) {
      case Listed::kMalformed:
        return Precondition::kMalformed;
      case Listed::kNo:
        return Precondition::kFails;
      case Listed::kAny:
        if (!current) return Precondition::kFails;
        break;
      case Listed::kYes:
        break;
    }
  }
  if (headers.get("If-None-Match")) {
    const Listed answer = listed(headers, "If-None-Match", current, weak_match);
    if (answer == Listed::kMalformed) return Precondition::kMalformed;
    if (answer == Listed::kYes || (answer == Listed::kAny && current)) {
      return method == "GET" || method == "HEAD" ? Precondition::kNotModified : Precondition::kFails;
    }
  }
  return Precondition::kHolds;
}

}  // namespace causeway::api::rest
