#pragma once
// Whose request it is, as an address: the peer, or what a trusted proxy says of it. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/http.hpp"
#include "base/result.hpp"
#include "crds/patterns.hpp"

namespace causeway::api::rest {

// The peers that are believed: address ranges, and "unix" for a Unix socket.
class TrustedProxies {
 public:
  TrustedProxies() = default;
  // "10.0.0.0/8", "2001:db8::/32", a single address, "unix". kInvalidArgument names what is none of these.
  static base::Result<TrustedProxies> parse(const std::vector<std::string>& ranges);
  bool contains(std::string_view address) const;  // an address without port, or "unix"

 private:
  std::vector<crds::AddressRange> ranges_;
  bool unix_ = false;
};

// "192.0.2.1:80", "[2001:db8::1]:80" or "unix" (base::HttpExchange::remote) without the port.
std::string_view address_of(std::string_view remote);

// The client's address. From a peer that is trusted: the last address of X-Forwarded-For which is not a trusted proxy's
// itself; from others the peer's, whatever they send. What follows an entry that is no address ("unknown") is not
// believed. Forwarded (RFC 7239) is not looked at: proxies that write X-Forwarded-For hand on a client's own.
std::string client_address(std::string_view remote, const base::Headers& headers, const TrustedProxies& trusted);

// What limits count by: an IPv4 address, the /64 of an IPv6 one (a host has all of it), "unix". 1–16 raw bytes.
std::string rate_key(std::string_view address);

}  // namespace causeway::api::rest
