#include "tests/integration/onebox/onebox_under_test.hpp"

#include <csignal>
#include <cstdlib>
#include <sstream>
#include <unistd.h>

#include "base/http_client.hpp"
#include "onebox/machine/cgroups.hpp"
#include "onebox/machine/socket_path.hpp"
#include "onebox/plan/layout.hpp"
#include "onebox/plan/names.hpp"
#include "onebox/plan/records.hpp"

namespace causeway::onebox {

namespace {

std::string kubernetes() {
  for (const char* variable : {"CAUSEWAY_KUBERNETES_BIN", "CAUSEWAY_KUBERNETES_BIN_FILE"})
    if (const char* path = std::getenv(variable); path && *path) return path;
  return {};
}

kube::Object find_component(const Answer& cluster, const std::string& name) {
  const auto* components = cluster.status == 200 ? kube::array_at(cluster.object(), "components") : nullptr;
  if (components)
    for (const auto& item : *components)
      if (kube::string_at(item.as_object(), "name") == name) return item.as_object();
  return {};
}

}  // namespace

bool eventually(const std::function<bool()>& done, base::Duration limit) {
  const auto deadline = base::system_clock().steady() + limit;
  while (!done()) {
    if (base::system_clock().steady() >= deadline) return false;
    base::system_clock().sleep_for(std::chrono::milliseconds(20), {});
  }
  return true;
}

std::optional<std::string> OneboxUnderTest::cannot_run() {
  if (::geteuid() != 0) return "clusters need root";
  if (kubernetes().empty()) return "CAUSEWAY_KUBERNETES_BIN is not set (onebox/build.sh kubernetes makes it)";
  return {};
}

OneboxUnderTest::OneboxUnderTest() : instance_(instance_id(std::filesystem::canonical(data_.path()))) {}

OneboxUnderTest::~OneboxUnderTest() {
  service_.reset();
  run({"down", "--data", data().string(), "--purge"});
}

base::RunOutput OneboxUnderTest::run(std::vector<std::string> arguments) const {
  base::ProcessSpec spec;
  spec.argv = {CAUSEWAY_ONEBOX_PROGRAM};
  spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
  auto output = base::run(spec);
  if (!output) throw std::runtime_error(output.error().message);
  return std::move(*output);
}

std::string OneboxUnderTest::service_log() const {
  return base::read_file(data() / "service.log").value_or("");
}

base::Result<void> OneboxUnderTest::serve(std::vector<std::string> more_arguments) {
  std::filesystem::remove(data() / "onebox/onebox.sock");
  base::ProcessSpec spec;
  spec.argv = {CAUSEWAY_ONEBOX_PROGRAM, "serve", "--data", data().string(), "--kubernetes", kubernetes()};
  spec.argv.insert(spec.argv.end(), more_arguments.begin(), more_arguments.end());
  spec.out = spec.err = base::ProcessSpec::Stream::kFile;
  spec.out_file = spec.err_file = (data() / "service.log").string();
  auto process = base::Process::spawn(spec);
  if (!process) return process.error();
  service_ = std::move(*process);
  bool ended = false;
  const bool up = eventually([&] {
    ended = service_->wait(base::Duration{}).ok();
    return ended || std::filesystem::exists(data() / "onebox/onebox.sock");
  });
  if (up && !ended) return {};
  return base::Error{base::ErrorCode::kUnavailable, service_log()};
}

void OneboxUnderTest::kill_service() {
  service_->signal(SIGKILL);
  (void)service_->wait();
}

void OneboxUnderTest::stop_service() {
  service_->signal(SIGTERM);
  (void)service_->wait();
}

Answer OneboxUnderTest::call(const std::string& method, const std::string& path, kube::json::value body) const {
  auto socket = SocketPath::of(Layout{data()}.socket());
  base::HttpClientOptions options;
  options.base_url = socket.value().url();
  base::HttpRequest request;
  request.method = method;
  request.target = path;
  if (!body.is_null()) request.body = kube::json::serialize(body);
  auto response = base::HttpClient(options).call(request, {.timeout = std::chrono::seconds(150), .stop = {}});
  if (!response) return {.status = 0, .body = kube::json::object{{"detail", response.error().message}}};
  return {.status = response->status,
          .body = response->body.empty() ? kube::json::value(nullptr) : kube::json::parse(response->body)};
}

Answer OneboxUnderTest::create(const std::string& id, bool node, const std::string& region) const {
  return call("PUT", "/v1/clusters/" + id, kube::json::object{{"name", id}, {"region", region}, {"node", node}});
}

Answer OneboxUnderTest::fault(const std::string& id, const std::string& action, const std::string& component) const {
  return call("POST", "/v1/clusters/" + id + "/faults",
              kube::json::object{{"action", action}, {"component", component}});
}

bool OneboxUnderTest::ready(const std::string& id) const {
  auto cluster = get(id);
  return cluster.status == 200 && kube::bool_at(cluster.object(), "ready");
}

int OneboxUnderTest::restarts(const std::string& id, const std::string& component) const {
  return static_cast<int>(kube::int_at(find_component(get(id), component), "restarts"));
}

std::string OneboxUnderTest::state(const std::string& id, const std::string& component) const {
  return std::string(kube::string_at(find_component(get(id), component), "state"));
}

std::unique_ptr<kube::Client> OneboxUnderTest::client(const std::string& id) const {
  auto config = kube::load_kubeconfig(Layout{data()}.cluster(id).local_kubeconfig());
  if (!config) throw std::runtime_error(config.error().message);
  return std::make_unique<kube::Client>(*config);
}

std::set<pid_t> OneboxUnderTest::processes(const std::string& id) const {
  const auto list = cgroup_processes(Names{instance_}.cgroup(id));
  return {list.begin(), list.end()};
}

std::set<pid_t> OneboxUnderTest::components(const std::string& id) const {
  const Layout layout{std::filesystem::canonical(data())};
  const auto init = load_json<ProcessRecord>((id == kSharedServices ? layout.shared() : layout.cluster(id)).process());
  if (!init) return {};
  std::set<pid_t> pids;
  const std::string children =
      "/proc/" + std::to_string(init->pid) + "/task/" + std::to_string(init->pid) + "/children";
  std::istringstream text(base::read_file(children).value_or(""));
  for (pid_t pid = 0; text >> pid;) pids.insert(pid);
  pids.insert(init->pid);
  return pids;
}

}  // namespace causeway::onebox
