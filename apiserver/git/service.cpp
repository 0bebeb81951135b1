#include "apiserver/git/service.hpp"

#include <algorithm>

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

GitService::GitService(ServiceOptions options, Access* access, const base::Clock& clock, base::MetricsRegistry& metrics)
    : options_(std::move(options)), repositories_(options_.data), access_(access), metrics_(metrics) {
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

GitService::Summary GitService::unavailable(base::HttpExchange& exchange, const base::Error& error) const {
  auto response = problem(503, "who may do what cannot be found out right now: try again");
  response.headers.set("Retry-After", "2");
  exchange.respond(std::move(response));
  return {503, {}, error.message, 0, 0};
}

base::Result<std::optional<GitService::Caller>> GitService::caller_of(const base::HttpRequest& request,
                                                                      const std::string& address) {
  const auto authorization = request.headers.get("Authorization");
  if (!authorization) return std::optional(Caller{});
  if (const auto proven = credentials_.authenticate(*authorization)) return std::optional(Caller{*proven, true, {}});
  if (!access_) return std::optional<Caller>();
  auto person = access_->person(*authorization, address);
  if (!person) return person.error();
  if (!*person) return std::optional<Caller>();
  const std::string name = (*person)->name;
  return std::optional(Caller{name, false, std::move(*person)});
}

base::Result<repository::Right> GitService::right_of(const Caller& caller, const std::string& path,
                                                     const Repository& repository) {
  using repository::Right;
  if (caller.platform) return Right::kAdmin;
  const Right everybody = repository.is_private ? Right::kNone : Right::kRead;
  // A visitor's is on the disk: what is public can be cloned while the database is away.
  if (!caller.person || !access_) return everybody;
  auto right = access_->right(path, caller.person->viewer);
  if (!right) return right.error();
  return std::max(everybody, right->value_or(Right::kNone));
}

GitService::Summary GitService::handle(base::HttpExchange& exchange, const std::string& address) {
  const auto& request = exchange.request();
  const auto route = parse_route(request.method, request.path(), request.query());
  if (!route) return refuse(exchange, route.error().status, route.error().message);
  const std::string git_protocol(request.headers.get("Git-Protocol").value_or(""));
  if (!git_protocol.empty() && !valid_git_protocol(git_protocol))
    return refuse(exchange, 400, "the Git-Protocol header is not key=value[:key=value…]");

  const auto proven = caller_of(request, address);
  if (!proven) return unavailable(exchange, proven.error());
  if (!*proven) return ask_for_user(exchange, "wrong user or password; people give an access token as password");
  const Caller& caller = **proven;
  const auto finish = [&](Summary summary) {
    summary.user = caller.name;
    return summary;
  };

  const auto found = repositories_.find(route->owner, route->name);
  if (!found) {
    auto summary = refuse(exchange, 500, "the repository cannot be read now");
    summary.error = found.error().message;
    return finish(summary);
  }
  const std::string path = route->owner + "/" + route->name;
  const std::string nothing = "there is no repository " + path;
  if (!*found) {
    // As with one that a visitor may not see.
    if (caller.name.empty() && access_) return ask_for_user(exchange, nothing + ", or it needs a user");
    return finish(refuse(exchange, 404, nothing));
  }
  const Repository& repository = **found;

  const bool push = route->service == Service::kReceivePack;
  const auto right = right_of(caller, path, repository);
  if (!right) return finish(unavailable(exchange, right.error()));
  if (*right < (push ? repository::Right::kWrite : repository::Right::kRead)) {
    if (caller.name.empty() && (access_ || credentials_.configured()))
      return ask_for_user(exchange, push ? "pushing needs a user" : nothing + ", or it needs a user");
    if (*right == repository::Right::kNone) return finish(refuse(exchange, 404, nothing));
    return finish(refuse(exchange, 403,
                         caller.name.empty() ? "pushing is switched off: this server has no credentials file"
                                             : caller.name + " may read " + path + ", and not push to it"));
  }
  if (const auto& person = caller.person; person && (push ? !person->writes : !person->reads && repository.is_private))
    return finish(refuse(exchange, 403,
                         std::string("the access token was not made for this: it needs the scope ") +
                             (push ? "repository:write" : "repository:read")));
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
