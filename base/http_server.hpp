#pragma once
// An HTTP/1.1 server: asynchronous sockets, handlers as plain blocking functions on a bounded worker pool.
//
// A request's target reaches the handler in origin form, its method and header are valid tokens and visible text.
// Refused after the header, with 400: what Beast 1.81 lets through and a proxy could read differently (obs-fold,
// missing or repeated Host, "Transfer-Encoding" other than exactly "chunked" or together with Content-Length,
// chunked in HTTP/1.0, %00). Beast and Asio stay inside the .cpp.

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "base/clock.hpp"
#include "base/http.hpp"
#include "base/result.hpp"

namespace causeway::base {

struct TlsServerOptions {
  std::string cert_pem, key_pem;
};

enum class SlowPeer { kSending, kReceiving };

struct HttpServerOptions {
  std::string listen = "127.0.0.1:0";  // "host:port", port 0 = any free one; or "unix:///path" (mode 0600)
  std::optional<TlsServerOptions> tls;
  std::size_t workers = 8;
  std::size_t queue = 256;                   // requests waiting for a worker; more: 503 with Retry-After
  std::size_t max_connections = 4096;        // more wait in the kernel's queue
  std::size_t max_header_bytes = 16u << 10;  // more: 431
  std::size_t max_body_bytes = 1u << 20;     // of a buffered body; more: 413
  Duration header_timeout = std::chrono::seconds(15);
  Duration idle_timeout = std::chrono::seconds(75);  // keep-alive connection without a request
  Duration body_timeout = std::chrono::seconds(60);  // longest silence while a body is read or written
  // What a peer that is waited for has to keep, on average, while a handler reads its body, and while it reads an
  // answer: what has left this machine counts, not what the kernel holds. 0: nothing. `slow_patience` is how far behind
  // it may fall, and so the longest pause.
  std::uint64_t min_bytes_per_second = 0;
  Duration slow_patience = std::chrono::seconds(60);
  // Called when a peer is given up for being too slow or silent in a body or an answer. On any thread; must not block.
  std::function<void(SlowPeer)> on_slow_peer;
  Duration body_deadline = Duration::max();  // for the whole of a buffered body, however it drips; later: 408
  // Of all buffered bodies together, until they are answered; more: 503 with Retry-After.
  std::size_t max_buffered_bytes = std::numeric_limits<std::size_t>::max();
};

// One request and its response, used by one worker thread.
class HttpExchange {
 public:
  virtual ~HttpExchange() = default;
  virtual const HttpRequest& request() const = 0;  // head only: body is empty until read
  virtual std::string_view remote() const = 0;     // peer address, or "unix"
  // 0 = end of the body. kTimeout after body_timeout of silence or when the peer is too slow, kIo: cut short,
  // kProtocol: broken framing. The first call answers "Expect: 100-continue" unless the response has begun.
  virtual Result<std::size_t> read(std::span<char> into) = 0;
  virtual Result<std::string> read_all(std::size_t limit) = 0;  // beyond limit: kInvalidArgument
  virtual void respond(HttpResponse response) = 0;              // whole response, once
  // Streamed response: start (chunked unless Content-Length is set), write…, finish. An error means the peer is gone,
  // or (kTimeout) was too slow and is now.
  virtual Result<void> start(HttpResponse head) = 0;
  virtual Result<void> write(std::string_view piece) = 0;
  virtual Result<void> finish() = 0;
  // Triggered when the peer disconnects (also when it only ends its own side) or the server stops hard. Noticed while
  // the request's body has been read; callbacks run on the server's I/O thread and must not block.
  virtual std::stop_token closed() const = 0;
};

class HttpServer {
 public:
  using Handler = std::function<HttpResponse(const HttpRequest&)>;  // body buffered
  using StreamHandler = std::function<void(HttpExchange&)>;
  // Answers what needs neither a body nor anything that is waited for, on the I/O thread: two changes of threads less.
  // false: nothing was answered, and the handler is called as ever.
  using AtOnce = std::function<bool(HttpExchange&)>;

  // An exception from a handler answers 500 and is logged.
  static Result<std::unique_ptr<HttpServer>> start(HttpServerOptions options, Handler handler);
  static Result<std::unique_ptr<HttpServer>> start(HttpServerOptions options, StreamHandler handler,
                                                   AtOnce at_once = nullptr);

  virtual ~HttpServer() = default;         // stop(0)
  virtual std::uint16_t port() const = 0;  // 0 for a unix socket
  // For connections accepted from now on; a certificate that cannot be used is logged and the old one stays.
  virtual void set_tls(TlsServerOptions tls) = 0;
  // Stops accepting, lets requests in flight end for at most `grace`, then closes and triggers closed(); returns when
  // every handler has. Idempotent. Not from a handler: it would wait for itself.
  virtual void stop(Duration grace) = 0;
};

}  // namespace causeway::base
