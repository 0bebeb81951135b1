#pragma once
// Private: the first look at HTML, tag by tag.
//
// It leaves text, and tags of elements that may be kept, written out whole; what belongs to elements that are dropped
// goes. So gumbo never sees what it is known to stop the process on (its assertions about foreign content, CDATA,
// templates and forms are compiled in), and what it sees is allowed already. Nesting is not looked at.

#include <string>
#include <string_view>

namespace causeway::api::render {

// Precondition: valid UTF-8 without NUL. Time and memory grow with the text alone.
std::string with_known_tags(std::string_view html);

}  // namespace causeway::api::render
