// Any bytes as a README and as raw HTML. What comes out holds nothing that is not allowed, in the eyes of a parser, and
// is what it is: sanitising it again changes nothing.

#include "apiserver/render/document.hpp"
#include "apiserver/render/test_inspection.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using namespace causeway::api::render;
using causeway::fuzz::require;

const Base kBase{"/ada/digits/blob/main/", "/ada/digits/raw/main/", "docs"};

void inspect(const Document& document) {
  const auto forbidden = test::forbidden_in(document.html);
  require(forbidden.empty(), forbidden.c_str());
  const Limits limits;
  CpuBudget budget(limits.cpu_time);
  const auto again = sanitised(document.html, limits, budget);
  // What took nearly all that it may can take more the second time.
  require(!again || *again == document.html, "sanitising twice is sanitising once");
  for (const auto& heading : document.contents)
    require(heading.level >= 1 && heading.level <= 6 && heading.anchor.starts_with(kIdPrefix),
            "a heading has an anchor");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = causeway::fuzz::text_of(data, size);
  inspect(render_markdown(text, {.base = kBase}));
  inspect(render_html(text));
  return 0;
}
