#include "base/resolver.hpp"

#include <arpa/inet.h>
#include <condition_variable>
#include <cstring>
#include <netdb.h>
#include <netinet/in.h>
#include <optional>
#include <sys/un.h>
#include <utility>

namespace causeway::base {
namespace {

std::vector<SocketAddress> collect(const addrinfo* list) {
  std::vector<SocketAddress> out;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    SocketAddress address;
    std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
    address.size = entry->ai_addrlen;
    out.push_back(address);
  }
  return out;
}

int look_up(const std::string& host, std::uint16_t port, int flags, std::vector<SocketAddress>& out) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (error == 0) {
    out = collect(list);
    ::freeaddrinfo(list);
  }
  return error;
}

Result<std::vector<SocketAddress>> system_lookup(const std::string& host, std::uint16_t port) {
  std::vector<SocketAddress> out;
  if (const int error = look_up(host, port, 0, out); error != 0) {
    return Error{ErrorCode::kConnect, "cannot resolve \"" + host + "\": " + ::gai_strerror(error)};
  }
  return out;
}

bool local_name(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return host == "localhost" || host.ends_with(".localhost");
}

struct Pending {
  std::mutex mutex;
  std::condition_variable_any done;
  bool abandoned = false;
  std::optional<Result<std::vector<SocketAddress>>> result;
};

}  // namespace

const sockaddr* SocketAddress::get() const {
  return reinterpret_cast<const sockaddr*>(&storage);
}

std::string SocketAddress::describe() const {
  char text[INET6_ADDRSTRLEN] = "";
  switch (storage.ss_family) {
    case AF_INET: {
      const auto* v4 = reinterpret_cast<const sockaddr_in*>(&storage);
      ::inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
      return std::string(text) + ":" + std::to_string(ntohs(v4->sin_port));
    }
    case AF_INET6: {
      const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&storage);
      ::inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
      return "[" + std::string(text) + "]:" + std::to_string(ntohs(v6->sin6_port));
    }
    case AF_UNIX:
      return std::string("unix:") + reinterpret_cast<const sockaddr_un*>(&storage)->sun_path;
    default:
      return "an address of unknown family";
  }
}

Result<SocketAddress> unix_address(const std::string& path) {
  SocketAddress address;
  auto* local = reinterpret_cast<sockaddr_un*>(&address.storage);
  if (path.size() >= sizeof local->sun_path) {
    return Error{ErrorCode::kInvalidArgument,
                 "the unix socket's path has " + std::to_string(path.size()) + " bytes, more than the " +
                     std::to_string(sizeof local->sun_path - 1) + " the kernel takes; use a shorter folder: " + path};
  }
  if (path.empty()) return Error{ErrorCode::kInvalidArgument, "the unix socket has no path"};
  local->sun_family = AF_UNIX;
  std::memcpy(local->sun_path, path.c_str(), path.size() + 1);
  address.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  return address;
}

std::vector<SocketAddress> literal_addresses(const std::string& host, std::uint16_t port) {
  std::vector<SocketAddress> out;
  if (local_name(host)) {
    look_up("127.0.0.1", port, AI_NUMERICHOST, out);
    std::vector<SocketAddress> v6;
    look_up("::1", port, AI_NUMERICHOST, v6);
    out.insert(out.end(), v6.begin(), v6.end());
    return out;
  }
  look_up(host, port, AI_NUMERICHOST, out);
  return out;
}

Resolver::Resolver() : Resolver(system_lookup) {}
Resolver::Resolver(Lookup lookup) : lookup_(std::move(lookup)) {}
Resolver::~Resolver() = default;

Result<std::vector<SocketAddress>> Resolver::resolve(const std::string& host, std::uint16_t port, SteadyTime deadline,
                                                     const std::stop_token& stop) {
  if (auto literal = literal_addresses(host, port); !literal.empty()) return literal;
  auto pending = std::make_shared<Pending>();
  {
    const std::lock_guard lock(mutex_);
    if (!thread_) thread_ = std::make_unique<WorkerPool>("resolver", 1, 1024);
    const bool taken = thread_->submit([pending, host, port, this] {
      {
        const std::lock_guard guard(pending->mutex);
        if (pending->abandoned) return;
      }
      auto result = lookup_(host, port);
      const std::lock_guard guard(pending->mutex);
      pending->result = std::move(result);
      pending->done.notify_all();
    });
    if (!taken) return Error{ErrorCode::kConnect, "cannot resolve \"" + host + "\": too many lookups wait already"};
  }
  std::unique_lock lock(pending->mutex);
  pending->done.wait_until(lock, stop, deadline, [&] { return pending->result.has_value(); });
  if (pending->result) return std::move(*pending->result);
  pending->abandoned = true;
  if (stop.stop_requested()) return Error{ErrorCode::kCancelled, "stopped while resolving \"" + host + "\""};
  return Error{ErrorCode::kTimeout, "the name servers did not answer for \"" + host + "\""};
}

}  // namespace causeway::base
