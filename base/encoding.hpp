#pragma once
// Encodings, digests and random identifiers.

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace causeway::base {

std::string base64_encode(std::string_view bytes);
Result<std::string> base64_decode(std::string_view text);  // padding required, whitespace refused
std::string base64url_encode(std::string_view bytes);      // no padding
Result<std::string> base64url_decode(std::string_view text);
std::string hex_encode(std::string_view bytes);
std::string sha256(std::string_view bytes);                             // 32 raw bytes
std::string sha256_hex(std::string_view bytes);                         // 64 characters
std::string hmac_sha256(std::string_view key, std::string_view bytes);  // 32 raw bytes (RFC 2104)
std::string random_bytes(std::size_t n);                                // from the kernel's generator
std::string random_hex(std::size_t characters);
std::string uuid4();
// The longest beginning of at most `bytes` that does not end inside a UTF-8 character.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes);
bool constant_time_equal(std::string_view a, std::string_view b);

}  // namespace causeway::base
