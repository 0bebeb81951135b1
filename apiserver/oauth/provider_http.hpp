#pragma once
// Questions to a provider over HTTP, and its answers in JSON. Thread-safe; blocks.

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "apiserver/oauth/endpoint.hpp"
#include "apiserver/oauth/failure.hpp"
#include "base/clock.hpp"
#include "base/http_client.hpp"

namespace causeway::api::oauth {

namespace json = boost::json;

struct HttpLimits {
  base::Duration connect = std::chrono::seconds(5);
  base::Duration call = std::chrono::seconds(10);  // from its beginning to the answer's last byte
  base::Duration all = std::chrono::seconds(20);   // of one sign-in
  std::size_t body = 256 << 10;                    // bytes
};

// What is left of a sign-in's time, by the machine's clock.
class Budget {
 public:
  explicit Budget(base::Duration all) : until_(std::chrono::steady_clock::now() + all) {}
  base::Duration left() const { return until_ - std::chrono::steady_clock::now(); }

 private:
  base::SteadyTime until_;
};

struct Answer {
  int status = 0;
  json::value body;
};

class ProviderHttp {
 public:
  // `ca_file` "": the system's authorities. It is read for every call: a renewed one needs no restart.
  ProviderHttp(std::filesystem::path ca_file, HttpLimits limits) : ca_file_(std::move(ca_file)), limits_(limits) {}

  // Any answer in JSON with a status of 200 to 499, whatever it says. kUnavailable: not reached, too slow, 429 or 5xx.
  // kBadAnswer: too large, not JSON, a redirect (none is followed: the request holds secrets).
  Outcome<Answer> call(const Endpoint& endpoint, base::HttpRequest request, const Budget& budget);

  // GET, and an object with status 200 comes back.
  Outcome<json::object> get_object(const Endpoint& endpoint, const base::Headers& headers, const Budget& budget);

  const HttpLimits& limits() const { return limits_; }

 private:
  Outcome<std::shared_ptr<base::HttpClient>> client_for(const std::string& origin);

  const std::filesystem::path ca_file_;
  const HttpLimits limits_;
  std::mutex mutex_;
  std::string ca_pem_;
  std::map<std::string, std::shared_ptr<base::HttpClient>> clients_;  // by origin
};

// Of a successful answer; else what the provider said it to be wrong with.
Outcome<json::object> object_of(const Endpoint& endpoint, Answer answer);

}  // namespace causeway::api::oauth
