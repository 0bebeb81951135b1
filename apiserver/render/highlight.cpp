#include "apiserver/render/highlight.hpp"

#include <algorithm>

#include "apiserver/render/lexer.hpp"
#include "apiserver/render/text.hpp"
#include "base/encoding.hpp"

namespace causeway::api::render {
namespace {

void append_span(std::string& out, Token token, std::string_view text) {
  if (text.empty()) return;
  const auto name = class_of(token);
  if (name.empty()) return append_escaped(out, text);
  out += "<span class=\"";
  out += name;
  out += "\">";
  append_escaped(out, text);
  out += "</span>";
}

// Lines with anchors. A token that goes over several lines is a span in each.
class Lines {
 public:
  explicit Lines(std::string& out) : out_(out) {}

  void add(Token token, std::string_view text) {
    while (!text.empty()) {
      if (!open_) begin();
      const auto end = text.find('\n');
      append_span(out_, token, text.substr(0, end));
      if (end == std::string_view::npos) return;
      finish();
      text.remove_prefix(end + 1);
    }
  }

  void finish() {
    if (!open_) return;
    out_ += "</span>\n";
    open_ = false;
  }

  std::size_t count() const { return count_; }

 private:
  void begin() {
    out_ += "<span class=\"hl-line\" id=\"L" + std::to_string(++count_) + "\">";
    open_ = true;
  }

  std::string& out_;
  std::size_t count_ = 0;
  bool open_ = false;
};

// The first `lines` lines.
std::string_view beginning(std::string_view text, std::size_t lines) {
  std::size_t end = 0;
  for (; lines > 0; --lines) {
    const auto next = text.find('\n', end);
    if (next == std::string_view::npos) return text;
    end = next + 1;
  }
  return text.substr(0, end);
}

}  // namespace

std::string highlighted(std::string_view source, const Language& language) {
  std::string out;
  out.reserve(source.size() * 2);
  cut(source, language, [&out](Token token, std::string_view piece) { append_span(out, token, piece); });
  return out;
}

SourceFile render_source(std::string_view path, std::string_view content, const SourceLimits& limits) {
  SourceFile file;
  const bool small = content.size() <= limits.highlighted;
  const auto shown = beginning(base::utf8_prefix(content, limits.shown), limits.lines);
  if (shown.size() < content.size()) {
    file.note = Note::kCut;
  } else if (!small) {
    file.note = Note::kTooLarge;
  }
  const auto text = valid_text(without_mark(shown));
  const auto* language = small ? language_of_file(path, text) : nullptr;
  file.html = "<pre class=\"hl-source\"><code>";
  file.html.reserve(text.size() * 3);
  Lines lines(file.html);
  if (language != nullptr) {
    file.language = language->name;
    cut(text, *language, [&lines](Token token, std::string_view piece) { lines.add(token, piece); });
  } else {
    lines.add(Token::kPlain, text);
  }
  lines.finish();
  file.lines = lines.count();
  file.html += "</code></pre>";
  return file;
}

}  // namespace causeway::api::render
