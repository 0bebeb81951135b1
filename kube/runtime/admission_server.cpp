#include "kube/runtime/admission_server.hpp"

#include <exception>
#include <stdexcept>

#include "base/log.hpp"

namespace causeway::kube {

namespace log = base::log;

// One path: its function and its metrics.
struct AdmissionServer::Hook {
  Hook(std::string path_, Handler handler_, base::MetricsRegistry& registry)
      : path(std::move(path_)), handler(std::move(handler_)), metrics(registry) {}

  void count(int code) {
    metrics
        .counter("controller_runtime_webhook_requests_total", "Total number of admission requests by HTTP status code.",
                 {{"webhook", path}, {"code", std::to_string(code)}})
        .add();
  }

  const std::string path;
  const Handler handler;
  base::MetricsRegistry& metrics;
  base::Gauge& in_flight = metrics.gauge("controller_runtime_webhook_requests_in_flight",
                                         "Current number of admission requests being served.", {{"webhook", path}});
  // Finer than controller-runtime's below 5 ms, where all of ours are.
  base::Histogram& latency = metrics.histogram(
      "controller_runtime_webhook_latency_seconds", "Histogram of the latency of processing admission requests",
      {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10},
      {{"webhook", path}});
  base::Counter& panics =
      metrics.counter("controller_runtime_webhook_panics_total", "Total number of webhook panics", {{"webhook", path}});
};

AdmissionServer::AdmissionServer(AdmissionServerOptions options, base::MetricsRegistry& metrics)
    : options_(std::move(options)), metrics_(metrics) {}
AdmissionServer::~AdmissionServer() = default;

void AdmissionServer::handle(std::string path, Handler handler) {
  if (server_) throw std::logic_error("webhook " + path + " is added to a running server");
  hooks_[path] = std::make_unique<Hook>(path, std::move(handler), metrics_);
}

void AdmissionServer::add_ready_check(std::function<base::Result<void>()> check) {
  if (server_) throw std::logic_error("a ready check is added to a running admission server");
  ready_checks_.push_back(std::move(check));
}

base::Result<void> AdmissionServer::start(base::TlsServerOptions certificate) {
  base::HttpServerOptions options;
  options.listen = options_.listen;
  options.tls = std::move(certificate);
  options.workers = options_.workers;
  options.queue = options_.max_connections;  // what waits is bounded by max_buffered_bytes already
  options.max_connections = options_.max_connections;
  options.max_body_bytes = options_.max_review_bytes;
  options.max_buffered_bytes = options_.max_memory_bytes;
  options.header_timeout = options_.sender_deadline;
  options.body_timeout = options_.sender_deadline;
  options.body_deadline = options_.sender_deadline;
  auto server = base::HttpServer::start(
      options, base::HttpServer::Handler([this](const base::HttpRequest& request) { return answer(request); }));
  if (!server) return server.error().wrap("admission server on " + options_.listen);
  server_ = std::move(*server);
  port_ = server_->port();
  return {};
}

void AdmissionServer::set_certificate(base::TlsServerOptions certificate) {
  server_->set_tls(std::move(certificate));
}

void AdmissionServer::stop(base::Duration grace) {
  if (server_) server_->stop(grace);
}

base::HttpResponse AdmissionServer::answer(const base::HttpRequest& request) {
  const auto found = hooks_.find(request.path());
  if (found == hooks_.end()) {
    std::string known;
    for (const auto& [path, hook] : hooks_) known += (known.empty() ? "" : ", ") + path;
    return base::text_response(404, "not found: webhooks are at " + known + "\n");
  }
  Hook& hook = *found->second;
  const base::SteadyTime begin = base::system_clock().steady();
  hook.in_flight.add(1);
  base::HttpResponse response = review(hook, request);
  hook.in_flight.add(-1);
  hook.latency.observe(std::chrono::duration<double>(base::system_clock().steady() - begin).count());
  hook.count(response.status);
  return response;
}

base::HttpResponse AdmissionServer::review(Hook& hook, const base::HttpRequest& request) {
  if (request.method != "POST") {
    auto response = base::text_response(405, "an AdmissionReview is sent by POST\n");
    response.headers.set("Allow", "POST");
    return response;
  }
  const std::string_view type = request.headers.get("Content-Type").value_or("application/json");
  if (type.substr(0, type.find(';')) != "application/json") {
    return base::text_response(415, "Content-Type is \"" + std::string(type) + "\"; application/json is expected\n");
  }
  for (const auto& check : ready_checks_) {
    if (const auto ready = check(); !ready)
      return base::text_response(503, "not ready: " + ready.error().message + "\n");
  }
  auto asked = decode_admission_review(request.body);
  if (!asked) return base::text_response(400, asked.error().message + "\n");

  log::Scope scope({{"webhook", hook.path},
                    {"uid", asked->uid},
                    {"kind", asked->kind.name},
                    {"object", ObjectKey{asked->ns, asked->name}.to_string()},
                    {"operation", to_string(asked->operation)}});
  AdmissionResponse response;
  try {
    response = hook.handler(*asked);
  } catch (const std::exception& e) {
    hook.panics.add();
    log::error("a webhook failed", {{"error", e.what()}});
    response = AdmissionResponse::deny(500, "InternalError",
                                       std::string("the webhook failed and cannot judge this request: ") + e.what());
  }
  if (!response.allowed) {
    log::info("refused", {{"user", asked->user.username}, {"reason", response.message}});
  }
  return base::json_response(200, encode_admission_review(*asked, response));
}

}  // namespace causeway::kube
