#pragma once
// The request pipeline: from an exchange of base::HttpServer to the handler of its route and back.
//
//   request id, trace → route → caller → rate limit → access → cross-site → Accept → parameters → body → If-Match →
//   Idempotency-Key → handler → ETag → answer, access log, metrics
//
// The whole table is checked and compiled when an Api is made; a request then copies no body, builds no map and takes
// no lock but a shard's of the rate limiter and those inside the metrics library.

#include <memory>
#include <string>
#include <vector>

#include "apiserver/rest/caller.hpp"
#include "apiserver/rest/client_address.hpp"
#include "apiserver/rest/idempotency.hpp"
#include "apiserver/rest/rate_limit.hpp"
#include "apiserver/rest/route.hpp"
#include "base/clock.hpp"
#include "base/http_server.hpp"
#include "base/metrics.hpp"

namespace causeway::api::rest {

struct ApiOptions {
  std::string role;        // of metrics and the log
  std::string public_url;  // "https://causeway.example": the origin that browsers know; may be empty
  TrustedProxies trusted_proxies;
  std::vector<RateClass> rate_classes{{"default", 600, std::chrono::seconds(60)}};
  std::string secret;                           // at least 32 bytes, the same in every replica: seals cursors
  std::size_t max_buffered_bytes = 256u << 20;  // of all request bodies in memory, as text and parsed
  bool access_log = true;
};

// Thread-safe.
class Api {
 public:
  // What is referred to has to outlive it; `idempotency` may be null where no route takes keys. std::logic_error: the
  // table contradicts itself, or names a rate class that is not there.
  Api(ApiOptions options, std::vector<Route> routes, Authenticator& authenticator, IdempotencyStore* idempotency,
      const base::Clock& clock, base::MetricsRegistry& metrics);
  ~Api();

  // Answers the exchange in every case: a base::HttpServer::StreamHandler.
  void handle(base::HttpExchange& exchange);
  // A base::HttpServer::AtOnce: routes of that kind, as far as what they need is in memory.
  bool handle_at_once(base::HttpExchange& exchange);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::api::rest
