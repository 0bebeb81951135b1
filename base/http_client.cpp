#include "base/http_client.hpp"

#include <mutex>
#include <utility>
#include <vector>

#include "base/client_stream.hpp"
#include "base/file_descriptor.hpp"
#include "base/http_connection.hpp"
#include "base/http_wire.hpp"
#include "base/log.hpp"
#include "base/resolver.hpp"

namespace causeway::base {
namespace {

// Servers close idle connections after a minute or more (Go: 2–3 minutes, nginx 75 s, ours 75 s): dropping them sooner
// keeps requests off connections that are about to go.
constexpr Duration kIdleLimit = std::chrono::seconds(50);

Result<HttpRoute> route_of(const HttpClientOptions& options) {
  HttpRoute route;
  const auto url = parse_url(options.base_url);
  if (!url || (url->scheme != "http" && url->scheme != "https" && url->scheme != "unix")) {
    return Error{ErrorCode::kInvalidArgument, "\"" + options.base_url +
                                                  "\" is not a base URL; expected http://host[:port][/prefix], "
                                                  "https://… or unix:///path"};
  }
  route.url = *url;
  route.connect_timeout = options.connect_timeout;
  if (!options.proxy_url.empty() && url->scheme != "unix") {
    const auto proxy = parse_url(options.proxy_url);
    if (!proxy || proxy->scheme != "http") {
      return Error{ErrorCode::kInvalidArgument,
                   "\"" + options.proxy_url + "\" is not a proxy; expected http://host:port without user and password"};
    }
    route.proxy = proxy;
  }
  return route;
}

Result<void> set_tls_of(HttpRoute& route, const TlsClientOptions& tls) {
  if (route.url.scheme != "https") return {};
  auto context = make_client_context(tls);
  if (!context) return context.error();
  route.tls = std::move(*context);
  route.tls_name = tls.server_name.empty() ? route.url.host : tls.server_name;
  route.verify = !tls.insecure_skip_verify;
  return {};
}

Result<void> check(const HttpRequest& request) {
  if (!valid_field_name(request.method)) {
    return Error{ErrorCode::kInvalidArgument, "\"" + request.method + "\" is not an HTTP method"};
  }
  if (!valid_target(request.target)) {
    return Error{ErrorCode::kInvalidArgument,
                 "the request's target must start with / and be percent-encoded: \"" + request.target + "\""};
  }
  for (const auto& [name, value] : request.headers) {
    if (!valid_field_name(name) || !valid_field_value(value)) {
      return Error{ErrorCode::kInvalidArgument, "the header \"" + name + "\" holds characters that no header can"};
    }
  }
  return {};
}

}  // namespace

struct HttpClient::Impl {
  struct Idle {
    std::unique_ptr<HttpConnection> connection;
    SteadyTime since;
  };

  explicit Impl(HttpClientOptions o) : options(std::move(o)) {
    auto made = route_of(options);
    if (made) {
      prefix = made->url.scheme == "unix" ? "" : made->url.path;
      while (prefix.ends_with('/')) prefix.pop_back();
      host = made->url.scheme == "unix" ? "localhost" : authority(made->url);
      if (auto set = set_tls_of(*made, options.tls); !set) broken = set.error();
      route = std::make_shared<const HttpRoute>(std::move(*made));
    } else {
      broken = made.error();
    }
  }

  const HttpClientOptions options;
  std::string prefix, host;
  Resolver resolver;

  std::mutex mutex;
  std::shared_ptr<const HttpRoute> route;  // by mutex, as what follows; null: base_url is wrong
  std::optional<Error> broken;             // why nothing can be sent
  std::vector<Idle> idle;                  // the last used at the end

  std::unique_ptr<HttpConnection> take_idle(const std::shared_ptr<const HttpRoute>& current) {
    std::vector<Idle> dropped;  // closed outside the lock
    const std::lock_guard lock(mutex);
    if (route != current) return nullptr;
    const auto oldest = std::chrono::steady_clock::now() - kIdleLimit;
    while (!idle.empty()) {
      Idle last = std::move(idle.back());
      idle.pop_back();
      if (last.since >= oldest && last.connection->reusable()) return std::move(last.connection);
      dropped.push_back(std::move(last));
    }
    return nullptr;
  }

  void give_back(std::unique_ptr<HttpConnection> connection, const std::shared_ptr<const HttpRoute>& used) {
    std::vector<Idle> dropped;
    const std::lock_guard lock(mutex);
    if (route != used || options.max_idle_connections == 0) return;  // opened with what set_tls() replaced
    while (idle.size() >= options.max_idle_connections) {
      dropped.push_back(std::move(idle.front()));
      idle.erase(idle.begin());
    }
    idle.push_back({std::move(connection), std::chrono::steady_clock::now()});
  }

  std::string target_of(const HttpRequest& request, const HttpRoute& used) const {
    std::string target = prefix + request.target;
    // RFC 9112, 3.2.2: a proxy that no tunnel leads through is asked with the whole URL.
    if (used.proxy && !used.through_tunnel()) target = used.url.scheme + "://" + host + target;
    return target;
  }

  Result<void> perform(const HttpRequest& request, const HttpConnection::Timing& timing, const OnHead& on_head,
                       const OnData& on_data) {
    std::shared_ptr<const HttpRoute> used;
    {
      const std::lock_guard lock(mutex);
      if (broken) return *broken;
      used = route;
    }
    if (auto valid = check(request); !valid) return valid;
    const auto named = [&](const Error& error) {  // without the query, which may hold a secret
      return error.wrap(request.method + " " +
                        (used->url.scheme == "unix" ? options.base_url : used->url.scheme + "://" + host + prefix) +
                        std::string(request.path()));
    };
    if (timing.stop.stop_requested()) return named(Error{ErrorCode::kCancelled, "stopped before it began"});
    const WireRequest wire{request_head(request, target_of(request, *used), host, options.user_agent), request.body,
                           request.method == "HEAD"};

    std::unique_ptr<HttpConnection> connection = take_idle(used);
    bool reused = connection != nullptr;
    for (;;) {
      if (!connection) {
        auto opened = HttpConnection::open(*used, resolver, {timing.deadline, timing.stop});
        if (!opened) return named(opened.error());
        connection = std::move(*opened);
      }
      ExchangeOutcome outcome = connection->exchange(wire, timing, on_head, on_data);
      if (!outcome.error) {
        if (outcome.reusable) give_back(std::move(connection), used);
        return {};
      }
      // The server closed the connection while it was idle, and our request crossed that. Only then: on a connection
      // of our own making, or after the first byte of an answer, the request may have been carried out.
      if (!reused || outcome.answered || !outcome.lost) return named(*outcome.error);
      connection.reset();
      reused = false;
    }
  }
};

HttpClient::HttpClient(HttpClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

const HttpClientOptions& HttpClient::options() const {
  return impl_->options;
}

Result<HttpResponse> HttpClient::call(const HttpRequest& request, const CallOptions& options) {
  HttpConnection::Timing timing;
  timing.deadline = saturating_add(std::chrono::steady_clock::now(), options.timeout);
  timing.stop = options.stop;
  HttpResponse response;
  bool too_large = false;
  auto done = impl_->perform(
      request, timing,
      [&](const HttpResponse& head) {
        response = head;
        return true;
      },
      [&](std::string_view piece) {
        too_large = piece.size() > impl_->options.max_body_bytes - response.body.size();
        if (!too_large) response.body += piece;
        return !too_large;
      });
  if (!done) return done.error();
  if (too_large) {
    return Error{ErrorCode::kProtocol, request.method + " " + std::string(request.path()) +
                                           ": the answer is larger than " +
                                           std::to_string(impl_->options.max_body_bytes) + " bytes"};
  }
  return response;
}

Result<void> HttpClient::stream(const HttpRequest& request, const OnHead& on_head, const OnData& on_data,
                                const StreamOptions& options) {
  HttpConnection::Timing timing;
  timing.deadline = saturating_add(std::chrono::steady_clock::now(), options.head_timeout);
  timing.total = false;
  timing.idle = options.idle_timeout;
  timing.stop = options.stop;
  return impl_->perform(request, timing, on_head, on_data);
}

void HttpClient::set_tls(TlsClientOptions tls) {
  std::vector<Impl::Idle> dropped;
  const std::lock_guard lock(impl_->mutex);
  if (!impl_->route) return;
  auto next = std::make_shared<HttpRoute>(*impl_->route);
  if (auto set = set_tls_of(*next, tls); !set) {
    // Half-written files during a rotation: what worked until now is better than nothing.
    log::error("the new TLS settings cannot be used; the old ones stay",
               {{"url", impl_->options.base_url}, {"error", set.error().message}});
    return;
  }
  impl_->route = std::move(next);
  impl_->broken.reset();
  dropped.swap(impl_->idle);
}

}  // namespace causeway::base
