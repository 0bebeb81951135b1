#include "apiserver/render/sanitise.hpp"

#include "apiserver/render/html_writer.hpp"
#include "apiserver/render/text.hpp"

namespace causeway::api::render {

std::optional<std::string> sanitised(std::string_view html, const Limits& limits, CpuBudget& budget,
                                     const Decoration& decoration) {
  // Misnested tags settle in the first or second pass. What goes on changing is made to do so.
  constexpr int kPasses = 6;
  auto before = written_anew(valid_text(html), limits, budget, decoration);
  for (int pass = 0; before && pass < kPasses; ++pass) {
    auto after = written_anew(*before, limits, budget, {});
    if (after == before) return before;
    before = std::move(after);
  }
  return std::nullopt;
}

}  // namespace causeway::api::render
