#pragma once
// Markdown (CommonMark with GitHub's tables, task lists, strikethrough and autolinks) as HTML that is not yet safe:
// what is raw HTML in it comes through as it is. Private to the folder; md4c is seen by markdown.cpp only. Pure.
// Thread-safe.

#include <optional>
#include <string>
#include <string_view>

#include "apiserver/render/limits.hpp"

namespace causeway::api::render {

// Precondition: valid UTF-8 without NUL, at most Limits::input bytes. nullopt: it takes more than it may.
std::optional<std::string> unsafe_html_of_markdown(std::string_view text, const Limits& limits, CpuBudget& budget);

}  // namespace causeway::api::render
