#pragma once
// What programs wrote to a terminal, as text. Pure. Thread-safe.

#include <string>
#include <string_view>

namespace causeway::api::render {

// Without colours and cursor movements (ECMA-48 escape sequences); of a line that was written over ("\r", as progress
// bars do) the last state.
std::string terminal_text(std::string_view text);

}  // namespace causeway::api::render
