#include "base/host_patterns.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace causeway::base {
namespace {

bool is_pattern(std::string_view text) {
  if (text == "*") return true;
  if (text.starts_with("*.")) text.remove_prefix(2);
  const auto may = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':';
  };
  return !text.empty() && text.front() != '.' && text.back() != '.' && std::all_of(text.begin(), text.end(), may);
}

bool matches(std::string_view pattern, std::string_view host) {
  if (pattern == "*") return true;
  if (!pattern.starts_with("*.")) return host == pattern;
  const auto suffix = pattern.substr(1);
  return host.size() > suffix.size() && host.ends_with(suffix);
}

}  // namespace

Result<HostPatterns> HostPatterns::parse(const std::vector<std::string>& patterns) {
  HostPatterns parsed;
  parsed.patterns_.clear();
  for (const auto& given : patterns) {
    auto pattern = lower_case(given);
    if (!is_pattern(pattern))
      return Error{ErrorCode::kInvalidArgument,
                   "\"" + given + "\" is no host: has to be github.com, *.example.org or *, without scheme or port"};
    parsed.patterns_.push_back(std::move(pattern));
  }
  return parsed;
}

bool HostPatterns::allow(std::string_view host) const {
  if (host.ends_with('.')) host.remove_suffix(1);
  const auto name = lower_case(host);
  return std::any_of(patterns_.begin(), patterns_.end(), [&](const auto& pattern) { return matches(pattern, name); });
}

std::string HostPatterns::describe() const {
  std::string out;
  for (const auto& pattern : patterns_) out += (out.empty() ? "" : ", ") + pattern;
  return out;
}

}  // namespace causeway::base
