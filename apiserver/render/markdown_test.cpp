#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/render/document.hpp"
#include "apiserver/render/test_inspection.hpp"

namespace causeway::api::render {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const Base kBase{"/ada/digits/blob/main/", "/ada/digits/raw/main/", ""};

Document render(std::string_view text, RenderOptions options = {}) {
  auto document = render_markdown(text, options);
  EXPECT_EQ(test::forbidden_in(document.html), "") << text;
  return document;
}

std::string html(std::string_view text) {
  auto document = render(text);
  EXPECT_EQ(document.note, Note::kNone);
  return document.html;
}

TEST(Markdown, IsGitHubs) {
  EXPECT_EQ(html("a *b* **c** ~~d~~ `e<`  \nf"),
            "<p>a <em>b</em> <strong>c</strong> <del>d</del> <code>e&lt;</code><br>\nf</p>\n");
  EXPECT_EQ(html("> q\n\n1. a\n2. b\n\n---"),
            "<blockquote>\n<p>q</p>\n</blockquote>\n<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n<hr>\n");
  EXPECT_EQ(html("3. a"), "<ol start=\"3\">\n<li>a</li>\n</ol>\n");
  EXPECT_EQ(
      html("|a|b|c|\n|:--|--:|---|\n|1|2|"),
      "<table>\n<thead>\n<tr>\n<th align=\"left\">a</th>\n<th align=\"right\">b</th>\n<th>c</th>\n</tr>\n</thead>\n"
      "<tbody>\n<tr>\n<td align=\"left\">1</td>\n<td align=\"right\">2</td>\n<td></td>\n</tr>\n</tbody>\n</table>\n");
  EXPECT_EQ(
      html("- [x] a\n- [ ] b"),
      "<ul>\n<li class=\"task-list-item\"><input class=\"task-list-item-checkbox\" checked=\"\" type=\"checkbox\" "
      "disabled=\"\"> a</li>\n<li class=\"task-list-item\"><input class=\"task-list-item-checkbox\" "
      "type=\"checkbox\" disabled=\"\"> b</li>\n</ul>\n");
  EXPECT_EQ(html("https://x.org/a"),
            "<p><a href=\"https://x.org/a\" rel=\"nofollow ugc noopener\">https://x.org/a</a></p>\n");
  EXPECT_THAT(html("www.x.org, a@x.org"), HasSubstr("href=\"mailto:a@x.org\""));
  EXPECT_EQ(html("&copy; &#65; &nosuch; \\* &lt;b>"), "<p>© A &amp;nosuch; * &lt;b&gt;</p>\n");
}

TEST(Markdown, LinksAndPictures) {
  EXPECT_EQ(html("[a](https://x.org \"T & \\\"u\\\"\")"),
            "<p><a href=\"https://x.org\" title=\"T &amp; &quot;u&quot;\" rel=\"nofollow ugc noopener\">a</a></p>\n");
  EXPECT_EQ(html("![a *b* ![c](d)](e.png \"t\")"), "<p><img src=\"e.png\" alt=\"a b c\" title=\"t\"></p>\n");
  EXPECT_EQ(render("![a](./docs/a.png) [b](/x.py#L3)", {.base = kBase}).html,
            "<p><img src=\"/ada/digits/raw/main/docs/a.png\" alt=\"a\"> "
            "<a href=\"/ada/digits/blob/main/x.py#L3\" rel=\"nofollow ugc noopener\">b</a></p>\n");
}

TEST(Markdown, MayHoldHtml) {
  EXPECT_EQ(html("<p align=\"center\">\n  <img src=\"a.png\" "
                 "width=\"40%\">\n</p>\n\n<details>\n<summary>s</summary>\n\n*m*\n\n</details>"),
            "<p align=\"center\">\n  <img src=\"a.png\" width=\"40%\">\n</p>\n<details>\n<summary>s</summary>\n"
            "<p><em>m</em></p>\n</details>\n");
  EXPECT_EQ(html("<h2 align=\"center\">a</h2>"), "<h2 align=\"center\" id=\"user-content-a\">a</h2>\n");
  EXPECT_EQ(html("a <kbd>b</kbd> <custom>c</custom> <!-- d -->"), "<p>a <kbd>b</kbd> c </p>\n");
}

TEST(Markdown, AttacksComeToNothing) {
  for (const auto* text : {"[a](javascript:alert(1))",
                           "[a](JaVaScRiPt:alert(1))",
                           "[a](java&#115;cript:alert(1))",
                           "<javascript:alert(1)>",
                           "[a](<java\tscript:alert(1)>)",
                           "[a][b]\n\n[b]: javascript:alert(1)",
                           "![a](javascript:alert(1))",
                           "![a\" onerror=alert(1) x=\"](b)",
                           "[a](x \"\\\" onclick=alert(1) y=\\\"\")",
                           "[a](x\" onclick=\"alert(1))",
                           "```\"onclick=\"alert(1)\nx\n```",
                           "```js onclick=alert(1)\nx\n```",
                           "`<script>alert(1)</script>`",
                           "<script>alert(1)</script>",
                           "<script>\n\nalert(1)\n\n</script>",
                           "<img src=x onerror=alert(1)>",
                           "[a](data:text/html;base64,PHNjcmlwdD4=)",
                           "<a href=\"vbscript:x\">a</a>",
                           "<svg/onload=alert(1)>\n\n*a*",
                           "<!-- \n\n<img src=x onerror=alert(1)>\n\n-->",
                           "<details ontoggle=alert(1) open>\n\n*a*\n</details>",
                           "&lt;script>alert(1)&lt;/script>",
                           "\\<script>alert(1)</script>",
                           "<style>\n*{display:none}\n</style>"}) {
    const auto out = html(text);
    EXPECT_THAT(out, Not(HasSubstr("<script"))) << text;
    EXPECT_THAT(out, Not(HasSubstr("=\"javascript:"))) << text;
  }
}

TEST(Markdown, HeadingsHaveAnchorsAndAreListed) {
  const auto document =
      render("# Digits *now*\n\n## Setup\n\n<h2 align=center>Setup</h2>\n\n<h3 id=own>Own `code`</h3>\n\n#\n");
  EXPECT_THAT(document.html, HasSubstr("<h1 id=\"user-content-digits-now\">Digits <em>now</em></h1>"));
  EXPECT_THAT(document.contents,
              ElementsAre(Heading{1, "Digits now", "user-content-digits-now"},
                          Heading{2, "Setup", "user-content-setup"}, Heading{2, "Setup", "user-content-setup-1"},
                          Heading{3, "Own code", "user-content-own"}, Heading{1, "", "user-content-"}));
  EXPECT_THAT(render("[up](#setup)").html, HasSubstr("href=\"#user-content-setup\""));
}

TEST(Markdown, DocumentsOfOnePageShareTheirAnchors) {
  Slugger slugger;
  EXPECT_EQ(render("# A", {.slugger = &slugger}).contents.at(0).anchor, "user-content-a");
  EXPECT_EQ(render("# A", {.slugger = &slugger}).contents.at(0).anchor, "user-content-a-1");
}

TEST(Markdown, AlertsAreAClass) {
  EXPECT_EQ(html("> [!NOTE]\n> a *b*\n>\n> c"),
            "<blockquote class=\"alert-note\">\n<p>a <em>b</em></p>\n<p>c</p>\n</blockquote>\n");
  EXPECT_EQ(html("> [!OTHER]\n> a"), "<blockquote>\n<p>[!OTHER]\na</p>\n</blockquote>\n");
  EXPECT_EQ(html("> a [!TIP]\n> b"), "<blockquote>\n<p>a [!TIP]\nb</p>\n</blockquote>\n");
}

TEST(Markdown, CodeIsHighlighted) {
  EXPECT_EQ(html("```python\nimport os  # <x>\n```"),
            "<pre><code class=\"language-python\"><span class=\"hl-keyword\">import</span> os  "
            "<span class=\"hl-comment\"># &lt;x&gt;</span>\n</code></pre>\n");
  EXPECT_EQ(html("```py {1,2}\nNone\n```"),
            "<pre><code class=\"language-py\"><span class=\"hl-literal\">None</span>\n</code></pre>\n");
  EXPECT_EQ(html("```nosuch\n\nimport\n```\n\n    indented <\n"),
            "<pre><code class=\"language-nosuch\">\nimport\n</code></pre>\n<pre><code>indented &lt;\n</code></pre>\n");
}

TEST(Markdown, WhatIsTooLargeIsShownAsText) {
  const auto document = render(std::string(Limits{}.input + 1, '<'));
  EXPECT_EQ(document.note, Note::kTooLarge);
  EXPECT_EQ(
      document.html, "<pre>" + [] {
        std::string text;
        for (std::size_t i = 0; i <= Limits{}.input; ++i) text += "&lt;";
        return text;
      }() + "</pre>");
  RenderOptions options;
  options.limits.input = 2;
  options.limits.plain = 4;
  const auto cut = render("a中b中", options);
  EXPECT_EQ(cut.note, Note::kCut);
  EXPECT_EQ(cut.html, "<pre>a中</pre>");
  EXPECT_EQ(to_string(cut.note), "cut");
}

TEST(Markdown, WhatIsTooComplexIsShownAsText) {
  RenderOptions options;
  options.limits.cpu_time = std::chrono::milliseconds(0);
  const auto document = render("*a*", options);
  EXPECT_EQ(document.note, Note::kTooComplex);
  EXPECT_EQ(document.html, "<pre>*a*</pre>");
}

TEST(Markdown, LinesOfAPlainTextStay) {
  EXPECT_EQ(render_plain("\n\n<a>\n").html, "<pre>\n\n\n&lt;a&gt;\n</pre>");
  EXPECT_EQ(html(""), "");
}

TEST(RenderedHtml, IsSanitised) {
  EXPECT_EQ(render_html("<table class=dataframe border=1><td onclick=x>1</table><style>a</style>").html,
            "<table border=\"1\"><tbody><tr><td>1</td></tr></tbody></table>");
}

std::string repeated(std::string_view text, std::size_t bytes) {
  std::string out;
  while (out.size() + text.size() <= bytes) out += text;
  return out;
}

// Patterns that Markdown parsers are slow on. What is held against them is far more than they take: md4c cannot be
// stopped before it begins to write.
TEST(Markdown, ItsTimeIsBounded) {
  const auto size = Limits{}.input / 4;
  for (const std::string& text :
       {repeated("[", size),
        repeated("![", size),
        repeated("[a](", size),
        repeated("*a_ ", size),
        repeated("**a ", size),
        repeated("`a``", size),
        repeated("> ", size),
        repeated("- ", size),
        repeated("<a ", size),
        repeated("<!-- ", size),
        repeated("&", size),
        repeated("\\", size),
        repeated("<b>", size),
        repeated("[a]: b\n", size),
        repeated("[a]", size / 2) + "\n\n[a]: " + repeated("b", size / 4),
        repeated("|a", size / 2) + "\n" + repeated("|---", size / 2),
        repeated("|a", 4000) + "\n" + repeated("|---", 8000) + "\n" + repeated("|\n", size / 2),
        repeated("~~a ", size),
        repeated("a\n\n", size),
        repeated("# a\n", size),
        repeated("http://a.", size),
        repeated("a@", size),
        repeated("<?", size),
        repeated("<![CDATA[", size),
        repeated("*", size),
        repeated("_a", size),
        repeated("\n>", size),
        repeated("1. a\n   ", size),
        repeated("www.a.", size),
        repeated("<div>\n\n", size)}) {
    RenderOptions options;
    options.limits.cpu_time = std::chrono::milliseconds(100);
    CpuBudget budget(std::chrono::seconds(5));
    render_markdown(text, options);
    EXPECT_GT(budget.left().count(), 0) << text.substr(0, 20);
  }
}

}  // namespace
}  // namespace causeway::api::render
