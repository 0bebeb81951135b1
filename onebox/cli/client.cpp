#include "onebox/cli/client.hpp"

#include <filesystem>

#include "base/http_client.hpp"
#include "onebox/machine/socket_path.hpp"
#include "onebox/plan/layout.hpp"
#include "onebox/plan/problem.hpp"

namespace causeway::onebox {

using kube::json::object;
using kube::json::value;

namespace {

std::string cluster_path(const std::string& id) {
  return "/v1/clusters/" + base::percent_encode(id);
}

std::string describe(const object& cluster) {
  std::string line =
      std::string(kube::string_at(cluster, "id")) + "  " + std::string(kube::string_at(cluster, "name")) + "  " +
      std::string(kube::string_at(cluster, "region")) + "  " + std::string(kube::string_at(cluster, "address")) + "  " +
      std::string(kube::string_at(cluster, "phase"));
  if (auto memory = kube::int_at(cluster, "memoryBytes"); memory > 0)
    line += "  " + std::to_string(memory >> 20) + " MB";
  if (auto message = kube::string_at(cluster, "message"); !message.empty()) line += "  " + std::string(message);
  return line + "\n";
}

}  // namespace

base::Result<base::HttpResponse> ServiceClient::call(const std::string& method, const std::string& path,
                                                     value body) const {
  std::error_code error;
  const Layout layout{std::filesystem::weakly_canonical(data_, error)};
  auto socket = SocketPath::of(layout.socket());
  if (!socket) return socket.error();
  base::HttpClientOptions options;
  options.base_url = socket->url();
  base::HttpRequest request;
  request.method = method;
  request.target = path;
  if (!body.is_null()) {
    request.headers.set("Content-Type", "application/json");
    request.body = kube::json::serialize(body);
  }
  base::HttpClient client(std::move(options));
  auto response = client.call(request, {.timeout = std::chrono::minutes(3), .stop = {}});
  if (!response && response.error().code == base::ErrorCode::kConnect)
    return base::Error{base::ErrorCode::kUnavailable, "no causeway-onebox serves " + layout.data.string() + " (" +
                                                          response.error().message +
                                                          "); start it with `causeway-onebox serve --data " +
                                                          layout.data.string() + " --kubernetes …`"};
  if (!response) return response.error();
  if (response->status >= 300) return error_of(*response);
  return response;
}

base::Result<value> ServiceClient::json(const std::string& method, const std::string& path, value body) const {
  auto response = call(method, path, std::move(body));
  if (!response) return response.error();
  boost::system::error_code error;
  auto parsed = kube::json::parse(response->body, error);
  if (error) return base::Error{base::ErrorCode::kProtocol, "the service answered what is not JSON"};
  return parsed;
}

base::Result<std::string> ServiceClient::create(const CreateOptions& options) const {
  auto made = json("PUT", cluster_path(options.id),
                   object{{"name", options.name.empty() ? options.id : options.name},
                          {"region", options.region},
                          {"node", options.node}});
  if (!made) return made.error();
  const auto& cluster = made->as_object();
  return describe(cluster) + "export KUBECONFIG=" + std::string(kube::string_at(cluster, "localKubeconfigFile")) + "\n";
}

base::Result<std::string> ServiceClient::list() const {
  auto status = json("GET", "/v1/status");
  if (!status) return status.error();
  std::string text;
  const auto* clusters = kube::array_at(status->as_object(), "clusters");
  for (const auto& cluster : clusters ? *clusters : kube::json::array{}) text += describe(cluster.as_object());
  return text.empty() ? "no clusters\n" : text;
}

base::Result<std::string> ServiceClient::remove(const std::string& id) const {
  auto removed = call("DELETE", cluster_path(id));
  if (!removed) return removed.error();
  return "cluster " + id + " is gone\n";
}

base::Result<std::string> ServiceClient::kubeconfig(const std::string& id, bool for_pods) const {
  auto cluster = json("GET", cluster_path(id));
  if (!cluster) return cluster.error();
  auto text = kube::string_at(cluster->as_object(), for_pods ? "kubeconfig" : "localKubeconfig");
  if (text.empty()) return base::Error{base::ErrorCode::kUnavailable, "cluster " + id + " has no kubeconfig yet"};
  return std::string(text);
}

base::Result<std::string> ServiceClient::status() const {
  auto status = json("GET", "/v1/status");
  if (!status) return status.error();
  return kube::json::serialize(*status) + "\n";
}

base::Result<std::string> ServiceClient::fault(const std::string& id, const std::string& action,
                                               const std::string& component) const {
  auto asked = call("POST", cluster_path(id) + "/faults", object{{"action", action}, {"component", component}});
  if (!asked) return asked.error();
  return std::string();
}

}  // namespace causeway::onebox
