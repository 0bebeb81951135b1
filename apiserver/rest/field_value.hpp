#pragma once
// Small things that the values of header fields are made of (RFC 9110, 5.6). Pure.

#include <string>
#include <string_view>

namespace causeway::api::rest {

std::string lower_case(std::string_view text);           // ASCII letters only
bool same_text(std::string_view a, std::string_view b);  // without ASCII case
std::string_view trim(std::string_view text);            // spaces and tabs off both ends
// The front of a comma-separated list, trimmed; the rest stays in `list`. Knows no quotes.
std::string_view take_item(std::string_view& list);

}  // namespace causeway::api::rest
