#pragma once
// Small things that the values of header fields are made of (RFC 9110, 5.6). Pure.

#include <string_view>

#include "base/text.hpp"

namespace causeway::api::rest {

using base::lower_case;
using base::same_text;
using base::trim;
// The front of a comma-separated list, trimmed; the rest stays in `list`. Knows no quotes.
std::string_view take_item(std::string_view& list);

}  // namespace causeway::api::rest
