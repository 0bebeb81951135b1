#pragma once
// For tests and fuzzing: what HTML holds, in the eyes of a parser. Knows what is allowed by lists of its own.

#include <string>
#include <string_view>

namespace causeway::api::render::test {

// The first thing in `html` that has no place in a document; empty: there is none.
std::string forbidden_in(std::string_view html);

}  // namespace causeway::api::render::test
