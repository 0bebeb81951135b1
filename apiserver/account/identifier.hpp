#pragma once
// What people sign in with: a telephone number or an e-mail address, in the one form in which they are compared.
// Pure. Thread-safe.

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace causeway::api::account {

enum class Channel { kMobile, kEmail };
std::string_view to_string(Channel channel);

struct Identifier {
  Channel channel = Channel::kEmail;
  std::string value;  // "+8613800138000", "ada@example.org"
  bool operator==(const Identifier&) const = default;
};

// E.164: "+" and 7 to 15 digits, the first not 0. Spaces, "-", ".", "(" and ")" between the digits are left out, "00"
// at the beginning means "+". A number without a country is completed with `country` ("86") or refused when that is
// empty.
base::Result<Identifier> parse_mobile(std::string_view text, std::string_view country = {});

// One "@" with something before it and a host name behind it, at most 254 bytes (RFC 5321, 4.5.3.1), no spaces and no
// control characters; in lower case: no provider anybody uses tells Ada@ from ada@.
base::Result<Identifier> parse_email(std::string_view text);

// For people who are told where a code went, and for logs: "+86138****8000", "a***@example.org".
std::string masked(const Identifier& identifier);

}  // namespace causeway::api::account
