#include "apiserver/content/rendering.hpp"

#include "apiserver/render/document.hpp"
#include "apiserver/render/front_matter.hpp"
#include "apiserver/render/highlight.hpp"
#include "apiserver/render/notebook.hpp"
#include "apiserver/rest/field_value.hpp"
#include "base/http.hpp"

namespace causeway::api::content {
namespace {

bool ends_with_any(std::string_view path, std::initializer_list<std::string_view> ends) {
  const std::string lower = rest::lower_case(path);
  for (const auto end : ends) {
    if (lower.ends_with(end)) return true;
  }
  return false;
}

}  // namespace

std::string render_file(std::string_view repository, std::string_view revision, std::string_view path,
                        std::string_view content) {
  const auto slash = path.rfind('/');
  const std::string at = base::percent_encode(revision) + "/";
  render::RenderOptions options;
  options.base = render::Base{
      "/" + std::string(repository) + "/blob/" + at, "/api/v1/content/" + std::string(repository) + "/raw/" + at,
      std::string(slash == std::string_view::npos ? std::string_view() : path.substr(0, slash))};
  if (ends_with_any(path, {".md", ".markdown"}))
    return render::render_markdown(render::split_readme(content).markdown, options).html;
  if (ends_with_any(path, {".ipynb"})) return render::render_notebook(content, options).html;
  return render::render_source(path, content).html;
}

}  // namespace causeway::api::content
