#pragma once
// An HTTP proxy in front of a real API server that forwards everything, and does to single requests what a bad day
// does.

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

#include "base/http_client.hpp"
#include "base/http_server.hpp"
#include "kube/client/config.hpp"

namespace causeway::test {

struct Fault {
  base::Duration delay{};                    // before anything else
  std::optional<base::HttpResponse> answer;  // instead of the server's
  bool done_nevertheless = false;            // with `answer`: the server is asked, and does it
  std::optional<std::size_t> cut_after;      // the connection breaks after so many bytes of the body
  std::optional<std::size_t> silent_after;   // nothing more comes after so many bytes of the body
};

// An answer as the API server words it.
base::HttpResponse status_answer(int code, std::string_view reason, std::optional<int> retry_after = {});

// Thread-safe.
class FaultProxy {
 public:
  // Called for each request (they count from 1), from many threads; it may change the request.
  using Decide = std::function<Fault(int number, base::HttpRequest& request)>;

  FaultProxy(const kube::ClientConfig& upstream, Decide decide);

  // For clients of the proxy: no TLS, and no credentials but the upstream's.
  kube::ClientConfig config() const;
  int count() const { return count_.load(); }
  void stop_faults() { faulty_.store(false); }  // everything is forwarded from now on

 private:
  void serve(base::HttpExchange& exchange);
  void forward(base::HttpExchange& exchange, const base::HttpRequest& request, const Fault& fault);

  Decide decide_;
  base::HttpClient upstream_;
  std::atomic<int> count_{0};
  std::atomic<bool> faulty_{true};
  std::unique_ptr<base::HttpServer> server_;
};

}  // namespace causeway::test
