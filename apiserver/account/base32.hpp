#pragma once
// Bytes as letters and digits that people can type (RFC 4648, 6), without padding. Pure.

#include <string>
#include <string_view>

namespace causeway::api::account {

std::string base32_encode(std::string_view bytes);  // A–Z, 2–7

}  // namespace causeway::api::account
