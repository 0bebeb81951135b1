#pragma once
// What the texts of protocols are read with. Pure.

#include <string>
#include <string_view>

namespace causeway::base {

std::string lower_case(std::string_view text);           // ASCII letters only
bool same_text(std::string_view a, std::string_view b);  // without ASCII case
std::string_view trim(std::string_view text);            // spaces and tabs off both ends

}  // namespace causeway::base
