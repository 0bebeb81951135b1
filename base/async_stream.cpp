#include "base/async_stream.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <utility>

namespace causeway::base {
namespace {

namespace asio = boost::asio;

class PlainStream final : public AsyncStream {
 public:
  explicit PlainStream(Socket socket) : socket_(std::move(socket)) {}
  Socket& socket() override { return socket_; }
  const ssl_st* session() const override { return nullptr; }
  void handshake(bool, OnDone done) override {
    asio::post(socket_.get_executor(), [done = std::move(done)] { done({}); });
  }
  void read_some(asio::mutable_buffer into, OnBytes done) override { socket_.async_read_some(into, std::move(done)); }
  void write_some(asio::const_buffer from, OnBytes done) override { socket_.async_write_some(from, std::move(done)); }
  void shutdown(OnDone done) override {
    error_code error;
    socket_.shutdown(Socket::shutdown_send, error);
    asio::post(socket_.get_executor(), [done = std::move(done), error] { done(error); });
  }

 private:
  Socket socket_;
};

class TlsStream final : public AsyncStream {
 public:
  TlsStream(Socket socket, TlsSession session) : stream_(std::move(socket), session.release()) {}
  Socket& socket() override { return stream_.next_layer(); }
  const ssl_st* session() const override { return const_cast<asio::ssl::stream<Socket>&>(stream_).native_handle(); }
  void handshake(bool as_server, OnDone done) override {
    stream_.async_handshake(as_server ? asio::ssl::stream_base::server : asio::ssl::stream_base::client,
                            std::move(done));
  }
  void read_some(asio::mutable_buffer into, OnBytes done) override { stream_.async_read_some(into, std::move(done)); }
  void write_some(asio::const_buffer from, OnBytes done) override { stream_.async_write_some(from, std::move(done)); }
  void shutdown(OnDone done) override { stream_.async_shutdown(std::move(done)); }

 private:
  asio::ssl::stream<Socket> stream_;
};

void set(Socket& socket, int level, int option, int value) {
  ::setsockopt(socket.native_handle(), level, option, &value, sizeof value);
}

}  // namespace

std::unique_ptr<AsyncStream> plain_stream(Socket socket) {
  return std::make_unique<PlainStream>(std::move(socket));
}

std::unique_ptr<AsyncStream> tls_stream(Socket socket, TlsSession session) {
  return std::make_unique<TlsStream>(std::move(socket), std::move(session));
}

void tune_tcp(Socket& socket) {
  set(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  set(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  set(socket, IPPROTO_TCP, TCP_KEEPIDLE, 30);
  set(socket, IPPROTO_TCP, TCP_KEEPINTVL, 10);
  set(socket, IPPROTO_TCP, TCP_KEEPCNT, 3);
}

void close_socket(Socket& socket) {
  error_code ignored;
  socket.close(ignored);
}

}  // namespace causeway::base
