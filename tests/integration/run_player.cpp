#include "tests/integration/run_player.hpp"

#include <csignal>

#include "base/log.hpp"
#include "tests/integration/kube_objects.hpp"

namespace causeway::test {

namespace fs = std::filesystem;
namespace json = kube::json;
namespace resources = kube::resources;
using namespace std::chrono_literals;

RunPlayer::RunPlayer(Options options) : options_(std::move(options)), client_(options_.config) {
  thread_ = std::jthread([this](std::stop_token stop) { play(std::move(stop)); });
}

RunPlayer::~RunPlayer() {
  thread_.request_stop();
  thread_.join();
  while (kill_run()) reap();
}

bool RunPlayer::kill_run() {
  std::lock_guard lock(mutex_);
  if (running_.empty()) return false;
  for (auto& [key, process] : running_) {
    // A container dies as a whole: stopped first, so that it starts nothing meanwhile.
    process.signal(SIGSTOP);
    for (const auto pid : descendants(process.pid())) ::kill(pid, SIGKILL);
    process.signal_group(SIGKILL);
  }
  return true;
}

int RunPlayer::started() const {
  std::lock_guard lock(mutex_);
  return started_;
}
int RunPlayer::at_once() const {
  std::lock_guard lock(mutex_);
  return at_once_;
}
std::set<std::string> RunPlayer::jobs() const {
  std::lock_guard lock(mutex_);
  return seen_;
}

std::string RunPlayer::logs() const {
  std::string all;
  for (const auto& entry : fs::directory_iterator(logs_.path())) {
    auto text = base::read_file(entry.path());
    if (text) all += "== " + entry.path().filename().string() + "\n" + *text;
  }
  return all;
}

void RunPlayer::play(std::stop_token stop) {
  const auto& clock = base::system_clock();
  while (clock.sleep_for(20ms, stop)) {
    auto jobs = client_.list(resources::kJob, "", {.label_selector = "app.kubernetes.io/component=terraform-run"});
    if (jobs) {
      for (const auto& job : jobs->items) {
        if (kube::label_of(job, "causeway.dev/cluster-namespace") == options_.cluster_namespace) start(job);
      }
    }
    reap();
    finalize_namespaces();
  }
}

void RunPlayer::start(const kube::Object& job) {
  const std::string ns(kube::namespace_of(job)), name(kube::name_of(job));
  std::lock_guard lock(mutex_);
  if (!seen_.insert(ns + "/" + name).second) return;

  base::ProcessSpec spec;
  spec.argv = {"unshare",       "--uts",          "sh",           "-c", "hostname \"$0\" && exec \"$@\"",
               name + "-x7k2p", options_.program, "terraform-run"};
  const auto& container = kube::array_at(job, "spec.template.spec.containers")->at(0).as_object();
  for (const auto& argument : *kube::array_at(container, "args")) spec.argv.emplace_back(argument.as_string());
  spec.argv.push_back("--kubeconfig=" + options_.kubeconfig);
  spec.argv.push_back("--modules=" CAUSEWAY_SOURCE_DIR "/terraform-modules");
  spec.out = spec.err = base::ProcessSpec::Stream::kFile;
  spec.out_file = spec.err_file = logs_.path() / (ns + "-" + name + ".log");
  auto process = base::Process::spawn(spec);
  if (!process) return base::log::error("cannot start a run", {{"error", process.error().message}});
  running_.emplace(ns + "/" + name, std::move(*process));
  ++started_;
  at_once_ = std::max(at_once_, static_cast<int>(running_.size()));
}

void RunPlayer::reap() {
  std::map<std::string, bool> ended;
  {
    std::lock_guard lock(mutex_);
    for (auto& [key, process] : running_) {
      if (auto status = process.wait(0ns)) ended[key] = status->success();
    }
    for (const auto& [key, good] : ended) running_.erase(key);
  }
  for (const auto& [key, good] : ended) finish(key, good);
}

// As the Job controller writes it.
void RunPlayer::finish(const std::string& key, bool good) {
  const auto slash = key.find('/');
  const std::string now = base::format_time(base::system_clock().wall());
  auto condition = [&](const char* type) {
    return json::object{
        {"type", type}, {"status", "True"}, {"reason", "Played"}, {"lastTransitionTime", now}, {"lastProbeTime", now}};
  };
  json::object status{
      {"startTime", now},
      {"conditions",
       {condition(good ? "SuccessCriteriaMet" : "FailureTarget"), condition(good ? "Complete" : "Failed")}}};
  if (good) {
    status["completionTime"] = now;
    status["succeeded"] = 1;
  } else {
    status["failed"] = 1;
  }
  auto r = client_.patch(resources::kJob, key.substr(0, slash), key.substr(slash + 1), kube::PatchType::kMerge,
                         json::object{{"status", status}}, {.subresource = "status"});
  if (!r && !r.error().not_found()) base::log::error("cannot end a Job", {{"error", r.error().message}});
}

void RunPlayer::finalize_namespaces() {
  auto namespaces =
      client_.list(resources::kNamespace, "", {.label_selector = "app.kubernetes.io/managed-by=causeway"});
  if (!namespaces) return;
  for (auto& ns : namespaces->items) {
    if (!kube::deleting(ns)) continue;
    const std::string name(kube::name_of(ns));
    for (const auto& type : {resources::kSecret, resources::kConfigMap, resources::kLease, resources::kJob,
                             resources::kRole, resources::kRoleBinding, resources::kServiceAccount}) {
      (void)client_.remove_all(type, name, {});
    }
    ns["spec"] = json::object{{"finalizers", json::array()}};
    (void)client_.raw({.method = "PUT",
                       .target = resources::kNamespace.path("", name, "finalize"),
                       .headers = {{"Content-Type", "application/json"}},
                       .body = json::serialize(ns)});
  }
}

}  // namespace causeway::test
