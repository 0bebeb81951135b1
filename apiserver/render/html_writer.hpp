#pragma once
// Private: one pass of the sanitiser, from text to text.

#include "apiserver/render/sanitise.hpp"

namespace causeway::api::render {

// Precondition: valid UTF-8 without NUL. nullopt: it takes more than it may.
std::optional<std::string> written_anew(std::string_view html, const Limits& limits, CpuBudget& budget,
                                        const Decoration& decoration);

}  // namespace causeway::api::render
