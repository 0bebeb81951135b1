#include "apiserver/git/service.hpp"

#include "apiserver/git/protocol.hpp"
#include "base/process.hpp"

namespace causeway::api::git {
namespace {

base::HttpResponse problem(int status, const std::string& message) {
  auto response = base::text_response(status, message + "\n");
  set_no_cache(response.headers);
  return response;
}

bool has_type(const base::HttpRequest& request, const std::string& type) {
  const auto sent = request.headers.get("Content-Type");
  return sent && *sent == type;
}

bool encoding_is_known(const base::HttpRequest& request) {
  const auto encoding = request.headers.get("Content-Encoding");
  return !encoding || encoding->empty() || *encoding == "gzip" || *encoding == "x-gzip" || *encoding == "identity";
}

}  // namespace

GitService::GitService(ServiceOptions options, const base::Clock& clock, base::MetricsRegistry& metrics)
    : options_(std::move(options)), repositories_(options_.data), metrics_(metrics) {
  if (!options_.credentials_file.empty()) credentials_.use(options_.credentials_file, clock);
}

base::Result<void> GitService::ready() const {
  if (!base::find_program("git")) return base::Error{base::ErrorCode::kNotFound, "the program git is not on the PATH"};
  return repositories_.check();
}

GitService::Summary GitService::refuse(base::HttpExchange& exchange, int status, const std::string& message) const {
  exchange.respond(problem(status, message));
  return {status, {}, message, 0, 0};
}

GitService::Summary GitService::ask_for_user(base::HttpExchange& exchange, const std::string& message) const {
  auto response = problem(401, message);
  response.headers.set("WWW-Authenticate", "Basic realm=\"causeway git\", charset=\"UTF-8\"");
  exchange.respond(std::move(response));
  return {401, {}, message, 0, 0};
}

GitService::Summary GitService::handle(base::HttpExchange& exchange) {
  const auto& request = exchange.request();
  const auto route = parse_route(request.method, request.path(), request.query());
  if (!route) return refuse(exchange, route.error().status, route.error().message);
  const std::string git_protocol(request.headers.get("Git-Protocol").value_or(""));
  if (!git_protocol.empty() && !valid_git_protocol(git_protocol))
    return refuse(exchange, 400, "the Git-Protocol header is not key=value[:key=value…]");

  std::string user;
  if (const auto authorization = request.headers.get("Authorization")) {
    const auto proven = credentials_.authenticate(*authorization);
    if (!proven) return ask_for_user(exchange, "wrong user or password");
    user = *proven;
  }
  const auto finish = [&](Summary summary) {
    summary.user = user;
    return summary;
  };

  const auto found = repositories_.find(route->owner, route->name);
  if (!found) {
    auto summary = refuse(exchange, 500, "the repository cannot be read now");
    summary.error = found.error().message;
    return finish(summary);
  }
  const std::string path = route->owner + "/" + route->name;
  if (!*found) return finish(refuse(exchange, 404, "there is no repository " + path));
  const Repository& repository = **found;

  const bool push = route->service == Service::kReceivePack;
  if (user.empty() && (push || repository.is_private)) {
    if (credentials_.configured())
      return ask_for_user(exchange, push ? "pushing needs a user" : "this repository needs a user");
    if (!push) return refuse(exchange, 404, "there is no repository " + path);
    return refuse(exchange, 403, "pushing is switched off: this server has no credentials file");
  }
  if (push && repository.archived)
    return finish(refuse(exchange, 403, path + " is archived: it can be read, not pushed to"));

  if (route->kind == Route::Kind::kRpc) {
    if (!has_type(request, request_type(route->service)))
      return finish(refuse(exchange, 415, "the Content-Type has to be " + request_type(route->service)));
    if (!encoding_is_known(request))
      return finish(refuse(exchange, 415, "the Content-Encoding has to be gzip or absent"));
  }

  auto outcome = serve(exchange, *route, repository, git_protocol, options_.limits);
  const base::Labels labels{{"service", std::string(program_of(route->service))}};
  metrics_.counter("causeway_git_received_bytes_total", "Bytes of git requests", labels)
      .add(static_cast<double>(outcome.bytes_in));
  metrics_.counter("causeway_git_sent_bytes_total", "Bytes of git answers", labels)
      .add(static_cast<double>(outcome.bytes_out));
  return finish({outcome.status, {}, std::move(outcome.error), outcome.bytes_in, outcome.bytes_out});
}

}  // namespace causeway::api::git
