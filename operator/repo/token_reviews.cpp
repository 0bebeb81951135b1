#include "operator/repo/token_reviews.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "kube/core/object.hpp"

namespace causeway::op::repo {
namespace {

namespace json = boost::json;

constexpr kube::ResourceType kTokenReview{"authentication.k8s.io", "v1", "TokenReview", "tokenreviews", false};

kube::ClientConfig impatient(kube::ClientConfig config) {
  config.timeout = std::chrono::seconds(3);
  config.max_retries = 1;
  return config;
}

}  // namespace

TokenReviews::TokenReviews(kube::ClientConfig config) : client_(impatient(std::move(config))) {}

base::Result<void> TokenReviews::start(const std::string& listen) {
  base::HttpServerOptions options;
  options.listen = listen;
  options.workers = 4;
  options.queue = 64;
  options.max_body_bytes = 32 << 10;
  auto server = base::HttpServer::start(
      options, base::HttpServer::Handler([this](const base::HttpRequest& request) { return answer(request); }));
  if (!server) return server.error().wrap("token reviews on " + listen);
  server_ = std::move(*server);
  return {};
}

void TokenReviews::stop() {
  if (server_) server_->stop(std::chrono::seconds(2));
  server_.reset();
}

base::HttpResponse TokenReviews::answer(const base::HttpRequest& request) {
  json::error_code error;
  const auto body = json::parse(request.body, error);
  const auto asked = !error && body.is_object() ? body.get_object() : json::object();
  const std::string token(kube::string_at(asked, "token")), audience(kube::string_at(asked, "audience"));
  if (request.method != "POST" || token.empty() || audience.empty())
    return base::text_response(400, "POST {\"token\": \"…\", \"audience\": \"…\"} is wanted\n");
  auto review = kube::make_object(kTokenReview, "", "");
  review.erase("metadata");
  review["spec"] = json::object{{"token", token}, {"audiences", json::array{json::string(audience)}}};
  auto judged = client_.create(kTokenReview, review);
  if (!judged) return base::text_response(503, judged.error().message + "\n");
  // An API server that knows no audiences would leave out which of them hold: then none does.
  bool holds = kube::bool_at(*judged, "status.authenticated", false);
  const auto* audiences = kube::array_at(*judged, "status.audiences");
  holds = holds && audiences && std::any_of(audiences->begin(), audiences->end(), [&](const json::value& a) {
            return a.is_string() && std::string_view(a.get_string()) == audience;
          });
  const std::string account(holds ? kube::string_at(*judged, "status.user.username") : "");
  return base::json_response(200, json::serialize(json::object{{"account", account}}));
}

void add_token_reviews(kube::Manager& manager, const std::string& listen) {
  auto reviews = std::make_shared<TokenReviews>(manager.client().config());
  manager.add_server(
      "token reviews", [reviews, listen](const std::stop_token&) { return reviews->start(listen); },
      [reviews] { reviews->stop(); });
}

}  // namespace causeway::op::repo
