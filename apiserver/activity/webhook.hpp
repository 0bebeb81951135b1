#pragma once
// Notifications sent to an address that a user names: what is asked of it, and when it is asked again. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/http.hpp"

namespace causeway::api::activity {

// Where a webhook is.
struct WebhookUrl {
  base::Url url;
  std::string target;  // path and query
  std::string host;    // as the Host field has it
};
// kInvalidArgument, with what would be right: no https (with `plain` http as well), a user or password in it, a
// fragment.
base::Result<WebhookUrl> parse_webhook_url(const std::string& text, bool plain);

// "sha256=<hexadecimal HMAC-SHA256 of the body>": the field X-Causeway-Signature-256.
std::string webhook_signature(std::string_view secret, std::string_view body);

// Attempts of one delivery: over some nine hours.
inline constexpr int kMostAttempts = 8;
// How long to wait after that many; nullopt: it is given up.
std::optional<base::Duration> pause_after(int attempts);

}  // namespace causeway::api::activity
