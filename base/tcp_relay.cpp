#include "base/tcp_relay.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <thread>
#include <utility>

#include "base/async_stream.hpp"
#include "base/header_validator.hpp"
#include "base/http_wire.hpp"
#include "base/listener.hpp"
#include "base/log.hpp"
#include "base/relay_route.hpp"
#include "base/resolver.hpp"

namespace causeway::base {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kMaxHead = 16u << 10;
constexpr std::chrono::seconds kHeadTimeout{15};
constexpr std::chrono::seconds kConnectTimeout{10};
constexpr std::chrono::seconds kLinger{2};
constexpr std::chrono::milliseconds kAcceptPause{100};

struct Routing {
  std::optional<TcpTarget> target;  // fixed, or
  TcpRelay::ByHost by_host;
  TcpRelay::NotFound not_found;
};

std::optional<SocketAddress> address_of(const TcpTarget& target) {
  const auto found = literal_addresses(target.host, target.port);
  return found.empty() ? std::nullopt : std::optional(found.front());
}

// One connection: the head if its Host decides, then bytes both ways until both sides are done.
// Everything runs on the relay's one thread; the pending operations own the object.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(const Routing& routing, Socket client)
      : routing_(routing), client_(plain_stream(std::move(client))), timer_(client_->socket().get_executor()) {}

  void begin() {
    if (routing_.target) return connect(*routing_.target);
    arm(kHeadTimeout);
    read_head();
  }

 private:
  struct Direction {
    std::array<char, 32u << 10> buffer;
    std::size_t filled = 0, written = 0;
    bool ended = false;
  };

  // At the end of the time everything closes.
  void arm(std::chrono::seconds after) {
    timer_.expires_after(after);
    timer_.async_wait([self = shared_from_this()](error_code error) {
      if (!error) self->close();
    });
  }

  void read_head() {
    auto& up = up_.buffer;
    client_->read_some(asio::buffer(up.data() + up_.filled, kMaxHead - up_.filled),
                       [self = shared_from_this()](error_code error, std::size_t n) {
                         if (error) return self->close();
                         self->up_.filled += n;
                         self->look_at_head();
                       });
  }

  void look_at_head() {
    const RelayHead head = find_host({up_.buffer.data(), up_.filled});
    if (head.refusal) return answer(head.refusal->status, head.refusal->reason + "\n");
    if (!head.complete) {
      if (up_.filled == kMaxHead) return answer(431, "the header is larger than 16 KiB\n");
      return read_head();
    }
    const auto target = routing_.by_host(head.host);
    if (!target) return answer(404, routing_.not_found(head.host));
    connect(*target);
  }

  void connect(const TcpTarget& target) {
    const auto address = address_of(target);
    const std::string name = target.host + ":" + std::to_string(target.port);
    if (!address) return unreachable(name, "not an IP address");
    FileDescriptor fd(::socket(address->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return unreachable(name, errno_error(errno, "socket").message);
    Socket socket(client_->socket().get_executor());
    error_code error;
    socket.assign(asio::generic::stream_protocol(address->storage.ss_family, 0), fd.get(), error);
    if (error) return unreachable(name, error.message());
    static_cast<void>(fd.release());
    target_ = plain_stream(std::move(socket));
    arm(kConnectTimeout);
    target_->socket().async_connect(asio::generic::stream_protocol::endpoint(address->get(), address->size, 0),
                                    [self = shared_from_this(), name](error_code failed) {
                                      if (failed) return self->unreachable(name, failed.message());
                                      self->timer_.cancel();
                                      tune_tcp(self->target_->socket());
                                      self->write(self->up_, *self->client_, *self->target_);
                                      self->read(self->down_, *self->target_, *self->client_);
                                    });
  }

  void unreachable(const std::string& name, const std::string& why) {
    log::debug("a relay's target cannot be reached", {{"target", name}, {"error", why}});
    if (routing_.target || !client_->socket().is_open()) return close();
    answer(502, "cannot reach " + name + ": " + why + "\n");
  }

  void read(Direction& direction, AsyncStream& from, AsyncStream& to) {
    from.read_some(asio::buffer(direction.buffer),
                   [self = shared_from_this(), &direction, &from, &to](error_code error, std::size_t n) {
                     if (error == asio::error::eof) return self->end(direction, to);
                     if (error) return self->close();
                     direction.filled = n;
                     self->write(direction, from, to);
                   });
  }

  void write(Direction& direction, AsyncStream& from, AsyncStream& to) {
    if (direction.written == direction.filled) {
      direction.written = direction.filled = 0;
      return read(direction, from, to);
    }
    to.write_some(asio::buffer(direction.buffer.data() + direction.written, direction.filled - direction.written),
                  [self = shared_from_this(), &direction, &from, &to](error_code error, std::size_t n) {
                    if (error) return self->close();
                    direction.written += n;
                    self->write(direction, from, to);
                  });
  }

  // One side has said everything; the other may still talk.
  void end(Direction& direction, AsyncStream& to) {
    direction.ended = true;
    error_code ignored;
    to.socket().shutdown(Socket::shutdown_send, ignored);
    if (up_.ended && down_.ended) close();
  }

  void answer(int status, std::string body) {
    ResponseFraming framing;
    framing.keep_alive = false;
    framing.content_length = body.size();
    answer_ = response_head(text_response(status, {}), framing, system_clock().wall()) + body;
    arm(kLinger);
    write_answer(0);
  }

  void write_answer(std::size_t written) {
    if (written == answer_.size()) {
      error_code ignored;
      client_->socket().shutdown(Socket::shutdown_send, ignored);
      return discard();
    }
    client_->write_some(asio::buffer(answer_.data() + written, answer_.size() - written),
                        [self = shared_from_this(), written](error_code error, std::size_t n) {
                          if (error) return self->close();
                          self->write_answer(written + n);
                        });
  }

  // Closing with unread input would reset the connection under our answer.
  void discard() {
    client_->read_some(asio::buffer(up_.buffer), [self = shared_from_this()](error_code error, std::size_t) {
      if (error) return self->close();
      self->discard();
    });
  }

  void close() {
    timer_.cancel();
    close_socket(client_->socket());
    if (target_) close_socket(target_->socket());
  }

  const Routing& routing_;
  const std::unique_ptr<AsyncStream> client_;
  std::unique_ptr<AsyncStream> target_;
  asio::steady_timer timer_;
  Direction up_, down_;
  std::string answer_;
};

class Relay final : public TcpRelay {
 public:
  Relay(Routing routing, Listener listener)
      : routing_(std::move(routing)),
        listener_(std::move(listener)),
        accepting_(io_, ::fcntl(listener_.fd(), F_DUPFD_CLOEXEC, 0)),
        pause_(io_) {
    await_connection();
    thread_ = std::thread([this] { io_.run(); });
    ::pthread_setname_np(thread_.native_handle(), "tcp-relay");
  }

  ~Relay() override {
    io_.stop();  // what is pending goes with the io_context, and the connections with it
    thread_.join();
  }

  std::uint16_t port() const override { return listener_.port(); }

 private:
  void await_connection() {
    accepting_.async_wait(asio::posix::stream_descriptor::wait_read, [this](error_code error) {
      if (!error) accept_all();
    });
  }

  void accept_all() {
    for (;;) {
      FileDescriptor fd(::accept4(accepting_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (!fd) {
        if (errno == EINTR || errno == ECONNABORTED) continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK) return await_connection();
        log::error("a relay cannot accept a connection; trying again",
                   {{"port", listener_.port()}, {"error", errno_error(errno, "accept").message}});
        pause_.expires_after(kAcceptPause);
        pause_.async_wait([this](error_code error) {
          if (!error) await_connection();
        });
        return;
      }
      sockaddr_storage own{};
      socklen_t size = sizeof own;
      ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&own), &size);
      Socket socket(io_);
      error_code error;
      socket.assign(asio::generic::stream_protocol(own.ss_family, 0), fd.get(), error);
      if (error) continue;
      static_cast<void>(fd.release());
      if (own.ss_family != AF_UNIX) tune_tcp(socket);
      std::make_shared<Connection>(routing_, std::move(socket))->begin();
    }
  }

  const Routing routing_;
  Listener listener_;
  asio::io_context io_{1};
  asio::posix::stream_descriptor accepting_;
  asio::steady_timer pause_;
  std::thread thread_;
};

Result<std::unique_ptr<TcpRelay>> start(const std::string& listen, Routing routing) {
  auto listener = Listener::open(listen);
  if (!listener) return listener.error();
  return std::unique_ptr<TcpRelay>(std::make_unique<Relay>(std::move(routing), std::move(*listener)));
}

}  // namespace

Result<std::unique_ptr<TcpRelay>> TcpRelay::fixed(std::string listen, TcpTarget target) {
  if (!address_of(target)) {
    return Error{ErrorCode::kInvalidArgument, "a relay's target must be an IP address, not \"" + target.host + "\""};
  }
  return start(listen, Routing{std::move(target), nullptr, nullptr});
}

Result<std::unique_ptr<TcpRelay>> TcpRelay::by_host(std::string listen, ByHost route, NotFound not_found) {
  return start(listen, Routing{std::nullopt, std::move(route), std::move(not_found)});
}

}  // namespace causeway::base
