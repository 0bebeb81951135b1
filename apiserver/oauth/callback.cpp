#include "apiserver/oauth/callback.hpp"

#include <algorithm>
#include <array>

#include "base/http.hpp"

namespace causeway::api::oauth {
namespace {

constexpr std::size_t kMost = 8 << 10;  // Microsoft's codes have some 1,500 bytes

Failure wrong(std::string message) {
  return {FailureKind::kNoAttempt, "the provider's redirect: " + std::move(message)};
}

}  // namespace

Outcome<Callback> parse_callback(std::string_view query) {
  static constexpr std::array<std::pair<std::string_view, std::string Callback::*>, 5> kKnown{{
      {"code", &Callback::code},
      {"state", &Callback::state},
      {"iss", &Callback::iss},
      {"error", &Callback::error},
      {"error_description", &Callback::error_description},
  }};
  Callback callback;
  std::array<bool, kKnown.size()> seen{};
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    const auto name = pair.substr(0, pair.find('='));
    const auto known = std::ranges::find(kKnown, name, [](const auto& entry) { return entry.first; });
    if (known == kKnown.end()) continue;
    const auto at = static_cast<std::size_t>(known - kKnown.begin());
    if (seen[at]) return wrong(std::string(name) + " is there twice");
    seen[at] = true;
    if (pair.size() > kMost) return wrong(std::string(name) + " is longer than 8 KiB");
    auto value = base::query_parameter(pair, name);
    if (!value) return wrong(std::string(name) + " cannot be decoded");
    callback.*(known->second) = std::move(*value);
  }
  return callback;
}

}  // namespace causeway::api::oauth
