#pragma once
// A connected socket, plain or with TLS, behind one type: what Asio has to instantiate for either is compiled once, in
// async_stream.cpp. Private to base/: includes Asio.

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <functional>
#include <memory>

#include "base/tls.hpp"

namespace causeway::base {

using Socket = boost::asio::generic::stream_protocol::socket;  // TCP or unix
using boost::system::error_code;

// One read and one write may be outstanding at a time; handshake and shutdown() only alone. Handlers run on the
// socket's executor. The caller keeps the stream alive until they have.
class AsyncStream {
 public:
  using OnBytes = std::function<void(error_code, std::size_t)>;
  using OnDone = std::function<void(error_code)>;

  virtual ~AsyncStream() = default;
  virtual Socket& socket() = 0;
  virtual const ssl_st* session() const = 0;  // nullptr: plain
  virtual void handshake(bool as_server, OnDone done) = 0;
  virtual void read_some(boost::asio::mutable_buffer into, OnBytes done) = 0;
  virtual void write_some(boost::asio::const_buffer from, OnBytes done) = 0;
  // Plain: the FIN. TLS: close_notify, and the peer's.
  virtual void shutdown(OnDone done) = 0;
};

std::unique_ptr<AsyncStream> plain_stream(Socket socket);
std::unique_ptr<AsyncStream> tls_stream(Socket socket, TlsSession session);

// TCP_NODELAY and keepalive probes after 30 s of silence, so that a dead peer is noticed within a minute.
void tune_tcp(Socket& socket);

// Closes without an error to handle; outstanding operations end with operation_aborted.
void close_socket(Socket& socket);

}  // namespace causeway::base
