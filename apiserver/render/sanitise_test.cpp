#include "apiserver/render/sanitise.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/render/test_attacks.hpp"
#include "apiserver/render/test_inspection.hpp"

namespace causeway::api::render {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::optional<std::string> attempt(std::string_view html, const Limits& limits = {}) {
  CpuBudget budget(limits.cpu_time);
  return sanitised(html, limits, budget);
}

std::string safe(std::string_view html) {
  auto out = attempt(html);
  EXPECT_TRUE(out) << html;
  if (!out) return "";
  EXPECT_EQ(test::forbidden_in(*out), "") << "of " << html << "\nis left " << *out;
  EXPECT_EQ(attempt(*out), *out) << "of " << html;
  return *out;
}

TEST(Sanitiser, LeavesWhatReadmesAreMadeOf) {
  for (
      const auto* html : {
          R"(<p align="center"><img src="logo.png" alt="Logo" width="200" height="50%"></p>)",
          R"(<details open=""><summary>More</summary><p>Text</p></details>)",
          R"(<p>Press <kbd>Ctrl</kbd>, H<sub>2</sub>O, x<sup>2</sup>, <b>b</b> <i>i</i> <s>s</s> <mark>m</mark></p>)",
          R"(<table><thead><tr><th align="left" colspan="2">A</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>)",
          R"(<ol start="3" type="a" reversed=""><li value="7">x</li></ol>)",
          R"(<a href="https://example.com/a?b=c&amp;d#e" title="T" rel="nofollow ugc noopener">x</a>)",
          R"h(<picture><source media="(prefers-color-scheme: dark)" srcset="a.png 2x, b.png"><img src="c.png"></picture>)h",
          R"(<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>)",
          R"(<pre><code class="language-c++">a &lt; b &amp;&amp; c</code></pre>)",
          R"(<div dir="rtl" lang="ar">مرحبا</div>)",
          R"(<video src="a.mp4" width="300" controls="" preload="none"></video>)",
      })
    EXPECT_EQ(safe(html), html);
}

TEST(Sanitiser, TakesTagsAwayAndLeavesTheirText) {
  EXPECT_EQ(safe("<custom-element>a</custom-element> <form action=/x><button>b</button></form>"), "a b");
  EXPECT_EQ(safe("<font color=red>a</font><marquee>b</marquee><blink>c</blink>"), "abc");
  EXPECT_EQ(safe("a<!-- b -->c<?php d ?>e<!doctype html>f"), "acef");
  EXPECT_EQ(safe("<select><option>a</select>"), "a");
  EXPECT_EQ(safe("<noscript><b>a</b></noscript>"), "<b>a</b>");
  EXPECT_EQ(safe("<body onload=x><html onclick=y>a</html>"), "a");
}

TEST(Sanitiser, DropsWhatIsNoTextForPeople) {
  for (const auto* html :
       {"<script>alert(1)</script>", "<style>*{color:red}</style>", "<svg><text>a</text></svg>",
        "<math><mi>x</mi></math>", "<template><b>x</b></template>", "<iframe src=//x>a</iframe>", "<object>a</object>",
        "<embed src=x>", "<link rel=stylesheet href=x>", "<base href=//x>", "<meta http-equiv=refresh content=0>",
        "<input type=text>", "<input>", "<frameset><frame></frameset>"})
    EXPECT_EQ(safe(html), "") << html;
}

TEST(Sanitiser, IdsCannotPassForThePages) {
  EXPECT_EQ(safe("<a id=x name=y>a</a>"), R"(<a id="user-content-x" name="user-content-y">a</a>)");
  EXPECT_EQ(safe("<img name=body id=cookie src=x>"), R"(<img id="user-content-cookie" src="x">)");
  EXPECT_EQ(safe("<a id=user-content-x href=#x>a</a>"),
            R"(<a id="user-content-x" href="#user-content-x" rel="nofollow ugc noopener">a</a>)");
  EXPECT_EQ(safe("<p id='a b'>a</p><p id=''>b</p>"), "<p>a</p><p>b</p>");
}

TEST(Sanitiser, ClassesAreThoseOfRenderedTextOnly) {
  EXPECT_EQ(safe(R"(<code class="language-py admin-button hl-keyword">a</code>)"),
            R"(<code class="language-py hl-keyword">a</code>)");
  EXPECT_EQ(safe(R"(<p class="modal fixed" style="position:fixed" data-x=1 aria-label=x tabindex=1>a</p>)"),
            "<p>a</p>");
}

TEST(Sanitiser, OfInputsTheDisabledCheckboxIsLeft) {
  EXPECT_EQ(safe("<input type=CHECKBOX checked onclick=x name=y value=z>"),
            R"(<input checked="" type="checkbox" disabled="">)");
}

TEST(Sanitiser, MeasuresStayMeasures) {
  EXPECT_EQ(safe("<img width=100 height='10px' src=x>"), R"(<img width="100" height="10px" src="x">)");
  EXPECT_EQ(safe("<img width='calc(1px)' height=999999999999 src=x>"), R"(<img src="x">)");
  EXPECT_EQ(safe("<table><tr><td colspan=1001 rowspan=0>a</table>"),
            "<table><tbody><tr><td>a</td></tr></tbody></table>");
}

TEST(Sanitiser, TextIsNeverReadAsTags) {
  EXPECT_EQ(safe("a < b &lt;script&gt; \"c\" `d` &amp;lt;"),
            "a &lt; b &lt;script&gt; &quot;c&quot; &#96;d&#96; &amp;lt;");
  EXPECT_EQ(safe("<textarea><script>alert(1)</script></textarea>"), "&lt;script&gt;alert(1)&lt;/script&gt;");
  EXPECT_EQ(safe("<title><img src=x onerror=alert(1)></title>"), "&lt;img src=x onerror=alert(1)&gt;");
  EXPECT_EQ(safe("a<plaintext><script>alert(1)</script>b"), "ab");
}

TEST(Sanitiser, PreKeepsItsFirstLine) {
  EXPECT_EQ(safe("<pre>\n\n\na</pre>"), "<pre>\n\n\na</pre>");
  EXPECT_EQ(safe("<pre><b>\n</b>\na</pre>"), "<pre><b>\n</b>\na</pre>");
  EXPECT_EQ(safe("<pre>\na</pre>"), "<pre>a</pre>");
}

TEST(Sanitiser, RepairsWhatIsNoText) {
  EXPECT_EQ(safe(std::string_view("a\0b\xff"
                                  "c",
                                  5)),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD"
            "c");
}

TEST(Sanitiser, ClosesWhatIsOpen) {
  EXPECT_EQ(safe("<div><b>a"), "<div><b>a</b></div>");
  EXPECT_EQ(safe("</div></td></table>a"), "a");
}

TEST(Sanitiser, AttacksComeToNothing) {
  for (const auto& attack : test::attacks()) {
    const auto out = safe(attack);
    EXPECT_THAT(out, Not(HasSubstr("<script"))) << attack;
    EXPECT_THAT(out, Not(HasSubstr("=\"javascript:"))) << attack;
  }
}

TEST(Sanitiser, MisnestedTagsSettle) {
  for (const auto* html : {"<p><button><p>a</p></button></p>", "<a href=x><table><tr><td><a href=y>b</a></table></a>",
                           "<table><a>1<tr><b>2<td>3</b></table>4", "<b><p><i></b></p></i>a", "<form><p><form></p>x",
                           "<h1><div><h1>a</h1></div></h1>", "<dd><custom><dt>a</custom></dd><li><div><li>b",
                           "<table><table><td><table>", "<nobr><nobr>a<nobr>b", "<ruby><rtc><rt>x<rb>y</ruby>"})
    safe(html);
}

TEST(Sanitiser, WhatIsTooDeepLosesItsTags) {
  Limits limits;
  limits.depth = 3;
  EXPECT_EQ(attempt("<div><div><div><div><b>a</b><br></div></div></div></div>", limits),
            "<div><div><div>a<br></div></div></div>");
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  while (times-- > 0) out += text;
  return out;
}

TEST(Sanitiser, DeepTreesDoNotExhaustTheStack) {
  const auto out = attempt(repeated("<q>", 100'000));
  ASSERT_TRUE(out);
  EXPECT_EQ(out->size(), Limits{}.depth * std::string_view("<q></q>").size());
}

// Each of these would cost gumbo gigabytes, or hours.
TEST(Sanitiser, ItsMemoryIsBounded) {
  std::string html = "<p>";
  for (int i = 0; i < 10'000; ++i) html += "<b id=x" + std::to_string(i) + ">";
  html += repeated("<p>x", 10'000);
  Limits limits;
  limits.cpu_time = std::chrono::hours(1);
  EXPECT_FALSE(attempt(html, limits));
}

TEST(Sanitiser, ItsTimeIsBounded) {
  Limits limits;
  limits.cpu_time = std::chrono::milliseconds(50);
  EXPECT_FALSE(attempt(repeated("<q>", 80'000) + repeated("</b>", 60'000), limits));
  std::string attributes = "<a ";
  for (int i = 0; i < 80'000; ++i) attributes += "a" + std::to_string(i) + " ";
  EXPECT_FALSE(attempt(attributes + ">", limits));
}

TEST(Sanitiser, ItsOutputIsBounded) {
  Limits limits;
  limits.output = 1000;
  EXPECT_TRUE(attempt(std::string(900, 'a'), limits));
  EXPECT_EQ(attempt(std::string(1100, 'a'), limits), std::nullopt);
}

}  // namespace
}  // namespace causeway::api::render
