#pragma once
// A causeway-onebox of its own for tests: a data folder, the service as a process, its REST API.

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/files.hpp"
#include "base/process.hpp"
#include "kube/client/client.hpp"

namespace causeway::onebox {

struct Answer {
  int status = 0;
  kube::json::value body;
  const kube::Object& object() const { return body.as_object(); }
  std::string detail() const { return std::string(kube::string_at(object(), "detail")); }
};

class OneboxUnderTest {
 public:
  // nullopt, and why, where these tests cannot run: not root, or no Kubernetes.
  static std::optional<std::string> cannot_run();

  OneboxUnderTest();
  ~OneboxUnderTest();  // down --purge

  const std::filesystem::path& data() const { return data_.path(); }
  const std::string& instance() const { return instance_; }
  pid_t service_pid() const { return service_->pid(); }

  // Starts the service and waits for its API. The error is what it said before it ended.
  base::Result<void> serve(std::vector<std::string> more_arguments = {});
  void kill_service();  // SIGKILL
  void stop_service();  // SIGTERM
  // Any subcommand, to its end.
  base::RunOutput run(std::vector<std::string> arguments) const;
  std::string service_log() const;

  Answer call(const std::string& method, const std::string& path, kube::json::value body = nullptr) const;
  Answer create(const std::string& id, bool node, const std::string& region = "local-1") const;
  Answer get(const std::string& id) const { return call("GET", "/v1/clusters/" + id); }
  Answer fault(const std::string& id, const std::string& action, const std::string& component = {}) const;
  bool ready(const std::string& id) const;
  int restarts(const std::string& id, const std::string& component) const;
  std::string state(const std::string& id, const std::string& component) const;

  std::unique_ptr<kube::Client> client(const std::string& id) const;  // through loopback
  // Process numbers (on the machine) of everything in the cluster.
  std::set<pid_t> processes(const std::string& id) const;
  // Of its init and what that started: they change only when something was started anew, while kubelet and kube-proxy
  // run short-lived helpers all the time.
  std::set<pid_t> components(const std::string& id) const;

 private:
  base::TemporaryDirectory data_{"onebox-test"};
  std::string instance_;
  std::optional<base::Process> service_;
};

// Polls until `done`; false after `limit`, which only a defect lets pass.
bool eventually(const std::function<bool()>& done, base::Duration limit = std::chrono::seconds(60));

}  // namespace causeway::onebox
