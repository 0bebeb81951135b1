#pragma once
// Bytes as text. Git knows bytes; people and JSON want UTF-8. Pure.

#include <string>
#include <string_view>

namespace causeway::api::git_host {

// What is not UTF-8 becomes U+FFFD, a byte at a time. For showing: two paths may look the same afterwards. To name a
// path again, percent-encode its bytes.
std::string to_utf8(std::string_view bytes);

// The same for text that says what it is in ("ISO-8859-1"; "": UTF-8). One that is rare counts as UTF-8.
std::string decode(std::string_view bytes, const std::string& encoding);

// The name of something, in quotes, for a message; very long ones are cut.
std::string in_quotes(std::string_view name);

// The first bytes, at most so many, not ending inside a character.
std::string clip(std::string text, std::size_t bytes);

}  // namespace causeway::api::git_host
