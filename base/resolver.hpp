#pragma once
// Host names to socket addresses, with a deadline and a stop token that getaddrinfo(3) does not have.

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <sys/socket.h>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/worker_pool.hpp"

namespace causeway::base {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  std::string describe() const;  // "10.0.0.1:6443", "[::1]:80", "unix:/run/x.sock"
  const sockaddr* get() const;
};

// kInvalidArgument: longer than a socket address can hold (107 bytes).
Result<SocketAddress> unix_address(const std::string& path);

// An IP address or "localhost" (and names under it: RFC 6761, 6.3), without asking anybody.
std::vector<SocketAddress> literal_addresses(const std::string& host, std::uint16_t port);

// Thread-safe. Literals are answered at once; a name is looked up on a thread of this object's, which the destructor
// joins: callers leave at their deadline, the destructor waits for a lookup that hangs (seconds, resolv.conf(5)).
class Resolver {
 public:
  using Lookup = std::function<Result<std::vector<SocketAddress>>(const std::string& host, std::uint16_t port)>;
  Resolver();
  explicit Resolver(Lookup lookup);  // for tests
  ~Resolver();
  // kConnect: no such name, or the name servers do not answer. kTimeout, kCancelled.
  Result<std::vector<SocketAddress>> resolve(const std::string& host, std::uint16_t port, SteadyTime deadline,
                                             const std::stop_token& stop);

 private:
  Lookup lookup_;
  std::mutex mutex_;
  std::unique_ptr<WorkerPool> thread_;  // by mutex_; made when first needed
};

}  // namespace causeway::base
