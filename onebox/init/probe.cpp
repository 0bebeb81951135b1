#include "onebox/init/probe.hpp"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/file_descriptor.hpp"
#include "base/files.hpp"
#include "base/http_client.hpp"
#include "kube/core/object.hpp"

namespace causeway::onebox {

namespace {

constexpr auto kTimeout = std::chrono::seconds(5);

base::Result<base::HttpClient> client_of(const ProbeSpec& spec, const base::Url& url) {
  base::HttpClientOptions options;
  options.base_url = url.scheme + "://" + url.host + ":" + std::to_string(url.port);
  options.user_agent = "causeway-onebox";
  options.connect_timeout = kTimeout;
  for (auto [file, into] : {std::pair{&spec.ca, &options.tls.ca_pem},
                            {&spec.cert, &options.tls.cert_pem},
                            {&spec.key, &options.tls.key_pem}}) {
    if (file->empty()) continue;
    auto text = base::read_file(*file);
    if (!text) return text.error();
    *into = std::move(*text);
  }
  return base::HttpClient(std::move(options));
}

base::Error answered(const base::HttpResponse& response) {
  return {base::ErrorCode::kUnavailable,
          "answers " + std::to_string(response.status) + ": " + response.body.substr(0, 300)};
}

base::Result<void> connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return base::Error{base::ErrorCode::kInvalidArgument, "the socket's path is too long: " + path};
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  base::FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd || ::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    return base::errno_error(errno, path);
  return {};
}

}  // namespace

base::Result<void> node_ready(const std::string& body, base::WallTime started) {
  boost::system::error_code error;
  auto value = kube::json::parse(body, error);
  if (error || !value.is_object()) return base::Error{base::ErrorCode::kProtocol, "the node is not JSON"};
  const auto* conditions = kube::array_at(value.get_object(), "status.conditions");
  for (const auto& item : conditions ? *conditions : kube::json::array{}) {
    const auto* condition = item.if_object();
    if (!condition || kube::string_at(*condition, "type") != "Ready") continue;
    if (kube::string_at(*condition, "status") != "True")
      return base::Error{base::ErrorCode::kUnavailable,
                         "the node is not Ready: " + std::string(kube::string_at(*condition, "message"))};
    auto heartbeat = base::parse_time(kube::string_at(*condition, "lastHeartbeatTime"));
    // Heartbeats are whole seconds.
    if (heartbeat && *heartbeat >= std::chrono::floor<std::chrono::seconds>(started)) return {};
    return base::Error{base::ErrorCode::kUnavailable, "the node has not reported since kubelet was started"};
  }
  return base::Error{base::ErrorCode::kUnavailable, "the node says nothing about itself yet"};
}

base::Result<void> probe(const ProbeSpec& spec, base::WallTime started, std::stop_token stop) {
  if (spec.kind == ProbeKind::None) return {};
  if (spec.kind == ProbeKind::Socket) return connect_to(spec.path);
  auto url = base::parse_url(spec.url);
  if (!url) return base::Error{base::ErrorCode::kInvalidArgument, "not a URL: " + spec.url};
  auto client = client_of(spec, *url);
  if (!client) return client.error();
  base::HttpRequest request;
  request.target = url->path.empty() ? "/" : url->path;
  auto response = client->call(request, {.timeout = kTimeout, .stop = stop});
  if (!response) return response.error();
  if (response->status != 200) return answered(*response);
  if (spec.kind == ProbeKind::Node) return node_ready(response->body, started);
  return {};
}

base::Result<void> create_objects(const ComponentSpec& component, std::stop_token stop) {
  if (component.setup.empty()) return {};
  auto url = base::parse_url(component.ready.url);
  if (!url) return base::Error{base::ErrorCode::kInvalidArgument, "not a URL: " + component.ready.url};
  auto client = client_of(component.ready, *url);
  if (!client) return client.error();
  for (const auto& object : component.setup) {
    base::HttpRequest request;
    request.method = "POST";
    request.target = object.path;
    request.headers.set("Content-Type", "application/json");
    request.body = kube::json::serialize(object.body);
    auto response = client->call(request, {.timeout = kTimeout, .stop = stop});
    if (!response) return response.error();
    if (response->status != 201 && response->status != 200 && response->status != 409) return answered(*response);
  }
  return {};
}

}  // namespace causeway::onebox
