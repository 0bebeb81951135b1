#pragma once
// Documents as people see them: Markdown, HTML, plain text.
//
//   const auto document = render_markdown(text, {.base = Base{"/ada/digits/blob/main/", "/ada/digits/raw/main/",
//   "docs"}}); page += document.html;          // safe as it is, inside of any block element if (document.note !=
//   Note::kNone) …
//
// Never an error: what cannot be rendered is shown as the text it is, and `note` says why. Pure; time and memory are
// bounded by the limits. Thread-safe.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/render/limits.hpp"
#include "apiserver/render/sanitise.hpp"
#include "apiserver/render/url.hpp"

namespace causeway::api::render {

struct RenderOptions {
  std::optional<Base> base;    // none: relative addresses stay as they are (the introduction of a profile, say)
  Slugger* slugger = nullptr;  // shared by documents that stand on one page; nullptr: it is alone there
  Limits limits;
};

struct Document {
  std::string html;
  std::vector<Heading> contents;  // in their order, of all levels
  Note note = Note::kNone;
};

Document render_markdown(std::string_view text, const RenderOptions& options = {});
Document render_html(std::string_view html, const RenderOptions& options = {});
// <pre>, all of it escaped.
Document render_plain(std::string_view text, const RenderOptions& options = {}, Note why = Note::kNone);

}  // namespace causeway::api::render
