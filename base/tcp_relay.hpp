#pragma once
// A TCP relay on loopback that chooses each connection's target: by a fixed address, or by the Host header of the
// connection's first HTTP request (as DNS would have done before the connection was made).

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace causeway::base {

struct TcpTarget {
  std::string host;  // an IP address
  std::uint16_t port = 0;
};

class TcpRelay {
 public:
  // Called on the relay's thread for every connection: must not block. nullopt: HTTP 404 with a line saying which
  // names exist is not the relay's to know, so `not_found` gives the body.
  using ByHost = std::function<std::optional<TcpTarget>(std::string_view host_without_port)>;
  using NotFound = std::function<std::string(std::string_view host)>;

  static Result<std::unique_ptr<TcpRelay>> fixed(std::string listen, TcpTarget target);
  static Result<std::unique_ptr<TcpRelay>> by_host(std::string listen, ByHost route, NotFound not_found);

  virtual ~TcpRelay() = default;  // closes every connection
  virtual std::uint16_t port() const = 0;
};

}  // namespace causeway::base
