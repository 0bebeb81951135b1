#pragma once
// The HTTPS server that an API server asks before it writes: AdmissionReviews in, answers of plain functions out.
//
// Answered with an HTTP error, which the API server treats by the webhook's failurePolicy: 404 an unknown path, 405
// another method than POST, 415 not JSON, 400 not an AdmissionReview (the text says why), 413 larger than
// max_review_bytes, 408 sent too slowly, 503 not ready, or more at once than
// max_memory_bytes hold. A handler's exception is a
// refusal with code 500, counted. Metrics are named as controller-runtime names them.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/http_server.hpp"
#include "base/metrics.hpp"
#include "kube/core/admission_review.hpp"

namespace causeway::kube {

struct AdmissionServerOptions {
  std::string listen = "0.0.0.0:9443";
  std::size_t workers = 4;  // reviews judged at once; more wait
  // An UPDATE carries two objects of 3 MiB at most (controller-runtime has the same limit).
  std::size_t max_review_bytes = 7u << 20;
  std::size_t max_memory_bytes = 64u << 20;  // of all reviews received and not answered yet
  std::size_t max_connections = 4096;
  base::Duration sender_deadline = std::chrono::seconds(10);  // for a whole review; the API server sends at once
};

// Thread-safe after start().
class AdmissionServer {
 public:
  using Handler = std::function<AdmissionResponse(const AdmissionRequest& request)>;

  AdmissionServer(AdmissionServerOptions options, base::MetricsRegistry& metrics);
  ~AdmissionServer();

  // Before start(). `handler` is called by several threads at once.
  void handle(std::string path, Handler handler);
  // Before start(). Until all are ok, reviews are answered with 503: what would be judged on half of the knowledge is
  // left to the webhook's failurePolicy.
  void add_ready_check(std::function<base::Result<void>()> check);

  // kInvalidArgument: the certificate or the address cannot be used.
  base::Result<void> start(base::TlsServerOptions certificate);
  // For connections from now on; one that cannot be used is logged and the last good one stays.
  void set_certificate(base::TlsServerOptions certificate);
  void stop(base::Duration grace = std::chrono::seconds(5));  // reviews in flight are answered
  std::uint16_t port() const { return port_.load(); }         // 0 before start()

  // Every request; for tests without a socket.
  base::HttpResponse answer(const base::HttpRequest& request);

 private:
  struct Hook;
  base::HttpResponse review(Hook& hook, const base::HttpRequest& request);

  const AdmissionServerOptions options_;
  base::MetricsRegistry& metrics_;
  std::map<std::string, std::unique_ptr<Hook>, std::less<>> hooks_;
  std::vector<std::function<base::Result<void>()>> ready_checks_;
  std::unique_ptr<base::HttpServer> server_;
  std::atomic<std::uint16_t> port_{0};
};

}  // namespace causeway::kube
