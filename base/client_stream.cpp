#include "base/client_stream.hpp"

#include <atomic>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <cerrno>
#include <sys/socket.h>
#include <utility>

#include "base/async_stream.hpp"
#include "base/file_descriptor.hpp"

namespace causeway::base {

namespace asio = boost::asio;

struct ClientStream::Impl {
  asio::io_context io{1};
  std::unique_ptr<AsyncStream> stream;
  Limits limits;
  std::size_t bytes_read = 0;
  std::uint64_t operation = 0;  // number of the running operation: a stop posted for an earlier one is void
  bool timed_out = false, cancelled = false, failed = false;

  // Starts one asynchronous operation and runs the io_context until it ended. `start` gets the handler to pass on.
  template <class Start>
  std::size_t run(Start start, error_code& error) {
    if (failed) {
      error = asio::error::not_connected;
      return 0;
    }
    if (limits.stop.stop_requested()) {
      cancelled = failed = true;
      close_socket(stream->socket());
      error = asio::error::operation_aborted;
      return 0;
    }
    const std::uint64_t mine = ++operation;
    bool done = false;
    std::size_t bytes = 0;
    start([&](error_code result, std::size_t n) {
      done = true;
      error = result;
      bytes = n;
    });
    {
      // Runs on the thread that requests the stop: it only posts.
      const std::stop_callback on_stop(limits.stop, [this, mine] {
        asio::post(io, [this, mine] {
          if (mine != operation) return;
          cancelled = true;
          close_socket(stream->socket());
        });
      });
      while (!done) {
        io.restart();
        if (limits.deadline == SteadyTime::max() || timed_out) {
          io.run_one();
        } else if (io.run_one_until(limits.deadline) == 0 && !done &&
                   std::chrono::steady_clock::now() >= limits.deadline) {
          timed_out = true;  // the handler still has to run: it refers to this frame
          close_socket(stream->socket());
        }
      }
    }
    ++operation;
    if (cancelled || timed_out) {
      // Also when the operation's end crossed the stop: the socket is closed now.
      error = cancelled ? error_code(asio::error::operation_aborted) : error_code(asio::error::timed_out);
      bytes = 0;
    }
    if (cancelled || timed_out) failed = true;
    return bytes;
  }

  // One attempt at one address.
  Result<void> connect_to(const SocketAddress& address) {
    const int family = address.storage.ss_family;
    FileDescriptor fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return errno_error(errno, "cannot make a socket");
    Socket socket(io);
    error_code error;
    socket.assign(asio::generic::stream_protocol(family, 0), fd.get(), error);
    if (error) return Error{ErrorCode::kConnect, "cannot use a socket: " + error.message()};
    static_cast<void>(fd.release());
    stream = plain_stream(std::move(socket));
    failed = false;
    run(
        [&](auto handler) {
          stream->socket().async_connect(asio::generic::stream_protocol::endpoint(address.get(), address.size, 0),
                                         [handler](error_code result) { handler(result, 0); });
        },
        error);
    if (error) {
      return Error{ErrorCode::kConnect, "cannot connect to " + address.describe() + ": " +
                                            (timed_out ? std::string("no answer") : error.message())};
    }
    if (family != AF_UNIX) tune_tcp(stream->socket());
    return {};
  }
};

ClientStream::ClientStream() : impl_(std::make_unique<Impl>()) {}
ClientStream::~ClientStream() = default;

Result<std::unique_ptr<ClientStream>> ClientStream::connect(const std::vector<SocketAddress>& addresses,
                                                            const Limits& limits) {
  if (addresses.empty()) return Error{ErrorCode::kConnect, "there is no address to connect to"};
  std::unique_ptr<ClientStream> stream(new ClientStream);
  Impl& impl = *stream->impl_;
  Error last;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto now = std::chrono::steady_clock::now();
    impl.limits = limits;
    const auto left = addresses.size() - i;
    if (limits.deadline != SteadyTime::max() && left > 1) {
      impl.limits.deadline = now + (limits.deadline - now) / static_cast<int>(left);
    }
    impl.timed_out = false;
    auto connected = impl.connect_to(addresses[i]);
    if (connected) {
      impl.limits = limits;
      return stream;
    }
    last = connected.error();
    if (impl.cancelled) return Error{ErrorCode::kCancelled, "stopped while connecting to " + addresses[i].describe()};
  }
  if (std::chrono::steady_clock::now() >= limits.deadline) last.code = ErrorCode::kTimeout;
  return last;
}

Result<void> ClientStream::start_tls(TlsSession session, const std::string& name) {
  impl_->stream = tls_stream(std::move(impl_->stream->socket()), std::move(session));
  error_code error;
  impl_->run(
      [&](auto handler) { impl_->stream->handshake(false, [handler](error_code result) { handler(result, 0); }); },
      error);
  if (!error) return {};
  if (impl_->cancelled) return explain(error).wrap("TLS with " + name);
  if (impl_->timed_out) return explain(error).wrap("TLS with " + name);
  if (const std::string fault = verify_failure(impl_->stream->session()); !fault.empty()) {
    return Error{ErrorCode::kConnect, "the certificate of " + name + " is not trusted: " + fault};
  }
  return Error{ErrorCode::kConnect, "TLS with " + name + " failed: " + explain(error).message};
}

void ClientStream::limit(Limits limits) {
  impl_->limits = std::move(limits);
}

std::size_t ClientStream::read(std::span<char> into, error_code& error) {
  const std::size_t n = impl_->run(
      [&](auto handler) { impl_->stream->read_some(asio::buffer(into.data(), into.size()), handler); }, error);
  impl_->bytes_read += n;
  return n;
}

std::size_t ClientStream::write(std::string_view from, error_code& error) {
  std::size_t written = 0;
  error = {};
  while (written < from.size() && !error) {
    const std::string_view rest = from.substr(written);
    written += impl_->run(
        [&](auto handler) { impl_->stream->write_some(asio::buffer(rest.data(), rest.size()), handler); }, error);
  }
  return written;
}

std::size_t ClientStream::bytes_read() const {
  return impl_->bytes_read;
}

Error ClientStream::explain(const error_code& error) const {
  if (impl_->cancelled) return Error{ErrorCode::kCancelled, "stopped"};
  if (impl_->timed_out) return Error{ErrorCode::kTimeout, "no answer in time"};
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
    return Error{ErrorCode::kIo, "the peer closed the connection"};
  }
  return Error{ErrorCode::kIo, error.message()};
}

bool ClientStream::reusable() const {
  if (impl_->failed) return false;
  char byte;
  const ssize_t n = ::recv(impl_->stream->socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace causeway::base
