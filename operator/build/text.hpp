#pragma once
// Text that came from somewhere else, made fit for the Kubernetes API: UTF-8, and not longer than allowed.

#include <cstddef>
#include <string>
#include <string_view>

namespace causeway::op::build {

// Bytes that are no UTF-8 become '?'.
std::string valid_utf8(std::string_view text);
// The first `bytes` at most, with "…" when something was cut; valid UTF-8.
std::string clip(std::string_view text, std::size_t bytes);
// The last `bytes` at most, from the beginning of a line where there is one; valid UTF-8.
std::string tail(std::string_view text, std::size_t bytes);

}  // namespace causeway::op::build
