#include "apiserver/render/document.hpp"

#include "apiserver/render/markdown.hpp"
#include "apiserver/render/text.hpp"
#include "base/encoding.hpp"

namespace causeway::api::render {
namespace {

using ToHtml = std::optional<std::string> (*)(std::string_view, const Limits&, CpuBudget&);

Document rendered(std::string_view text, const RenderOptions& options, ToHtml to_html) {
  const auto& limits = options.limits;
  if (text.size() > limits.input) return render_plain(text, options, Note::kTooLarge);
  CpuBudget budget(limits.cpu_time);
  Document document;
  if (const auto html = to_html(valid_text(without_mark(text)), limits, budget)) {
    Slugger own;
    const Decoration decoration{.base = options.base ? &*options.base : nullptr,
                                .contents = &document.contents,
                                .slugger = options.slugger ? options.slugger : &own,
                                .highlight = true,
                                .alerts = true};
    if (auto safe = sanitised(*html, limits, budget, decoration)) {
      document.html = std::move(*safe);
      return document;
    }
  }
  return render_plain(text, options, Note::kTooComplex);
}

}  // namespace

Document render_markdown(std::string_view text, const RenderOptions& options) {
  return rendered(text, options, unsafe_html_of_markdown);
}

Document render_html(std::string_view html, const RenderOptions& options) {
  return rendered(html, options,
                  [](std::string_view same, const Limits&, CpuBudget&) { return std::optional(std::string(same)); });
}

Document render_plain(std::string_view text, const RenderOptions& options, Note why) {
  Document document;
  document.note = why;
  if (text.size() > options.limits.plain) {
    text = base::utf8_prefix(text, options.limits.plain);
    document.note = Note::kCut;
  }
  document.html = "<pre>";
  const auto valid = valid_text(without_mark(text));
  if (valid.starts_with('\n')) document.html += '\n';
  append_escaped(document.html, valid);
  document.html += "</pre>";
  return document;
}

}  // namespace causeway::api::render
