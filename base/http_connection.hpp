#pragma once
// One HTTP/1.1 connection of a client: sends a request, parses the answer. For http_client.cpp.

#include <memory>
#include <optional>
#include <string>

#include "base/http_client.hpp"
#include "base/resolver.hpp"
#include "base/result.hpp"
#include "base/tls.hpp"

namespace causeway::base {

struct Limits;
class ClientStream;

// Where connections go. Constant while it is used.
struct HttpRoute {
  Url url;
  std::optional<Url> proxy;
  TlsContext tls;        // with https
  std::string tls_name;  // to verify
  bool verify = true;
  Duration connect_timeout{};
  bool through_tunnel() const { return proxy && url.scheme == "https"; }
};

// A request as bytes.
struct WireRequest {
  std::string head;
  std::string_view body;
  bool is_head = false;  // HEAD: the answer has no body whatever it says
};

struct ExchangeOutcome {
  std::optional<Error> error;
  bool answered = false;  // a byte of the answer arrived
  bool lost = false;      // the peer closed or reset the connection
  bool reusable = false;  // the connection can take another request
};

class HttpConnection {
 public:
  // Nothing but a CONNECT and a TLS handshake is sent. Errors: kConnect, kTimeout, kCancelled, kInvalidArgument.
  static Result<std::unique_ptr<HttpConnection>> open(const HttpRoute& route, Resolver& resolver, const Limits& limits);
  ~HttpConnection();

  // `head_limits` hold until the answer's head is there; for the body the deadline becomes `idle` after every piece
  // that arrives, if `idle` is set, none if it is not; or stays as it is with `total`.
  struct Timing {
    SteadyTime deadline;
    bool total = true;
    std::optional<Duration> idle;
    std::stop_token stop;
  };
  ExchangeOutcome exchange(const WireRequest& request, const Timing& timing, const HttpClient::OnHead& on_head,
                           const HttpClient::OnData& on_data);

  bool reusable() const;

 private:
  explicit HttpConnection(std::unique_ptr<ClientStream> stream);
  std::unique_ptr<ClientStream> stream_;
};

}  // namespace causeway::base
