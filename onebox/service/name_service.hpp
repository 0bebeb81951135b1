#pragma once
// The machine's name service: one loopback port on which a request goes to the gateway that the hub's DNSEndpoint
// objects name for its host at that moment, as DNS would do it in production.

#include <memory>
#include <mutex>
#include <thread>

#include "base/tcp_relay.hpp"
#include "onebox/cluster/clusters.hpp"
#include "onebox/plan/name_table.hpp"

namespace causeway::onebox {

class NameService {
 public:
  // Takes the port and knows no name yet. Port 0: any free one. kUnavailable: the port is taken.
  static base::Result<std::unique_ptr<NameService>> bind(std::uint16_t port, const Clusters& clusters);
  // Follows the hub's names from now on; called once.
  void start();
  ~NameService();

  std::uint16_t port() const { return relay_->port(); }
  NameTable table() const;

 private:
  explicit NameService(const Clusters& clusters) : clusters_(clusters) {}
  void follow(std::stop_token stop);
  // Until the hub is another one, or stop.
  void follow_hub(const std::shared_ptr<Cluster>& hub, std::stop_token stop);
  void set_table(NameTable table);

  const Clusters& clusters_;
  mutable std::mutex mutex_;
  NameTable table_;
  std::unique_ptr<base::TcpRelay> relay_;
  std::jthread follower_;
};

}  // namespace causeway::onebox
