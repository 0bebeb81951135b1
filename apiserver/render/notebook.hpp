#pragma once
// Jupyter notebooks (nbformat 4, `.ipynb`) as people see them.
//
//   <div class="nb">
//     <div class="nb-cell nb-markdown">…</div>
//     <div class="nb-cell nb-code"><div class="nb-count">[3]</div><pre class="nb-input"><code>…</code></pre>
//       <div class="nb-output">…</div></div>
//
// Of an output's forms the best that is safe is shown: HTML (sanitised), Markdown, PNG, JPEG, GIF, WebP, text. Scripts,
// widgets and SVG are not; neither are images attached to Markdown cells. Pure. Thread-safe.

#include <string>
#include <string_view>
#include <vector>

#include "apiserver/render/document.hpp"

namespace causeway::api::render {

struct NotebookLimits {
  std::size_t input = 10u << 20;   // bytes; a larger one is not rendered
  std::size_t cells = 1'000;       // what comes after is left out
  std::size_t output = 16u << 20;  // bytes of HTML, after which no more cells are added
  std::size_t image = 4u << 20;    // bytes of one image, in base64
};

struct Notebook {
  std::string html;
  std::string language;  // of its code: "python"
  std::vector<Heading> contents;
  Note note = Note::kNone;  // kMalformed, kTooLarge: shown as the text it is; kCut: cells are missing
};

// `options.limits` holds for every cell and output, its cpu_time for all of them together.
Notebook render_notebook(std::string_view content, const RenderOptions& options = {},
                         const NotebookLimits& limits = {});

}  // namespace causeway::api::render
