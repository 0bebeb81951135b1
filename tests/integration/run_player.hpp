#pragma once
// Plays what an API server alone lacks: the Job controller and kubelet, for the Jobs of Terraform runs (each is the
// command of its pod, run as a process here), and the namespace controller, for namespaces that are being deleted.

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "base/files.hpp"
#include "base/process.hpp"
#include "kube/client/client.hpp"

namespace causeway::test {

class RunPlayer {
 public:
  struct Options {
    kube::ClientConfig config;
    std::string kubeconfig;         // path, for the runs
    std::string program;            // that has the subcommand terraform-run
    std::string cluster_namespace;  // runs of Clusters in this namespace only: tests do not meet
  };
  explicit RunPlayer(Options options);
  ~RunPlayer();  // kills what still runs

  // SIGKILL of the container of the run that is under way; false: none is.
  bool kill_run();
  int started() const;                 // processes, of all Jobs
  int at_once() const;                 // the most that ran at the same time
  std::set<std::string> jobs() const;  // names of Jobs ever started, with their namespace
  std::string logs() const;

 private:
  void play(std::stop_token stop);
  void start(const kube::Object& job);
  void reap();
  void finish(const std::string& key, bool good);
  void finalize_namespaces();

  const Options options_;
  kube::Client client_;
  base::TemporaryDirectory logs_{"runs"};
  mutable std::mutex mutex_;
  std::map<std::string, base::Process> running_;  // by namespace/job
  std::set<std::string> seen_;
  int started_ = 0, at_once_ = 0;
  std::jthread thread_;
};

}  // namespace causeway::test
