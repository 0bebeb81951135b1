#pragma once
// Private: source text cut into tokens.

#include <functional>
#include <string_view>

#include "apiserver/render/language.hpp"

namespace causeway::api::render {

// Gets the pieces in their order; together they are the source. What is between tokens comes as kPlain.
using TokenSink = std::function<void(Token token, std::string_view piece)>;

// Takes time and memory in proportion to the source, whatever it is; knows no errors. Nothing is parsed: this is for
// eyes, and now and then wrong.
void cut(std::string_view source, const Language& language, const TokenSink& sink);

// The forms that cut() hands on.
void cut_markup(std::string_view source, const TokenSink& sink);
void cut_diff(std::string_view source, const TokenSink& sink);
void cut_markdown(std::string_view source, const TokenSink& sink);

}  // namespace causeway::api::render
