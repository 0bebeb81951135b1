#pragma once
// Notifications sent to an address that a user names: what is asked of it, and when it is asked again. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/host_patterns.hpp"
#include "base/http.hpp"

namespace causeway::api::activity {

// Where a webhook is.
struct WebhookUrl {
  base::Url url;
  std::string target;  // path and query
  std::string host;    // as the Host field has it
};
// What may be asked.
struct WebhookRules {
  bool allow_private = false;  // addresses inside and http as well: for closed networks and tests
  base::HostPatterns hosts;
};
// kInvalidArgument, with what would be right: no https (where rules.allow_private, http as well), a host that may not
// be asked, a user or password in it, a fragment.
base::Result<WebhookUrl> parse_webhook_url(const std::string& text, const WebhookRules& rules);

// "sha256=<hexadecimal HMAC-SHA256 of the body>": the field X-Causeway-Signature-256.
std::string webhook_signature(std::string_view secret, std::string_view body);

// Attempts of one delivery: over some nine hours.
inline constexpr int kMostAttempts = 8;
// How long to wait after that many; nullopt: it is given up.
std::optional<base::Duration> pause_after(int attempts);

}  // namespace causeway::api::activity
