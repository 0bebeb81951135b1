#pragma once
// A provider's URLs. Pure. Thread-safe.

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace causeway::api::oauth {

struct Endpoint {
  std::string origin;  // "https://id.example:8443": whom to connect to
  std::string target;  // "/token?tenant=7": path and query
  std::string url() const { return origin + target; }
  bool operator==(const Endpoint&) const = default;
};

// https, or plain http on this machine; no user, no fragment, 2048 bytes of visible ASCII at most. kInvalidArgument:
// what is wrong.
base::Result<Endpoint> parse_endpoint(std::string_view url);

// The endpoint's URL with parameters behind those that it has. Names and values are encoded.
using Parameters = std::initializer_list<std::pair<std::string_view, std::string_view>>;
std::string with_parameters(const Endpoint& endpoint, Parameters parameters);
// application/x-www-form-urlencoded
std::string form_of(Parameters parameters);

}  // namespace causeway::api::oauth
