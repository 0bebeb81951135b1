#include "apiserver/activity/webhook.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace causeway::api::activity {
namespace {

constexpr base::Duration kFirstPause = std::chrono::seconds(30), kLongestPause = std::chrono::hours(6);

}  // namespace

base::Result<WebhookUrl> parse_webhook_url(const std::string& text, const WebhookRules& rules) {
  const auto wrong = [](std::string why) { return base::Error{base::ErrorCode::kInvalidArgument, std::move(why)}; };
  const auto bad = [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f;
  };
  if (std::any_of(text.begin(), text.end(), bad)) return wrong("may have visible ASCII characters only");
  if (text.find_first_of("@#\\") != std::string::npos)
    return wrong("must have no user, password, fragment or backslash");
  const auto scheme = text.find("://");
  const auto authority = scheme == std::string::npos ? text.size() : scheme + 3;
  const auto path = text.find_first_of("/?", authority);
  auto url = base::parse_url(text.substr(0, path));
  if (!url || url->host.empty() || (url->scheme != "https" && !(rules.allow_private && url->scheme == "http")))
    return wrong(rules.allow_private ? "has to be https://HOST/PATH or http://HOST/PATH"
                                     : "has to be https://HOST/PATH");
  if (!rules.hosts.allow(url->host))
    return wrong("leads to " + url->host + ", and webhooks may be at: " + rules.hosts.describe());
  WebhookUrl webhook{.url = std::move(*url),
                     .target = path == std::string::npos ? "/" : text.substr(path),
                     .host = text.substr(authority, path == std::string::npos ? path : path - authority)};
  if (webhook.target.front() == '?') webhook.target.insert(0, "/");
  return webhook;
}

std::string webhook_signature(std::string_view secret, std::string_view body) {
  return "sha256=" + base::hex_encode(base::hmac_sha256(secret, body));
}

std::optional<base::Duration> pause_after(int attempts) {
  if (attempts >= kMostAttempts) return std::nullopt;
  auto pause = kFirstPause;
  for (int i = 1; i < attempts; ++i) pause = std::min(4 * pause, kLongestPause);
  return pause;
}

}  // namespace causeway::api::activity
