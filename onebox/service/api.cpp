#include "onebox/service/api.hpp"

#include "onebox/machine/memory.hpp"
#include "onebox/plan/problem.hpp"

namespace causeway::onebox {

namespace {

using base::HttpResponse;
using kube::json::array;
using kube::json::object;
using kube::json::serialize;
using kube::json::value;

constexpr auto kCreateTimeout = std::chrono::seconds(120);
constexpr auto kDeleteTimeout = std::chrono::seconds(60);

struct FaultRequest {
  std::string action, component;
};
BOOST_DESCRIBE_STRUCT(FaultRequest, (), (action, component))

template <class T>
base::Result<T> read_body(const base::HttpRequest& request) {
  boost::system::error_code error;
  auto json = kube::json::parse(request.body.empty() ? "{}" : request.body, error);
  if (error) return base::Error{base::ErrorCode::kInvalidArgument, "the body is not JSON: " + error.message()};
  auto decoded = kube::from_json<T>(json);
  if (!decoded) return base::Error{base::ErrorCode::kInvalidArgument, "in the body: " + decoded.error().message};
  return std::move(*decoded);
}

HttpResponse done() {
  return {.status = 204, .headers = {}, .body = ""};
}

HttpResponse wrong_method(const base::HttpRequest& request, std::string_view allowed) {
  auto response = problem(405, request.method + " is not possible here; " + std::string(allowed) + " is");
  response.headers.set("Allow", std::string(allowed));
  return response;
}

HttpResponse no_cluster(const std::string& id) {
  return problem(404, "no cluster '" + id + "'; GET /v1/clusters lists those there are");
}

}  // namespace

BOOST_DESCRIBE_STRUCT(ClusterWish, (), (name, region, node))

HttpResponse Api::handle(const base::HttpRequest& request, std::stop_token stop) {
  constexpr std::string_view kClusters = "/v1/clusters/", kFaults = "/faults";
  const auto path = request.path();
  if (path == "/v1/status") return request.method == "GET" ? status() : wrong_method(request, "GET");
  if (path == "/v1/clusters") return request.method == "GET" ? list() : wrong_method(request, "GET");
  if (path == "/v1/faults") return faults(request);
  if (path == "/v1/regions") {
    array names;
    for (const auto& region : regions()) names.emplace_back(region);
    return base::json_response(200, serialize(names));
  }
  if (path.starts_with(kClusters)) {
    auto rest = path.substr(kClusters.size());
    const bool is_fault = rest.ends_with(kFaults);
    if (is_fault) rest.remove_suffix(kFaults.size());
    auto id = base::percent_decode(rest);
    if (id && !id->empty() && id->find('/') == std::string::npos)
      return is_fault ? cluster_fault(request, *id) : cluster(request, *id, stop);
  }
  return problem(404, "no such path: " + std::string(path) +
                          "; there are /v1/status, /v1/clusters, /v1/clusters/ID, /v1/clusters/ID/faults, /v1/faults, "
                          "/v1/regions");
}

HttpResponse Api::cluster(const base::HttpRequest& request, const std::string& id, std::stop_token stop) {
  if (request.method == "PUT") {
    auto wish = read_body<ClusterWish>(request);
    if (!wish) return problem_of(wish.error());
    wish->id = id;
    auto made = clusters_.ensure(*wish, kCreateTimeout, stop);
    if (!made) return problem_of(made.error());
    return base::json_response(200, serialize((*made)->describe(Cluster::Detail::kWithCredentials)));
  }
  if (request.method == "DELETE") {
    auto removed = clusters_.remove(id, kDeleteTimeout, stop);
    return removed ? done() : problem_of(removed.error());
  }
  if (request.method != "GET") return wrong_method(request, "GET, PUT, DELETE");
  auto found = clusters_.find(id);
  if (!found) return no_cluster(id);
  return base::json_response(200, serialize(found->describe(Cluster::Detail::kWithCredentials)));
}

HttpResponse Api::cluster_fault(const base::HttpRequest& request, const std::string& id) {
  if (request.method != "POST") return wrong_method(request, "POST");
  auto fault = read_body<FaultRequest>(request);
  if (!fault) return problem_of(fault.error());
  if (id == kSharedServices) {
    auto asked = shared_.command(fault->component, fault->action);
    return asked ? done() : problem_of(asked.error());
  }
  auto found = clusters_.find(id);
  if (!found) return no_cluster(id);
  auto asked = found->fault(fault->action, fault->component);
  return asked ? done() : problem_of(asked.error());
}

HttpResponse Api::list() const {
  array clusters;
  for (const auto& cluster : clusters_.all()) clusters.push_back(cluster->describe(Cluster::Detail::kSummary));
  return base::json_response(200, serialize(clusters));
}

HttpResponse Api::faults(const base::HttpRequest& request) {
  if (request.method == "PUT") {
    auto wanted = read_body<CreateFaults>(request);
    if (!wanted) return problem_of(wanted.error());
    clusters_.set_faults(std::move(*wanted));
  } else if (request.method != "GET") {
    return wrong_method(request, "GET, PUT");
  }
  return base::json_response(200, serialize(kube::to_json(clusters_.faults())));
}

HttpResponse Api::status() const {
  const auto all = clusters_.all();
  std::vector<pid_t> inits;
  for (const auto& cluster : all)
    if (auto pid = cluster->init_pid(); pid != 0) inits.push_back(pid);
  const auto memory = resident_memory(inits);
  array clusters;
  for (const auto& cluster : all) {
    auto description = cluster->describe(Cluster::Detail::kSummary);
    auto it = memory.find(cluster->init_pid());
    description["memoryBytes"] = it == memory.end() ? 0 : it->second;
    clusters.push_back(std::move(description));
  }
  array names;
  for (const auto& [name, address] : names_.table()) names.emplace_back(name);
  return base::json_response(200, serialize(object{{"instance", instance_.names.instance},
                                                   {"data", instance_.layout.data.string()},
                                                   {"subnet", instance_.subnet.to_string()},
                                                   {"bridge", instance_.names.bridge()},
                                                   {"bridgeAddress", instance_.subnet.bridge_address()},
                                                   {"registry", shared_.describe_registry()},
                                                   {"webPort", names_.port()},
                                                   {"names", std::move(names)},
                                                   {"shared", shared_.components()},
                                                   {"clusters", std::move(clusters)}}));
}

}  // namespace causeway::onebox
