#include "apiserver/git/service.hpp"

#include "apiserver/git/protocol.hpp"
#include "apiserver/git/push_hooks.hpp"
#include "base/files.hpp"
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

base::Result<void> GitService::ready() const {
  if (!base::find_program("git")) return base::Error{base::ErrorCode::kNotFound, "the program git is not on the PATH"};
  return gate_.check();
}

GitService::Summary GitService::refuse(base::HttpExchange& exchange, const Refusal& refusal) const {
  auto response = problem(refusal.status, refusal.message);
  if (refusal.status == 401) response.headers.set("WWW-Authenticate", kChallenge);
  if (refusal.retry_after > 0) response.headers.set("Retry-After", std::to_string(refusal.retry_after));
  exchange.respond(std::move(response));
  return {refusal.status, {}, refusal.log.empty() ? refusal.message : refusal.log, 0, 0};
}

GitService::Summary GitService::handle(base::HttpExchange& exchange, const std::string& address) {
  const auto& request = exchange.request();
  const auto route = parse_route(request.method, request.path(), request.query());
  if (!route) return refuse(exchange, {route.error().status, route.error().message});
  const std::string git_protocol(request.headers.get("Git-Protocol").value_or(""));
  if (!git_protocol.empty() && !valid_git_protocol(git_protocol))
    return refuse(exchange, {400, "the Git-Protocol header is not key=value[:key=value…]"});

  const auto caller = gate_.caller(request, address);
  if (!caller) return refuse(exchange, caller.error());
  const auto finish = [&](Summary summary) {
    summary.user = caller->name;
    return summary;
  };
  const auto pass = gate_.enter(*caller, route->owner, route->name);
  if (!pass) return finish(refuse(exchange, pass.error()));
  PushContext push;
  std::optional<base::TemporaryDirectory> scanned;
  if (route->service == Service::kReceivePack) {
    if (auto may = gate_.may_write(*caller, *pass); !may) return finish(refuse(exchange, may.error()));
    auto refusals = gate_.branch_refusals(*caller, *pass);
    if (!refusals) return finish(refuse(exchange, refusals.error()));
    // Written again where somebody removed them: without them nothing would be judged.
    auto hooks = write_push_hooks(options_.data);
    if (!hooks) return finish(refuse(exchange, {500, "the push cannot be judged now", hooks.error().message}));
    PushRules rules{std::move(*refusals), options_.repository_quota, options_.max_file, {}, {}};
    if (scanner_ && route->kind == Route::Kind::kRpc) {
      rules.scan = scanner_->options();
      rules.scan_report = scanned.emplace("causeway-push").path() / "report";
    }
    push = {std::move(*hooks), hook_environment(rules)};
  }

  if (route->kind == Route::Kind::kRpc) {
    if (!has_type(request, request_type(route->service)))
      return finish(refuse(exchange, {415, "the Content-Type has to be " + request_type(route->service)}));
    if (!encoding_is_known(request))
      return finish(refuse(exchange, {415, "the Content-Encoding has to be gzip or absent"}));
  }

  auto outcome = serve(exchange, *route, pass->repository, git_protocol, options_.limits, push);
  if (scanned) tell_scan(scanned->path() / "report", *route, caller->name);
  const base::Labels labels{{"service", std::string(program_of(route->service))}};
  metrics_.counter("causeway_git_received_bytes_total", "Bytes of git requests", labels)
      .add(static_cast<double>(outcome.bytes_in));
  metrics_.counter("causeway_git_sent_bytes_total", "Bytes of git answers", labels)
      .add(static_cast<double>(outcome.bytes_out));
  return finish({outcome.status, {}, std::move(outcome.error), outcome.bytes_in, outcome.bytes_out});
}

void GitService::tell_scan(const std::filesystem::path& report, const Route& route, const std::string& user) const {
  const auto path = route.owner + "/" + route.name;
  const auto text = base::read_file(report);
  // The hook makes it before it looks, and does not look where a push is refused for something else.
  if (!text) return;
  const auto said = parse_scan_report(*text);
  for (const auto& one : said.found) scanner_->refused(path, one.where, user, one.name);
  if (!said.failure.empty()) return scanner_->failed(path, said.failure);
  if (said.found.empty()) scanner_->clean();
}

}  // namespace causeway::api::git
