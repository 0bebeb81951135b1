#include "onebox/machine/ports.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/file_descriptor.hpp"

namespace causeway::onebox {

base::Result<void> check_port_free(const std::string& address, std::uint16_t port, Transport transport) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  if (::inet_pton(AF_INET, address.c_str(), &where.sin_addr) != 1)
    return base::Error{base::ErrorCode::kInvalidArgument, "not an IPv4 address: " + address};
  const bool tcp = transport == Transport::kTcp;
  base::FileDescriptor fd(::socket(AF_INET, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0));
  if (!fd) return base::errno_error(errno, "cannot make a socket");
  const int on = 1;
  if (tcp) ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const bool free = ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0 &&
                    (!tcp || ::listen(fd.get(), 1) == 0);
  if (free) return {};
  const std::string name = std::string(tcp ? "tcp" : "udp") + " port " + std::to_string(port) + " of " + address;
  if (errno != EADDRINUSE) return base::errno_error(errno, "cannot listen on " + name);
  return base::Error{base::ErrorCode::kUnavailable,
                     name + " is taken by another program, probably one that listens on every address (see `ss -lnp`)"};
}

}  // namespace causeway::onebox
