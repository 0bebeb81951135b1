#pragma once
// What a request's target says: path segments and query parameters. Nothing is normalised, so that no proxy in front
// can read an address differently from us:
//   path   compared as sent, byte for byte; "." and ".." (also encoded), empty segments ("//", a slash at the end) are
//          segments that no route has. An escape in a parameter is decoded ("%2F" is then part of its value).
//   query  application/x-www-form-urlencoded: '&' separates, '+' is a space; empty pairs are passed over.
// A broken escape, a NUL or bytes that are not UTF-8 make either malformed. Pure functions.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace causeway::api::rest {

// The raw segments of "/a/b" are "a", "b"; of "/" one empty one. Views into `path`.
// nullopt: the path begins with no slash, or has more than 64 segments.
std::optional<std::vector<std::string_view>> split_path(std::string_view path);

// ".", ".." or empty, escaped or not: names nothing.
bool is_dot_segment(std::string_view raw);

// A segment's or a parameter's text. kInvalidArgument: a broken escape, a NUL, not UTF-8.
base::Result<std::string> decode_text(std::string_view raw);

using QueryParameters = std::vector<std::pair<std::string, std::string>>;  // decoded, in the order they were sent
base::Result<QueryParameters> parse_query(std::string_view query);

}  // namespace causeway::api::rest
