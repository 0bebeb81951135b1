#pragma once
// Whether the region's gateway serves a host, asked as a visitor would.

#include <stop_token>
#include <string>

#include "base/http.hpp"
#include "base/http_client.hpp"
#include "operator/region/observation.hpp"

namespace causeway::op::region {

// Thread-safe.
class Gateway {
 public:
  explicit Gateway(std::string url);
  Observation::Answer ask(const std::string& host, const std::string& path, std::stop_token stop);

 private:
  base::Result<base::HttpResponse> get(const std::string& host, const std::string& path, std::stop_token stop);

  base::HttpClient client_;
};

// `answer` is the gateway's own "no such route", which is what it says of a host that nobody has (`unknown`).
//
// Its words do not tell: a Go application says the very same "404 page not found" of a path it does not have. The
// header does: what the gateway passes on has the application's Content-Length and Date, which Go's server sorts among
// the other fields; in an answer of its own the server adds them behind. So the fields are compared with their order.
bool is_no_route(const base::HttpResponse& answer, const base::HttpResponse& unknown);

}  // namespace causeway::op::region
