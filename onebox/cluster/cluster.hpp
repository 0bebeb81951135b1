#pragma once
// One cluster: a thread that makes what is there what is wanted (decision.hpp), and those who wait for it.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "base/tcp_relay.hpp"
#include "kube/core/object.hpp"
#include "onebox/cluster/init_process.hpp"
#include "onebox/cluster/instance.hpp"
#include "onebox/cluster/outputs.hpp"
#include "onebox/cluster/trash.hpp"
#include "onebox/plan/decision.hpp"
#include "onebox/plan/records.hpp"

namespace causeway::onebox {

// Thread-safe. The destructor stops following the cluster; it runs on.
class Cluster {
 public:
  // `record` is on disk already.
  Cluster(const Instance& instance, Trash& trash, ClusterRecord record);
  ~Cluster();

  ClusterRecord record() const;
  // Until every component is ready. A step that fails meanwhile is the error; it is tried again without being asked.
  // kTimeout names what is not ready; kNotFound: it was deleted meanwhile.
  base::Result<void> wait_ready(base::Duration timeout, std::stop_token stop) const;
  bool ready() const;
  base::Result<void> request_delete();
  base::Result<void> wait_gone(base::Duration timeout, std::stop_token stop) const;
  bool gone() const;

  // "kill", "stop", "start" a component; "cut", "heal" the network.
  base::Result<void> fault(const std::string& action, const std::string& component);

  enum class Detail { kSummary, kWithCredentials };
  kube::json::object describe(Detail detail) const;
  // Of its process 1 on the machine, 0: it does not run.
  pid_t init_pid() const;
  std::filesystem::path kubeconfig_file() const { return layout_.kubeconfig(); }

 private:
  void run(std::stop_token stop);
  Observed observe();
  base::Result<void> take(Step step, std::stop_token stop);
  base::Result<void> start();
  base::Result<void> follow(std::stop_token stop);
  base::Result<void> prepare_folders(const ClusterLayout& layout, const ClusterRecord& record) const;
  base::Result<void> make_network(const ClusterRecord& record) const;
  base::Result<void> open_relay();
  base::Result<void> clear_network();
  base::Result<void> forget();
  ClusterPlan plan(const ClusterRecord& record) const;
  void set_ready(bool ready, std::string waiting_for);
  void wait_for_wish(base::Duration at_most, std::stop_token stop);

  const Instance& instance_;
  Trash& trash_;
  const ClusterLayout layout_;

  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  ClusterRecord record_;
  std::optional<ClusterAccess> access_;
  std::string phase_ = "starting", waiting_for_, failure_;
  std::uint64_t failures_seen_ = 0;
  bool ready_ = false, gone_ = false;
  pid_t init_pid_ = 0;

  // Of the thread.
  InitProcess init_;
  std::unique_ptr<base::TcpRelay> relay_;
  int failures_in_row_ = 0;
  base::FileDescriptor wish_;  // eventfd: something to look at
  std::jthread thread_;
};

}  // namespace causeway::onebox
