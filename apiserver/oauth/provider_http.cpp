#include "apiserver/oauth/provider_http.hpp"

#include "apiserver/jwt/strict_json.hpp"
#include "base/files.hpp"

namespace causeway::api::oauth {
namespace {

// A provider has a handful; discovery documents could go on naming new ones.
constexpr std::size_t kMostOrigins = 8;

Failure failure_of(const base::Error& error) {
  switch (error.code) {
    case base::ErrorCode::kProtocol:
      return {FailureKind::kBadAnswer, error.message};
    case base::ErrorCode::kInvalidArgument:
      return {FailureKind::kMisconfigured, error.message};
    default:
      return {FailureKind::kUnavailable, error.message};
  }
}

// Without the query, which may hold a secret.
std::string name_of(const Endpoint& endpoint) {
  return endpoint.origin + endpoint.target.substr(0, endpoint.target.find('?'));
}

}  // namespace

Outcome<std::shared_ptr<base::HttpClient>> ProviderHttp::client_for(const std::string& origin) {
  std::string ca_pem;
  if (!ca_file_.empty()) {
    auto read = base::read_file(ca_file_);
    if (!read) return Failure{FailureKind::kMisconfigured, "caFile: " + read.error().message};
    ca_pem = std::move(*read);
  }
  const std::lock_guard lock(mutex_);
  if (ca_pem != ca_pem_ || (clients_.size() >= kMostOrigins && !clients_.contains(origin))) {
    clients_.clear();  // calls under way keep theirs
    ca_pem_ = std::move(ca_pem);
  }
  auto& client = clients_[origin];
  if (!client) {
    base::HttpClientOptions options;
    options.base_url = origin;
    options.tls.ca_pem = ca_pem_;
    options.connect_timeout = limits_.connect;
    options.max_body_bytes = limits_.body;
    options.max_idle_connections = 4;
    client = std::make_shared<base::HttpClient>(std::move(options));
  }
  return client;
}

Outcome<Answer> ProviderHttp::call(const Endpoint& endpoint, base::HttpRequest request, const Budget& budget) {
  const auto client = client_for(endpoint.origin);
  if (!client) return client.error();
  const auto where = request.method + " " + name_of(endpoint);
  base::CallOptions options;
  options.timeout = std::min(limits_.call, budget.left());
  if (options.timeout <= base::Duration::zero()) return Failure{FailureKind::kUnavailable, where + ": no time is left"};
  request.target = endpoint.target;
  if (!request.headers.get("Accept")) request.headers.set("Accept", "application/json");
  const auto response = (*client)->call(request, options);
  if (!response) return failure_of(response.error());

  const int status = response->status;
  const auto said = where + " answered " + std::to_string(status);
  if (status == 429 || status >= 500) return Failure{FailureKind::kUnavailable, said};
  if (status < 200 || (status >= 300 && status < 400))
    return Failure{FailureKind::kBadAnswer, said + ": redirects are not followed"};
  auto body = jwt::parse_json(response->body);
  // A page instead of an error's JSON says as much as its status does.
  if (!body && status >= 400) return Answer{status, json::object()};
  if (!body) return Failure{FailureKind::kBadAnswer, said + ": " + body.error().message};
  return Answer{status, std::move(*body)};
}

Outcome<json::object> object_of(const Endpoint& endpoint, Answer answer) {
  const auto where = name_of(endpoint) + " answered " + std::to_string(answer.status);
  if (!answer.body.is_object()) return Failure{FailureKind::kBadAnswer, where + ": it is not a JSON object"};
  auto object = std::move(answer.body.get_object());
  if (answer.status >= 200 && answer.status < 300) return object;
  auto error = jwt::text_member(object, "error");
  if (error.empty()) error = jwt::text_member(object, "message");
  return Failure{FailureKind::kBadAnswer, where + " " + excerpt(error)};
}

Outcome<json::object> ProviderHttp::get_object(const Endpoint& endpoint, const base::Headers& headers,
                                               const Budget& budget) {
  base::HttpRequest request;
  request.headers = headers;
  auto answer = call(endpoint, std::move(request), budget);
  if (!answer) return answer.error();
  return object_of(endpoint, std::move(*answer));
}

}  // namespace causeway::api::oauth
