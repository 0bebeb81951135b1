#include "onebox/init/control.hpp"

#include "onebox/init/supervisor.hpp"
#include "onebox/plan/problem.hpp"

namespace causeway::onebox {

namespace {

base::Result<std::string> action_of(const std::string& body) {
  boost::system::error_code error;
  auto value = kube::json::parse(body, error);
  if (!error && value.is_object())
    if (auto action = kube::string_at(value.get_object(), "action"); !action.empty()) return std::string(action);
  return base::Error{base::ErrorCode::kInvalidArgument, "the body must be {\"action\":\"kill|stop|start\"}"};
}

}  // namespace

base::Result<std::unique_ptr<ControlServer>> ControlServer::start(Supervisor& supervisor,
                                                                  const std::filesystem::path& socket) {
  std::error_code ignored;
  std::filesystem::remove(socket, ignored);
  auto path = SocketPath::of(socket);
  if (!path) return path.error();
  auto control = std::unique_ptr<ControlServer>(new ControlServer);
  control->path_ = std::move(*path);

  base::HttpServerOptions options;
  options.listen = control->path_->url();
  options.workers = 2;
  auto server = base::HttpServer::start(options, [&supervisor](const base::HttpRequest& request) {
    constexpr std::string_view kComponents = "/components/";
    const auto target = request.path();
    if (request.method == "GET" && target == "/status")
      return base::json_response(200, kube::json::serialize(supervisor.status()));
    if (request.method == "POST" && target.starts_with(kComponents)) {
      auto action = action_of(request.body);
      if (!action) return problem_of(action.error());
      auto done = supervisor.command(std::string(target.substr(kComponents.size())), *action);
      return done ? base::HttpResponse{.status = 204, .headers = {}, .body = ""} : problem_of(done.error());
    }
    return problem(404, "no such path: " + std::string(target));
  });
  if (!server) return server.error();
  control->server_ = std::move(*server);
  return control;
}

}  // namespace causeway::onebox
