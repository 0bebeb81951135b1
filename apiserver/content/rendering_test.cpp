#include "apiserver/content/rendering.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::api::content {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(RenderFile, MarkdownLeadsIntoTheRepositoryAtItsRevision) {
  const auto html = render_file("ada/digits", "feature/x", "docs/README.md",
                                "---\nsdk: gradio\n---\n# Hi\n![p](a.png) [l](../b.md)<script>alert(1)</script>");
  EXPECT_THAT(html, HasSubstr("\"/api/v1/content/ada/digits/raw/feature%2Fx/docs/a.png\""));
  EXPECT_THAT(html, HasSubstr("\"/ada/digits/blob/feature%2Fx/b.md\""));
  EXPECT_THAT(html, Not(HasSubstr("gradio")));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
}

TEST(RenderFile, SourceHasLines) {
  EXPECT_THAT(render_file("ada/digits", "main", "app.py", "import os\n"), HasSubstr("id=\"L1\""));
}

}  // namespace
}  // namespace causeway::api::content
