#pragma once
// Entity tags and the preconditions made of them (RFC 9110, 8.8.3 and 13). Pure.

#include <optional>
#include <string>
#include <string_view>

#include "base/http.hpp"

namespace causeway::api::rest {

// "\"v\"" of a version that says everything about the bytes that are answered: a row's version, a digest.
std::string strong_etag(std::string_view version);

// RFC 9110, 8.8.3.2. Both must be whole tags, quotes and W/ included.
bool strong_match(std::string_view a, std::string_view b);
bool weak_match(std::string_view a, std::string_view b);

enum class Precondition {
  kHolds,
  kNotModified,  // of a GET or HEAD: 304
  kFails,        // 412
  kMalformed,    // a header that cannot be read: 400
};

// Judges If-Match, then If-None-Match (13.2.2) against the current tag; nullopt: there is nothing at the address.
// If-Match compares strongly, If-None-Match weakly.
Precondition judge(const base::Headers& headers, std::string_view method, const std::optional<std::string>& current);

}  // namespace causeway::api::rest
