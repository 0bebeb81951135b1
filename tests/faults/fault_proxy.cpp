#include "tests/faults/fault_proxy.hpp"

#include <condition_variable>
#include <mutex>
#include <stdexcept>

namespace causeway::test {

namespace {

constexpr std::size_t kMaxBody = 8u << 20;

void wait_for(std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait(lock, stop, [] { return false; });
}

base::HttpClientOptions options_for(const kube::ClientConfig& upstream) {
  base::HttpClientOptions options;
  options.base_url = upstream.server;
  options.tls = upstream.tls;
  return options;
}

// Of one connection, not of the message.
base::HttpResponse without_framing(base::HttpResponse head) {
  for (const char* name : {"Transfer-Encoding", "Content-Length", "Connection"}) head.headers.erase(name);
  return head;
}

}  // namespace

base::HttpResponse status_answer(int code, std::string_view reason, std::optional<int> retry_after) {
  auto response = base::json_response(
      code,
      R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"made by the proxy","reason":")" +
          std::string(reason) + R"(","code":)" + std::to_string(code) + "}");
  if (retry_after) response.headers.set("Retry-After", std::to_string(*retry_after));
  return response;
}

FaultProxy::FaultProxy(const kube::ClientConfig& upstream, Decide decide)
    : decide_(std::move(decide)), upstream_(options_for(upstream)) {
  // Every watch keeps a worker.
  auto started = base::HttpServer::start({.tls = {}, .workers = 32},
                                         base::HttpServer::StreamHandler([this](base::HttpExchange& e) { serve(e); }));
  if (!started) throw std::runtime_error(started.error().message);
  server_ = std::move(*started);
}

kube::ClientConfig FaultProxy::config() const {
  kube::ClientConfig config;
  config.server = "http://127.0.0.1:" + std::to_string(server_->port());
  config.user_agent = "causeway-test";
  return config;
}

void FaultProxy::serve(base::HttpExchange& exchange) {
  auto request = exchange.request();
  auto body = exchange.read_all(kMaxBody);
  if (!body) return;
  request.body = std::move(*body);
  request.headers.erase("Host");
  request.headers.erase("Content-Length");
  request.headers.erase("Connection");
  const int number = ++count_;
  const auto fault = faulty_.load() ? decide_(number, request) : Fault{};
  if (fault.delay > base::Duration::zero()) base::system_clock().sleep_for(fault.delay, exchange.closed());
  if (!fault.answer) return forward(exchange, request, fault);
  if (fault.done_nevertheless) (void)upstream_.call(request);
  exchange.respond(*fault.answer);
}

void FaultProxy::forward(base::HttpExchange& exchange, const base::HttpRequest& request, const Fault& fault) {
  const auto limit = fault.cut_after ? fault.cut_after : fault.silent_after;
  std::size_t sent = 0;
  bool limited = false;
  bool begun = false;
  const auto done = upstream_.stream(
      request,
      [&](const base::HttpResponse& head) {
        begun = exchange.start(without_framing(head)).ok();
        limited = limit == 0u;
        return begun && !limited;
      },
      [&](std::string_view piece) {
        if (limit && sent + piece.size() >= *limit) {
          limited = true;
          piece = piece.substr(0, *limit - sent);
        }
        sent += piece.size();
        return exchange.write(piece).ok() && !limited;
      },
      {.stop = exchange.closed()});
  if (limited && fault.silent_after) wait_for(exchange.closed());
  if (!begun) return exchange.respond(status_answer(503, "ServiceUnavailable"));
  // Left without its end, the connection is broken for the client as well.
  if (done && !limited) (void)exchange.finish();
}

}  // namespace causeway::test
