#pragma once
// HTTP to one API server: credentials, impersonation, retries, metrics. Thread-safe.

#include <functional>
#include <memory>
#include <stop_token>

#include "base/http_client.hpp"
#include "kube/client/config.hpp"
#include "kube/core/error.hpp"

namespace causeway::kube {

class Transport {
 public:
  explicit Transport(const ClientConfig& config);
  ~Transport();

  void set_stop(std::stop_token stop) { stop_ = std::move(stop); }

  // A 2xx response, or the error. `retry` false: one attempt (but a rejected credential is renewed once).
  Result<base::HttpResponse> call(base::HttpRequest request, base::Duration timeout, std::stop_token stop = {},
                                  bool retry = true);
  // The body of a 2xx response in pieces; another status is the error. One attempt. `on_data` false: ends it (ok).
  Result<void> stream(base::HttpRequest request, const base::StreamOptions& options,
                      const std::function<bool(std::string_view)>& on_data);

 private:
  struct Impl;
  // What a request was authorised with.
  struct Credential {
    std::string token;
    std::uint64_t tls_generation = 0;
    bool operator==(const Credential&) const = default;
  };
  Result<Credential> prepare(base::HttpRequest& request);
  // After a 401: true when there is another credential now, which `request` and `used` then hold.
  Result<bool> renew(base::HttpRequest& request, Credential& used);
  Result<base::HttpResponse> attempt(base::HttpRequest& request, base::Duration timeout, std::stop_token stop);
  void count(std::string_view method, int status);
  void doubt_certificates(const base::Error& error);
  bool take_turn(std::stop_token stop);  // of config.qps; false: stopped first
  // What an answer other than 2xx means, and more than the server says where we know more.
  Error refusal(const base::HttpResponse& response) const;

  std::unique_ptr<Impl> impl_;
  std::stop_token stop_;
};

// A token that stops when either does, for calls that take one only.
class EitherStop {
 public:
  EitherStop(std::stop_token a, std::stop_token b);
  std::stop_token token() const { return source_ ? source_->get_token() : only_; }

 private:
  struct Forward {
    std::stop_source* source;
    void operator()() const { source->request_stop(); }
  };
  std::stop_token only_;
  std::optional<std::stop_source> source_;
  std::optional<std::stop_callback<Forward>> a_, b_;
};

}  // namespace causeway::kube
