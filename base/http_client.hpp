#pragma once
// A blocking HTTP/1.1 client: keep-alive pool, TLS, unix sockets, deadlines, cancellation, streamed bodies.
//
// Each connection owns its io_context and is driven by the calling thread: there is no background thread, and a
// call ends within milliseconds of its stop token. Beast and Asio stay inside the .cpp.

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.hpp"
#include "base/http.hpp"
#include "base/result.hpp"

namespace causeway::base {

struct TlsClientOptions {
  std::string ca_pem;             // empty: the system's trust store
  std::string cert_pem, key_pem;  // client certificate, or empty
  std::string server_name;        // SNI and name to verify; empty: the URL's host
  bool insecure_skip_verify = false;
};

struct HttpClientOptions {
  std::string base_url;  // "https://10.0.0.1:6443", "http://git:8080/prefix", "unix:///run/onebox.sock"
  TlsClientOptions tls;
  std::string proxy_url;  // "http://proxy:3128" (CONNECT for https); empty: none
  std::string user_agent = "causeway";
  std::size_t max_idle_connections = 32;
  Duration connect_timeout = std::chrono::seconds(10);
  std::size_t max_body_bytes = 64u << 20;  // of a buffered response; larger: kProtocol
};

struct CallOptions {
  // From the start of the call to the last byte of a buffered response.
  Duration timeout = std::chrono::seconds(30);
  std::stop_token stop;
};

struct StreamOptions {
  Duration head_timeout = std::chrono::seconds(30);  // until the response's header is there
  std::optional<Duration> idle_timeout;              // longest silence inside the body; kTimeout when it passes
  std::stop_token stop;
};

// Thread-safe. Errors: kConnect (nothing was sent), kTimeout, kCancelled, kIo (broken while in use), kProtocol.
// kInvalidArgument: the options or the request cannot be sent at all (said at the first call, as the constructor
// cannot). A request on a kept-alive connection that the server had closed meanwhile is sent again once, on a new one:
// of every method, but only where the connection was a reused one that ended before the first byte of an answer. An
// answer with a status of 400 or more is a response, not an error. Names under "localhost" are the loopback addresses
// (RFC 6761).
class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  const HttpClientOptions& options() const;

  Result<HttpResponse> call(const HttpRequest& request, const CallOptions& options = {});

  // Body in pieces as they arrive. `on_head` gets status and headers (body empty); return false from either callback
  // to end the call early (ok). A clean end of the body is ok; a body cut short is kIo.
  using OnHead = std::function<bool(const HttpResponse& head)>;
  using OnData = std::function<bool(std::string_view piece)>;
  Result<void> stream(const HttpRequest& request, const OnHead& on_head, const OnData& on_data,
                      const StreamOptions& options = {});

  // Replaces certificates for connections opened from now on; idle ones are closed. For rotation: settings that cannot
  // be used are logged and the old ones stay. options() keeps saying what the client was made with.
  void set_tls(TlsClientOptions tls);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::base
