#pragma once
// Live progress of a run in Cluster.status.lastRun: server-side apply of that one field, at most twice a second, only
// when something changed. The run does not wait for it, and a hub that does not answer does not fail it.

#include <condition_variable>
#include <mutex>
#include <thread>

#include "kube/client/client.hpp"
#include "operator/terraform/protocol.hpp"

namespace causeway::op::terraform {

// Thread-safe.
class StatusStream {
 public:
  static constexpr base::Duration kInterval = std::chrono::milliseconds(500);

  StatusStream(kube::Client& client, const RunInput& input, base::Duration interval = kInterval);
  // Waits for the last change to be written, 10 s at most.
  ~StatusStream();

  void show(crds::ClusterRun run);
  std::size_t writes() const;

 private:
  void work(std::stop_token stop);
  bool write(const crds::ClusterRun& run);

  kube::Client& client_;
  const std::string namespace_, name_, uid_;
  const base::Duration interval_;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  crds::ClusterRun wanted_, written_;
  bool refused_ = false;  // the Cluster is gone, or is another one by now
  std::size_t writes_ = 0;
  std::jthread worker_;
};

}  // namespace causeway::op::terraform
