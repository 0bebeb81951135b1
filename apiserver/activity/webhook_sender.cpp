#include "apiserver/activity/webhook_sender.hpp"

#include "apiserver/rest/client_address.hpp"
#include "base/http_client.hpp"
#include "base/public_address.hpp"

namespace causeway::api::activity {

base::Result<int> WebhookSender::send(const std::string& url, const std::string& secret, std::string body,
                                      base::Headers headers, const std::stop_token& stop) {
  auto webhook = parse_webhook_url(url, options_.rules);
  if (!webhook) return webhook.error().wrap("the address");
  const auto deadline = base::system_clock().steady() + options_.timeout;
  auto addresses = resolver_.resolve(webhook->url.host, webhook->url.port, deadline, stop);
  if (!addresses) return addresses.error();
  if (addresses->empty()) return base::Error{base::ErrorCode::kConnect, "the host has no address"};
  for (const auto& address : *addresses) {
    if (!options_.rules.allow_private && !base::is_public_address(std::string(rest::address_of(address.describe()))))
      return base::Error{base::ErrorCode::kInvalidArgument, "the host's address is not a public one"};
  }
  base::HttpClientOptions client;
  client.base_url = webhook->url.scheme + "://" + addresses->front().describe();
  client.tls.server_name = webhook->url.host;
  client.user_agent = "causeway-webhook";
  client.connect_timeout = options_.timeout;
  base::HttpRequest request{.method = "POST", .target = webhook->target, .headers = std::move(headers)};
  request.headers.set("Host", webhook->host);
  request.headers.set("Content-Type", "application/json");
  request.headers.set("X-Causeway-Signature-256", webhook_signature(secret, body));
  request.body = std::move(body);
  int status = 0;
  auto asked = base::HttpClient(std::move(client))
                   .stream(
                       request,
                       [&](const base::HttpResponse& head) {
                         status = head.status;
                         return false;
                       },
                       [](std::string_view) { return false; }, {.head_timeout = options_.timeout, .stop = stop});
  if (!asked) return asked.error();
  return status;
}

}  // namespace causeway::api::activity
