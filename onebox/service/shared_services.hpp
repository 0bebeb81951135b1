#pragma once
// The instance's registry and bridge DNS: processes under an init of their own, which outlive this service and are
// found again; the registry is relayed to loopback as well.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "base/tcp_relay.hpp"
#include "onebox/cluster/init_process.hpp"
#include "onebox/cluster/instance.hpp"
#include "onebox/plan/records.hpp"

namespace causeway::onebox {

class SharedServices {
 public:
  // `record` gives port and secret; both are filled in when they are new.
  static base::Result<std::unique_ptr<SharedServices>> start(const Instance& instance,
                                                             const std::string& registry_binary,
                                                             InstanceRecord& record);
  ~SharedServices();  // they run on

  base::Result<void> wait_ready(base::Duration timeout, std::stop_token stop) const;
  kube::json::object describe_registry() const;
  kube::json::array components() const;
  base::Result<void> command(const std::string& component, const std::string& action) const;

 private:
  SharedServices(const Instance& instance, SharedPlan plan, ConfigFiles files);
  base::Result<void> begin();
  void watch(std::stop_token stop);

  const Instance& instance_;
  const SharedPlan plan_;
  const ConfigFiles files_;
  InitProcess init_;
  std::unique_ptr<base::TcpRelay> relay_;
  std::jthread watcher_;
};

}  // namespace causeway::onebox
