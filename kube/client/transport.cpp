#include "kube/client/transport.hpp"

#include <atomic>
#include <mutex>
#include <random>
#include <utility>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "base/pki.hpp"
#include "base/trace.hpp"
#include "kube/client/retry.hpp"
#include "kube/core/token_bucket.hpp"

namespace causeway::kube {

namespace {

// Of a response that is held whole. A list of 50,000 objects of 4 KB is 200 MB.
constexpr std::size_t kMaxBody = 1u << 30;
// Of an error's body in a stream.
constexpr std::size_t kMaxErrorBody = 1u << 20;

base::HttpClientOptions http_options(const ClientConfig& config) {
  base::HttpClientOptions options;
  options.base_url = config.server;
  options.tls = config.tls;
  options.proxy_url = config.proxy_url;
  options.user_agent = config.user_agent;
  options.max_body_bytes = kMaxBody;
  return options;
}

ClientConfig with_current_tls(ClientConfig config, std::atomic<std::uint64_t>& generation) {
  if (!config.tls_source) return config;
  const auto now = config.tls_source->current();
  if (now.options) config.tls = *now.options;
  generation.store(now.generation);
  return config;
}

std::optional<int> retry_after(const base::HttpResponse& response) {
  const auto text = response.headers.get("Retry-After");
  if (!text || text->empty() || text->size() > 6) return std::nullopt;
  int seconds = 0;
  for (char c : *text) {
    if (c < '0' || c > '9') return std::nullopt;  // the API server never sends a date
    seconds = seconds * 10 + (c - '0');
  }
  return seconds;
}

std::string impersonation_key(std::string_view key) {
  return "Impersonate-Extra-" + base::percent_encode(key);
}

double random_fraction() {
  thread_local std::minstd_rand engine{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(engine);
}

}  // namespace

struct Transport::Impl {
  explicit Impl(const ClientConfig& c) : config(with_current_tls(c, tls_generation)), http(http_options(config)) {
    if (config.qps > 0) turns.emplace(config.qps, std::max(config.burst, 1));
    if (auto url = base::parse_url(config.server)) host = url->host + ":" + std::to_string(url->port);
  }

  std::atomic<std::uint64_t> tls_generation{0};
  const ClientConfig config;
  base::HttpClient http;
  std::string host;
  std::mutex tls_mutex;
  std::mutex turns_mutex;
  std::optional<TokenBucket> turns;
};

Transport::Transport(const ClientConfig& config) : impl_(std::make_unique<Impl>(config)) {}
Transport::~Transport() = default;

Result<Transport::Credential> Transport::prepare(base::HttpRequest& request) {
  const auto& config = impl_->config;
  // The API server's own spans and audit events join the trace of whoever asked (W3C Trace Context).
  if (const auto context = base::trace::current())
    request.headers.set("traceparent", base::trace::traceparent(*context));
  Credential credential;
  if (config.token) {
    auto token = config.token->token();
    if (!token) return Error::from_transport(token.error().wrap("credentials for " + config.server));
    credential.token = std::move(*token);
    if (!credential.token.empty()) request.headers.set("Authorization", "Bearer " + credential.token);
  }
  if (config.tls_source) {
    const auto now = config.tls_source->current();
    credential.tls_generation = now.generation;
    if (now.options && now.generation != impl_->tls_generation.load(std::memory_order_acquire)) {
      std::lock_guard lock(impl_->tls_mutex);
      if (now.generation > impl_->tls_generation.load(std::memory_order_relaxed)) {
        impl_->http.set_tls(*now.options);
        impl_->tls_generation.store(now.generation, std::memory_order_release);
      }
    }
  }
  if (!config.impersonate_user.empty()) {
    request.headers.set("Impersonate-User", config.impersonate_user);
    request.headers.erase("Impersonate-Group");
    for (const auto& group : config.impersonate_groups) request.headers.add("Impersonate-Group", group);
    if (!config.impersonate_uid.empty()) request.headers.set("Impersonate-Uid", config.impersonate_uid);
    for (const auto& [key, values] : config.impersonate_extra) {
      request.headers.erase(impersonation_key(key));
      for (const auto& value : values) request.headers.add(impersonation_key(key), value);
    }
  }
  return credential;
}

Result<bool> Transport::renew(base::HttpRequest& request, Credential& used) {
  const auto& config = impl_->config;
  if (!config.token && !config.tls_source) return false;
  if (config.token) config.token->rejected();
  if (config.tls_source) config.tls_source->doubted();
  auto fresh = prepare(request);
  if (!fresh) return fresh.error();
  return std::exchange(used, *fresh) != *fresh;
}

void Transport::count(std::string_view method, int status) {
  if (!impl_->config.metrics) return;
  impl_->config.metrics
      ->counter("rest_client_requests_total", "Number of HTTP requests, partitioned by status code, method, and host.",
                {{"code", status ? std::to_string(status) : "<error>"},
                 {"method", std::string(method)},
                 {"host", impl_->host}})
      .add();
}

Result<base::HttpResponse> Transport::attempt(base::HttpRequest& request, base::Duration timeout,
                                              std::stop_token stop) {
  auto credential = prepare(request);
  if (!credential) return credential.error();
  for (bool renewed = false;; renewed = true) {
    auto response = impl_->http.call(request, {.timeout = timeout, .stop = stop});
    count(request.method, response ? response->status : 0);
    if (!response) {
      doubt_certificates(response.error());
      return Error::from_transport(response.error());
    }
    if (response->status != 401 || renewed) return response.value();
    // Nothing was done: a credential that has just been replaced may pass.
    auto another = renew(request, *credential);
    if (!another) return another.error();
    if (!*another) return response.value();
  }
}

Result<base::HttpResponse> Transport::call(base::HttpRequest request, base::Duration timeout, std::stop_token stop,
                                           bool retry) {
  const EitherStop either(stop_, std::move(stop));
  const auto& clock = base::system_clock();
  const auto begin = clock.steady();
  for (int number = 1;; ++number) {
    if (either.token().stop_requested())
      return Error::from_transport({base::ErrorCode::kCancelled, request.method + " " + request.target + ": stopped"});
    if (!take_turn(either.token())) continue;  // stopped
    auto response = attempt(request, timeout, either.token());
    if (response && response->status >= 200 && response->status < 300) return response;

    FailedAttempt failed{.method = request.method, .number = number, .elapsed = clock.steady() - begin};
    if (response) {
      failed.status = response->status;
      failed.retry_after_seconds = retry_after(*response);
    } else {
      failed.status = response.error().code;
      failed.transport = response.error().transport;
    }
    auto error = response ? refusal(*response) : response.error();
    if (failed.retry_after_seconds && !error.retry_after_seconds)
      error.retry_after_seconds = failed.retry_after_seconds;
    const auto delay = retry_delay(failed, retry ? impl_->config.max_retries : 0, random_fraction());
    if (!delay) return error;
    base::log::debug(
        "kubernetes request is made again",
        {{"method", request.method}, {"target", request.target}, {"attempt", number}, {"error", error.message}});
    if (!clock.sleep_for(*delay, either.token())) return error;
  }
}

Result<void> Transport::stream(base::HttpRequest request, const base::StreamOptions& options,
                               const std::function<bool(std::string_view)>& on_data) {
  const EitherStop either(stop_, options.stop);
  base::StreamOptions ours = options;
  ours.stop = either.token();
  if (!take_turn(ours.stop))
    return Error::from_transport({base::ErrorCode::kCancelled, request.method + " " + request.target + ": stopped"});
  auto credential = prepare(request);
  if (!credential) return credential.error();
  for (bool renewed = false;; renewed = true) {
    base::HttpResponse head;
    head.status = 0;
    auto done = impl_->http.stream(
        request,
        [&](const base::HttpResponse& h) {
          head = h;
          return true;
        },
        [&](std::string_view piece) {
          if (head.status >= 200 && head.status < 300) return on_data(piece);
          head.body.append(piece.substr(0, kMaxErrorBody - std::min(kMaxErrorBody, head.body.size())));
          return head.body.size() < kMaxErrorBody;
        },
        ours);
    count(request.method, head.status);
    if (head.status == 401 && !renewed) {
      auto another = renew(request, *credential);
      if (!another) return another.error();
      if (*another) continue;
    }
    if (head.status != 0 && (head.status < 200 || head.status >= 300)) {
      auto error = refusal(head);
      if (!error.retry_after_seconds) error.retry_after_seconds = retry_after(head);
      return error;
    }
    if (!done) {
      doubt_certificates(done.error());
      return Error::from_transport(done.error());
    }
    return {};
  }
}

void Transport::doubt_certificates(const base::Error& error) {
  // An authority that was rotated shows as a connection that cannot be made.
  if (error.code == base::ErrorCode::kConnect && impl_->config.tls_source) impl_->config.tls_source->doubted();
}

bool Transport::take_turn(std::stop_token stop) {
  if (!impl_->turns) return true;
  base::Duration wait{};
  {
    std::lock_guard lock(impl_->turns_mutex);
    wait = impl_->turns->reserve(base::system_clock().steady());
  }
  return wait <= base::Duration::zero() || base::system_clock().sleep_for(wait, stop);
}

Error Transport::refusal(const base::HttpResponse& response) const {
  auto error = Error::from_response(response);
  if (response.status != 401) return error;
  // The API server says "Unauthorized" and no more.
  const auto& config = impl_->config;
  auto tls = std::make_shared<const base::TlsClientOptions>(config.tls);
  if (config.tls_source)
    if (auto now = config.tls_source->current().options) tls = std::move(now);
  if (const auto end = base::certificate_expiry(tls->cert_pem); end && *end < base::system_clock().wall())
    error.message += ": the client certificate expired at " + base::format_time(*end) + "; renew it";
  return error;
}

EitherStop::EitherStop(std::stop_token a, std::stop_token b) {
  if (!a.stop_possible()) {
    only_ = std::move(b);
  } else if (!b.stop_possible()) {
    only_ = std::move(a);
  } else {
    source_.emplace();
    a_.emplace(std::move(a), Forward{&*source_});
    b_.emplace(std::move(b), Forward{&*source_});
  }
}

}  // namespace causeway::kube
