#include "apiserver/render/notebook.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::api::render {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string notebook(std::string_view cells) {
  return R"({"nbformat": 4, "metadata": {"language_info": {"name": "python"}}, "cells": [)" + std::string(cells) + "]}";
}

std::string output(std::string_view output) {
  return render_notebook(notebook(R"({"cell_type": "code", "source": "", "outputs": [)" + std::string(output) + "]}"))
      .html;
}

TEST(Notebook, ShowsItsCells) {
  const auto shown = render_notebook(notebook(
      R"({"cell_type": "markdown", "source": ["# A\n", "*b*"]},
         {"cell_type": "code", "execution_count": 3, "source": ["import os\n", "1 < 2"], "outputs": []},
         {"cell_type": "markdown", "source": "# A"},
         {"cell_type": "raw", "source": "<c>"})"));
  EXPECT_EQ(shown.note, Note::kNone);
  EXPECT_EQ(shown.language, "python");
  EXPECT_EQ(shown.html,
            "<div class=\"nb\">\n"
            "<div class=\"nb-cell nb-markdown\"><h1 id=\"user-content-a\">A</h1>\n<p><em>b</em></p>\n</div>\n"
            "<div class=\"nb-cell nb-code\"><div class=\"nb-count\">[3]</div><pre class=\"nb-input\"><code>"
            "<span class=\"hl-keyword\">import</span> os\n<span class=\"hl-number\">1</span> &lt; "
            "<span class=\"hl-number\">2</span></code></pre></div>\n"
            "<div class=\"nb-cell nb-markdown\"><h1 id=\"user-content-a-1\">A</h1>\n</div>\n"
            "<div class=\"nb-cell nb-raw\"><pre>&lt;c&gt;</pre></div>\n</div>");
  EXPECT_THAT(shown.contents, ElementsAre(Heading{1, "A", "user-content-a"}, Heading{1, "A", "user-content-a-1"}));
}

TEST(Notebook, ShowsOutputs) {
  EXPECT_THAT(output(R"({"output_type": "stream", "text": ["10%\r", "100%\n", "\u001b[31mred\u001b[0m"]})"),
              HasSubstr("<div class=\"nb-output\"><pre>100%\nred</pre></div>"));
  EXPECT_THAT(output(R"({"output_type": "error", "traceback": ["\u001b[0;31mTypeError\u001b[0m", "<x>"]})"),
              HasSubstr("<pre>TypeError\n&lt;x&gt;\n</pre>"));
  EXPECT_THAT(output(R"({"output_type": "display_data", "data": {"image/png": "iVBO\nRw==\n", "text/plain": "x"}})"),
              HasSubstr("<img alt=\"\" src=\"data:image/png;base64,iVBORw==\">"));
  EXPECT_THAT(output(R"({"output_type": "execute_result", "data": {"text/markdown": "*a*", "text/plain": "x"}})"),
              HasSubstr("<em>a</em>"));
  EXPECT_THAT(output(R"({"output_type": "execute_result", "data": {"text/latex": "$x$"}})"),
              HasSubstr("<pre>$x$</pre>"));
}

TEST(Notebook, SanitisesHtml) {
  const auto html = output(R"({"output_type": "display_data", "data": {"text/html":
      ["<style>x</style><table><tr><td onclick='x'>1</td></tr></table><script>alert(1)</script>"], "text/plain": "x"}})");
  EXPECT_THAT(html, HasSubstr("<table><tbody><tr><td>1</td></tr></tbody></table>"));
  EXPECT_THAT(html, Not(HasSubstr("script")));
  EXPECT_THAT(
      output(R"({"output_type": "display_data", "data": {"text/html": "<script>x</script>", "text/plain": "<x>"}})"),
      HasSubstr("<pre>&lt;x&gt;</pre>"));
}

TEST(Notebook, TakesNoOtherPictures) {
  const std::vector<std::string> others{
      R"x("image/svg+xml": "<svg onload=alert(1)>")x", R"x("image/png": "AA\" onerror=\"alert(1)")x",
      R"x("application/javascript": "alert(1)")x", R"x("image/png": [1, {}])x", R"x("image/png": "")x"};
  for (const auto& data : others) {
    EXPECT_THAT(output(R"({"output_type": "display_data", "data": {)" + data + "}}"),
                HasSubstr("<div class=\"nb-output\"></div>"))
        << data;
  }
  NotebookLimits limits;
  limits.image = 8;
  EXPECT_THAT(render_notebook(notebook(R"({"cell_type": "code", "outputs": [{"output_type": "display_data", "data":
                                          {"image/png": "AAAAAAAAA", "text/plain": "large"}}]})"),
                              {}, limits)
                  .html,
              HasSubstr("<pre>large</pre>"));
}

TEST(Notebook, WhatIsNoneIsShownAsText) {
  for (const auto* text : {"", "{", "[]", "{}", "1", R"({"nbformat": 3, "worksheets": []})", R"({"nbformat": "4"})"}) {
    const auto shown = render_notebook(text);
    EXPECT_EQ(shown.note, Note::kMalformed) << text;
    EXPECT_THAT(shown.html, testing::StartsWith("<pre>"));
  }
  EXPECT_EQ(render_notebook(std::string(5000, '[')).note, Note::kMalformed);
}

TEST(Notebook, OddCellsDoNoHarm) {
  const auto shown = render_notebook(notebook(
      R"(1, null, "x", [], {}, {"cell_type": 1, "source": {}}, {"cell_type": "code", "outputs": [1, {}, {"data": 1},
         {"output_type": "stream"}, {"output_type": "error", "traceback": "x"}], "execution_count": "1"})"));
  EXPECT_EQ(shown.note, Note::kNone);
  EXPECT_EQ(render_notebook(R"({"nbformat": 4, "cells": 1, "metadata": []})").html, "<div class=\"nb\">\n</div>");
}

TEST(Notebook, IsBounded) {
  NotebookLimits limits;
  limits.cells = 1;
  const auto cells = notebook(R"({"cell_type": "raw", "source": "a"}, {"cell_type": "raw", "source": "b"})");
  EXPECT_EQ(render_notebook(cells, {}, limits).note, Note::kCut);
  EXPECT_THAT(render_notebook(cells, {}, limits).html, Not(HasSubstr("<pre>b")));
  limits = {};
  limits.output = 10;
  EXPECT_EQ(render_notebook(cells, {}, limits).note, Note::kCut);
  limits = {};
  limits.input = 10;
  EXPECT_EQ(render_notebook(cells, {}, limits).note, Note::kTooLarge);
  RenderOptions options;
  options.limits.cpu_time = std::chrono::milliseconds(0);
  EXPECT_EQ(render_notebook(cells, options).note, Note::kCut);
}

}  // namespace
}  // namespace causeway::api::render
