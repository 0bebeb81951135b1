// Any bytes as a source file and as a notebook. The first byte chooses the language. Without its tags the HTML is the
// text again, its lines are numbered, and nothing opens that is not closed.

#include <string>

#include "apiserver/render/highlight.hpp"
#include "apiserver/render/notebook.hpp"
#include "apiserver/render/text.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using namespace causeway::api::render;
using causeway::fuzz::require;

std::string without_tags(std::string_view html) {
  std::string out;
  for (std::size_t at = 0; at < html.size();) {
    const auto tag = html.find('<', at);
    out += html.substr(at, tag - at);
    if (tag == std::string_view::npos) break;
    const auto rest = html.substr(tag);
    require(rest.starts_with("<span class=\"hl-") || rest.starts_with("</span>"), "there are spans only");
    at = html.find('>', tag) + 1;
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto& language = languages()[data[0] % languages().size()];
  const auto text = valid_text(causeway::fuzz::text_of(data + 1, size - 1));
  require(without_tags(highlighted(text, language)) == escaped(text), "highlighting changes no text");

  const auto name = "x" + std::string(language.files.substr(1, language.files.find(' ') - 1));
  const auto file = render_source(name, text);
  const auto content = without_mark(text);
  std::size_t lines = content.empty() || content.ends_with('\n') ? 0 : 1;
  for (const char c : content) lines += c == '\n' ? 1 : 0;
  require(file.lines == lines, "every line is there");

  render_notebook(text);
  return 0;
}
