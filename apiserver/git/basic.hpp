#pragma once
// User and password of an Authorization header (RFC 7617).

#include <optional>
#include <string>
#include <string_view>

namespace causeway::api::git {

struct Basic {
  std::string user, password;
};

// nullopt: another scheme, or not what the scheme says.
std::optional<Basic> parse_basic(std::string_view authorization);

}  // namespace causeway::api::git
