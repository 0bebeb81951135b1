#include "apiserver/render/tag_filter.hpp"

#include <gtest/gtest.h>

namespace causeway::api::render {
namespace {

TEST(TagFilter, WritesKnownTagsOut) {
  EXPECT_EQ(with_known_tags("a<B ID=x title='\"<' lang>b</B \n>c<br/>"),
            "a<b id=\"x\" title=\"&quot;&lt;\" lang=\"\">b</b>c<br>");
  EXPECT_EQ(with_known_tags("<a href = x/y /title=&amp;>z"), "<a href=\"x/y\" title=\"&amp;\">z");
  EXPECT_EQ(with_known_tags("<p/><p a='>' = b==c>"), "<p><p a=\">\" b=\"=c\">");
}

TEST(TagFilter, LeavesTheTextOfUnknownOnes) {
  EXPECT_EQ(with_known_tags("<form a=b>c<x-y>d</x-y></form>"), "cd");
  EXPECT_EQ(with_known_tags("1 < 2 <3 <> &lt; a</ b>c"), "1 &lt; 2 &lt;3 &lt;> &lt; ac");
  EXPECT_EQ(with_known_tags("a<!-- <b> -->b<!-->c<!--->d<!x>e<?php ?>f<![CDATA[g]]>h"), "abcdefh");
  EXPECT_EQ(with_known_tags("a<b"), "a");
  EXPECT_EQ(with_known_tags("a<b c='"), "a");
  EXPECT_EQ(with_known_tags("a<!--"), "a");
  EXPECT_EQ(with_known_tags("a<"), "a&lt;");
}

TEST(TagFilter, DropsElementsWithTheirContent) {
  EXPECT_EQ(with_known_tags("a<svg><b>c</b><svg>d</svg><svg/>e</SVG>f"), "af");
  EXPECT_EQ(with_known_tags("a<script><b></script >c<style></b></style>d"), "acd");
  EXPECT_EQ(with_known_tags("a<math><style></math></style>b</math>c"), "ac");
  EXPECT_EQ(with_known_tags("a<link><meta b=c>d"), "ad");
  EXPECT_EQ(with_known_tags("<textarea><b>&amp;</textarea><xmp>&amp;<i></xmp>"), "&lt;b>&amp;&amp;amp;&lt;i>");
}

TEST(TagFilter, WithoutItsEndTheTagAloneGoes) {
  EXPECT_EQ(with_known_tags("the <script> tag, <svg> and <title>: <b>x</b>"), "the  tag,  and : <b>x</b>");
}

}  // namespace
}  // namespace causeway::api::render
