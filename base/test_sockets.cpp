#include "base/test_sockets.hpp"

#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>

#include "base/resolver.hpp"

namespace causeway::base::test {
namespace {

constexpr int kPatience = 60'000;  // ms

void wait_for(int fd, short events) {
  pollfd polled{fd, events, 0};
  const int ready = ::poll(&polled, 1, kPatience);
  if (ready == 0) throw std::runtime_error("the peer did nothing for a minute");
  if (ready < 0) throw std::system_error(errno, std::generic_category(), "poll");
}

RawSocket connect_to(const SocketAddress& address) {
  FileDescriptor fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(fd.get(), address.get(), address.size) != 0) {
    throw std::system_error(errno, std::generic_category(), "connect to " + address.describe());
  }
  const int on = 1;  // small writes leave at once, one packet each
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return RawSocket(std::move(fd));
}

}  // namespace

RawSocket RawSocket::connect(std::uint16_t port) {
  return connect_to(literal_addresses("127.0.0.1", port).front());
}

RawSocket RawSocket::connect_unix(const std::string& path) {
  return connect_to(*unix_address(path));
}

bool RawSocket::try_send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno == EAGAIN) {
      wait_for(fd_.get(), POLLOUT);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

void RawSocket::send(std::string_view bytes) {
  if (!try_send(bytes)) throw std::system_error(errno, std::generic_category(), "send");
}

bool RawSocket::fill() {
  char piece[16384];
  wait_for(fd_.get(), POLLIN);
  const ssize_t n = ::recv(fd_.get(), piece, sizeof piece, 0);
  if (n < 0) throw std::system_error(errno, std::generic_category(), "recv");
  buffer_.append(piece, static_cast<std::size_t>(n));
  return n > 0;
}

std::string RawSocket::receive_until(std::string_view end) {
  std::size_t at;
  while ((at = buffer_.find(end)) == std::string::npos) {
    if (!fill()) throw std::runtime_error("the connection ended after: " + buffer_);
  }
  std::string out = buffer_.substr(0, at + end.size());
  buffer_.erase(0, out.size());
  return out;
}

std::string RawSocket::receive_exactly(std::size_t size) {
  while (buffer_.size() < size) {
    if (!fill()) throw std::runtime_error("the connection ended after: " + buffer_);
  }
  std::string out = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return out;
}

std::string RawSocket::receive_all() {
  while (fill()) {
  }
  return std::move(buffer_);
}

bool RawSocket::ended() {
  if (!buffer_.empty()) return false;
  try {
    return !fill();
  } catch (const std::system_error& e) {
    return e.code().value() == ECONNRESET;
  }
}

void RawSocket::finish_sending() {
  ::shutdown(fd_.get(), SHUT_WR);
}

void RawSocket::reset() {
  const linger abort{1, 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
  fd_.reset();
}

std::string RawSocket::receive_response() {
  std::string head = receive_until("\r\n\r\n");
  const std::string_view field = "Content-Length: ";
  const std::size_t at = head.find(field);
  if (at == std::string::npos) return head;
  return head + receive_exactly(std::stoul(head.substr(at + field.size())));
}

ScriptedServer::ScriptedServer(std::vector<Part> script, const std::string& listen)
    : listener_(*Listener::open(listen)), script_(std::move(script)) {
  thread_ = std::thread([this] { run(stop_.get_token()); });
}

ScriptedServer::~ScriptedServer() {
  stop_.request_stop();
  thread_.join();
  for (std::thread& part : parts_) part.join();
}

void ScriptedServer::run(const std::stop_token& stop) {
  const StopDescriptor stopped(stop);
  for (;;) {
    pollfd polled[2] = {{listener_.fd(), POLLIN, 0}, {stopped.fd(), POLLIN, 0}};
    ::poll(polled, 2, -1);
    if (polled[1].revents != 0) return;
    FileDescriptor fd(::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!fd) continue;
    const auto number = static_cast<std::size_t>(accepted_++);
    const Part& part = script_[std::min(number, script_.size() - 1)];
    parts_.emplace_back([&part, socket = RawSocket(std::move(fd))]() mutable {
      try {
        part(socket);
      } catch (const std::exception&) {
        // The client left: what it saw is what the test judges.
      }
    });
  }
}

std::uint16_t unused_port() {
  return Listener::open("127.0.0.1:0")->port();
}

}  // namespace causeway::base::test
