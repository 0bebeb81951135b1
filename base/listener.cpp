#include "base/listener.hpp"

#include <cerrno>
#include <charconv>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/http.hpp"
#include "base/resolver.hpp"

namespace causeway::base {
namespace {

FileDescriptor make_socket(int family) {
  return FileDescriptor(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

Error failure(const std::string& listen, int number) {
  if (number == EADDRINUSE) {
    return Error{ErrorCode::kAlreadyExists, "cannot listen on " + listen + ": another program does already"};
  }
  if (number == EADDRNOTAVAIL) {
    return Error{ErrorCode::kInvalidArgument, "cannot listen on " + listen + ": this machine has no such address"};
  }
  return errno_error(number, "cannot listen on " + listen);
}

// Whether nobody accepts on the socket file any more.
bool stale(const SocketAddress& address, const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
  const FileDescriptor probe = make_socket(AF_UNIX);
  return probe && ::connect(probe.get(), address.get(), address.size) != 0 && errno == ECONNREFUSED;
}

}  // namespace

Result<Listener> Listener::open(const std::string& listen) {
  constexpr std::string_view kUnix = "unix://";
  if (listen.starts_with(kUnix)) return open_unix(listen.substr(kUnix.size()));
  return open_tcp(listen);
}

Result<Listener> Listener::open_unix(const std::string& path) {
  auto address = unix_address(path);
  if (!address) return address.error();
  Listener listener;
  listener.fd_ = make_socket(AF_UNIX);
  if (!listener.fd_) return errno_error(errno, "cannot make a socket");
  // Linux gives the file the socket's mode: there is no moment in which others may connect.
  ::fchmod(listener.fd_.get(), 0600);
  int bound = ::bind(listener.fd_.get(), address->get(), address->size);
  if (bound != 0 && errno == EADDRINUSE) {
    if (stale(*address, path)) {
      ::unlink(path.c_str());
      bound = ::bind(listener.fd_.get(), address->get(), address->size);
    } else {
      errno = EADDRINUSE;
    }
  }
  if (bound != 0) return failure("unix://" + path, errno);
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    listener.device_ = status.st_dev;
    listener.inode_ = status.st_ino;
  }
  listener.unix_path_ = path;
  if (::listen(listener.fd_.get(), SOMAXCONN) != 0) return failure("unix://" + path, errno);
  return listener;
}

Result<Listener> Listener::open_tcp(const std::string& listen) {
  const std::size_t colon = listen.rfind(':');
  const auto refuse = [&] {
    return Error{ErrorCode::kInvalidArgument, "\"" + listen +
                                                  "\" is not an address to listen on; expected for example "
                                                  "127.0.0.1:8080, [::1]:0, :8080 or unix:///run/x.sock"};
  };
  if (colon == std::string::npos) return refuse();
  std::string host = listen.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    return refuse();
  }
  std::uint16_t port = 0;
  const char* end = listen.data() + listen.size();
  const auto [parsed, error] = std::from_chars(listen.data() + colon + 1, end, port);
  if (error != std::errc() || parsed != end) return refuse();

  const bool any = host.empty();
  std::vector<SocketAddress> addresses = literal_addresses(any ? "::" : host, port);
  if (addresses.empty()) return refuse();
  Listener listener;
  listener.fd_ = make_socket(addresses.front().storage.ss_family);
  if (!listener.fd_ && any && errno == EAFNOSUPPORT) {  // a machine without IPv6
    addresses = literal_addresses("0.0.0.0", port);
    listener.fd_ = make_socket(AF_INET);
  }
  if (!listener.fd_) return errno_error(errno, "cannot make a socket");
  const int on = 1, off = 0;
  ::setsockopt(listener.fd_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (any) ::setsockopt(listener.fd_.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  const SocketAddress& address = addresses.front();
  if (::bind(listener.fd_.get(), address.get(), address.size) != 0 || ::listen(listener.fd_.get(), SOMAXCONN) != 0) {
    return failure(listen, errno);
  }
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (::getsockname(listener.fd_.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
    return errno_error(errno, "cannot read the port of " + listen);
  }
  listener.port_ = ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6*>(&bound)->sin6_port
                                                     : reinterpret_cast<const sockaddr_in*>(&bound)->sin_port);
  return listener;
}

Listener::~Listener() {
  if (!fd_ || unix_path_.empty()) return;
  struct stat status {};
  if (::stat(unix_path_.c_str(), &status) == 0 && status.st_dev == device_ && status.st_ino == inode_) {
    ::unlink(unix_path_.c_str());
  }
}

}  // namespace causeway::base
