#pragma once
// Asks what a webhook names, and nothing inside: the host is resolved once, all of its addresses have to be public, and
// what was looked at is what is connected to. Redirects are not followed, the answer's body is not read.

#include <stop_token>
#include <string>

#include "apiserver/activity/webhook.hpp"
#include "base/http.hpp"
#include "base/resolver.hpp"

namespace causeway::api::activity {

struct WebhookSenderOptions {
  WebhookRules rules;
  base::Duration timeout = std::chrono::seconds(10);
};

// Thread-safe.
class WebhookSender {
 public:
  explicit WebhookSender(WebhookSenderOptions options) : options_(std::move(options)) {}

  const WebhookSenderOptions& options() const { return options_; }

  // A POST of JSON, signed; the status of the answer. kInvalidArgument: it may not be asked at all.
  base::Result<int> send(const std::string& url, const std::string& secret, std::string body, base::Headers headers,
                         const std::stop_token& stop);

 private:
  const WebhookSenderOptions options_;
  base::Resolver resolver_;
};

}  // namespace causeway::api::activity
