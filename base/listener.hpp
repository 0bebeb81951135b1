#pragma once
// Listening sockets, TCP and unix. For http_server.cpp and tcp_relay.cpp.

#include <cstdint>
#include <string>
#include <sys/types.h>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"

namespace causeway::base {

// Non-blocking and close-on-exec. The destructor of a unix listener removes its socket file if it is still its own.
class Listener {
 public:
  // "host:port" with an IP address, "localhost" or nothing (all addresses) as host and 0 as any free port, or
  // "unix:///path" (mode 0600; the file of a process that is gone is replaced).
  // kInvalidArgument, kAlreadyExists: taken by another process; kPermission.
  static Result<Listener> open(const std::string& listen);
  Listener(Listener&&) noexcept = default;
  Listener& operator=(Listener&&) = delete;
  ~Listener();

  int fd() const { return fd_.get(); }
  std::uint16_t port() const { return port_; }  // 0 for a unix socket
  bool is_unix() const { return !unix_path_.empty(); }

 private:
  Listener() = default;
  static Result<Listener> open_unix(const std::string& path);
  static Result<Listener> open_tcp(const std::string& listen);

  FileDescriptor fd_;
  std::uint16_t port_ = 0;
  std::string unix_path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace causeway::base
