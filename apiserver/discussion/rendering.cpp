#include "apiserver/discussion/rendering.hpp"

#include <algorithm>

#include "apiserver/render/document.hpp"

namespace causeway::api::discussion {
namespace {

constexpr std::chrono::milliseconds kMostOfOne{500};

}  // namespace

std::string BodyRenderer::html(std::string_view markdown) {
  if (markdown.empty()) return {};
  render::RenderOptions options;
  options.limits.cpu_time = std::min(kMostOfOne, budget_.left());
  if (options.limits.cpu_time.count() == 0) return render::render_plain(markdown).html;
  return render::render_markdown(markdown, options).html;
}

}  // namespace causeway::api::discussion
