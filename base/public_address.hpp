#pragma once
// Whether an address is everybody's: what people name must not lead to what is inside. Pure.

#include <string>

namespace causeway::base {

// An IPv4 or IPv6 address that is nobody's internal one: not loopback, private, link-local, shared, multicast,
// reserved, nor an IPv4 address of those dressed as IPv6 (IANA special-purpose registries). False of what is no
// address.
bool is_public_address(const std::string& address);

}  // namespace causeway::base
