#pragma once
// Who is meant by a text: @name, as people write it. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace causeway::api::discussion {

inline constexpr std::size_t kMostMentions = 20;  // of one text; more are nobody

// The names that a Markdown text mentions, in lower case, each once, in their order. What stands in code is none, nor
// what is a part of a word, an e-mail address or a path.
std::vector<std::string> mentions(std::string_view markdown);
// Those of `after` that `before` did not mention.
std::vector<std::string> new_mentions(std::string_view before, std::string_view after);

}  // namespace causeway::api::discussion
