#include "tests/integration/onebox_stand_in.hpp"

#include <boost/json.hpp>
#include <stdexcept>

namespace causeway::test {

namespace json = boost::json;
namespace fs = std::filesystem;

OneboxStandIn::OneboxStandIn(std::string kubeconfig) : folder_("onebox"), kubeconfig_(std::move(kubeconfig)) {
  fs::create_directories(outputs_folder());
  start();
}

OneboxStandIn::~OneboxStandIn() {
  stop();
}

void OneboxStandIn::start() {
  if (server_) return;
  fs::remove(socket());
  auto server = base::HttpServer::start({.listen = "unix://" + socket()},
                                        [this](const base::HttpRequest& request) { return answer(request); });
  if (!server) throw std::runtime_error(server.error().message);
  server_ = std::move(*server);
}

void OneboxStandIn::stop() {
  if (server_) server_->stop(std::chrono::seconds(0));
  server_.reset();
  fs::remove(socket());
}

void OneboxStandIn::before_answer(std::function<void()> action) {
  std::lock_guard lock(mutex_);
  before_answer_ = std::move(action);
}

void OneboxStandIn::refuse_with(int status, std::string problem) {
  std::lock_guard lock(mutex_);
  refusal_ = status;
  problem_ = std::move(problem);
}

std::map<std::string, std::string> OneboxStandIn::clusters() const {
  std::lock_guard lock(mutex_);
  return clusters_;
}
int OneboxStandIn::creates() const {
  std::lock_guard lock(mutex_);
  return creates_;
}
int OneboxStandIn::puts() const {
  std::lock_guard lock(mutex_);
  return puts_;
}
int OneboxStandIn::deletes() const {
  std::lock_guard lock(mutex_);
  return deletes_;
}

bool OneboxStandIn::wait_for_put(int count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(30), [&] { return puts_ >= count; });
}

base::HttpResponse OneboxStandIn::answer(const base::HttpRequest& request) {
  constexpr std::string_view kClusters = "/v1/clusters/";
  const std::string path(request.path());
  if (!path.starts_with(kClusters)) return base::text_response(404, "not found");
  const std::string id = path.substr(kClusters.size());
  {
    std::lock_guard lock(mutex_);
    if (refusal_) return base::json_response(refusal_, problem_);
  }
  if (request.method == "PUT") return put(id, request.body);
  if (request.method != "DELETE") return base::text_response(405, "method not allowed");
  std::lock_guard lock(mutex_);
  ++deletes_;
  clusters_.erase(id);
  fs::remove(fs::path(outputs_folder()) / (id + ".json"));
  return base::text_response(204, "");
}

base::HttpResponse OneboxStandIn::put(const std::string& id, const std::string& body) {
  const auto request = json::parse(body).as_object();
  const std::string name(request.at("name").as_string()), region(request.at("region").as_string());
  std::function<void()> action;
  {
    std::lock_guard lock(mutex_);
    ++puts_;
    if (clusters_.emplace(id, region).second) ++creates_;
    action = before_answer_;
  }
  changed_.notify_all();
  if (action) action();
  const json::object outputs{
      {"cluster_id", id},
      {"cluster_name", name},
      {"endpoint", "https://127.0.0.1:6443"},
      {"ca_certificate", "a certificate"},
      {"kubeconfig", kubeconfig_},
      {"gateway", {{"scheme", "http"}, {"domain", "localhost"}, {"address", "10.41.0.2"}, {"port", 80}}},
      {"public_ips", json::array()},
      {"provider", "local"},
      {"region", region},
      {"capabilities", json::object()},
      {"services", json::object()}};
  auto written = base::write_file_atomic(fs::path(outputs_folder()) / (id + ".json"), json::serialize(outputs), 0600);
  if (!written) return base::text_response(500, written.error().message);
  return base::json_response(200, R"({"phase":"Ready"})");
}

}  // namespace causeway::test
