#pragma once
// Source text as HTML with colours to come: <span class="hl-keyword">. The classes are those of class_of(). Everything
// is escaped. Pure; time grows with the text alone. Thread-safe.

#include <string>
#include <string_view>

#include "apiserver/render/language.hpp"
#include "apiserver/render/limits.hpp"

namespace causeway::api::render {

// Spans, for inside of a <pre>. Precondition: valid UTF-8.
std::string highlighted(std::string_view source, const Language& language);

struct SourceLimits {
  std::size_t highlighted = 1u << 20;  // bytes; larger files are plain lines
  std::size_t shown = 4u << 20;        // bytes; what comes after is left out
  std::size_t lines = 100'000;         // likewise
};

// A source file, line by line.
//
//   <pre class="hl-source"><code><span class="hl-line" id="L1">…</span>
//   <span class="hl-line" id="L2">…</span>
//   </code></pre>
struct SourceFile {
  std::string html;
  std::string language;  // "python"; empty: plain
  std::size_t lines = 0;
  Note note = Note::kNone;  // kTooLarge: not highlighted, kCut: not all of it is there
};

// The language is that of the file's name or first line. What is not UTF-8 is shown as U+FFFD; whether a file is text
// at all is for the caller to tell.
SourceFile render_source(std::string_view path, std::string_view content, const SourceLimits& limits = {});

}  // namespace causeway::api::render
