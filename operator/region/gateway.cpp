#include "operator/region/gateway.hpp"

#include <vector>

namespace causeway::op::region {

namespace {

constexpr auto kTimeout = std::chrono::seconds(5);
// No demo's: ".invalid" is nobody's (RFC 6761).
constexpr auto kUnknownHost = "nobody.causeway.invalid";

// The header's fields in order, without those of the connection and without the time.
std::vector<std::pair<std::string, std::string>> comparable(const base::Headers& headers) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& [name, value] : headers) {
    if (name == "Connection" || name == "Keep-Alive") continue;
    out.emplace_back(name, name == "Date" ? std::string() : value);
  }
  return out;
}

}  // namespace

Gateway::Gateway(std::string url) : client_({.base_url = std::move(url), .max_idle_connections = 4}) {}

base::Result<base::HttpResponse> Gateway::get(const std::string& host, const std::string& path, std::stop_token stop) {
  base::HttpRequest request;
  request.target = path;
  request.headers.set("Host", host);
  request.headers.set("User-Agent", "causeway-region");
  return client_.call(request, {.timeout = kTimeout, .stop = stop});
}

Observation::Answer Gateway::ask(const std::string& host, const std::string& path, std::stop_token stop) {
  const auto answer = get(host, path, stop);
  if (!answer) return {false, answer.error().message};
  const std::string what = "HTTP " + std::to_string(answer->status);
  if (answer->status == 502 || answer->status == 503 || answer->status == 504) return {false, what};
  if (answer->status != 404) return {true, what};
  const auto unknown = get(kUnknownHost, path, stop);
  if (!unknown) return {false, unknown.error().message};
  if (is_no_route(*answer, *unknown)) return {false, what + ", as for a host that it does not know"};
  return {true, what};
}

bool is_no_route(const base::HttpResponse& answer, const base::HttpResponse& unknown) {
  return answer.status == unknown.status && answer.body == unknown.body &&
         comparable(answer.headers) == comparable(unknown.headers);
}

}  // namespace causeway::op::region
