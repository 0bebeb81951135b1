#pragma once
// The host that a connection's first HTTP request names, for tcp_relay.cpp. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "base/header_validator.hpp"

namespace causeway::base {

struct RelayHead {
  bool complete = false;           // the header is all there, or nothing more is needed to refuse it
  std::string host;                // lower case, without port and brackets
  std::optional<Refusal> refusal;  // not HTTP, or no single Host
};

// Looks at what arrived so far; only the framing of the header and Host are judged, the rest is the target's business.
RelayHead find_host(std::string_view arrived);

}  // namespace causeway::base
