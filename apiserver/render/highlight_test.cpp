#include "apiserver/render/highlight.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/render/text.hpp"

namespace causeway::api::render {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Tokens as "keyword(if)", what is plain as it is.
std::string tokens(std::string_view language, std::string_view source) {
  auto html = highlighted(source, *language_named(language));
  const auto replace = [&html](std::string_view from, std::string_view to) {
    for (auto at = html.find(from); at != std::string::npos; at = html.find(from, at + to.size()))
      html.replace(at, from.size(), to);
  };
  replace("<span class=\"hl-", "");
  replace("\">", "(");
  replace("</span>", ")");
  replace("&quot;", "\"");
  replace("&lt;", "<");
  replace("&gt;", ">");
  replace("&#96;", "`");
  replace("&amp;", "&");
  return html;
}

TEST(Highlighting, Python) {
  EXPECT_EQ(tokens("python", "@app.get\nasync def f(x: int = 0x1F) -> None:\n    return f\"a\\\"{x}\" # c"),
            "meta(@app).get\nkeyword(async) keyword(def) function(f)(x: type(int) = number(0x1F)) -> literal(None):\n"
            "    keyword(return) fstring(\"a\\\"{x}\") comment(# c)");
  EXPECT_EQ(tokens("python", "'''a\n\"b\n''' 1_000.5e-3"), "string('''a\n\"b\n''') number(1_000.5e-3)");
  EXPECT_EQ(tokens("python", "'open\nif"), "string('open)\nkeyword(if)");
}

TEST(Highlighting, LanguagesLikeC) {
  EXPECT_EQ(tokens("cpp", "#include <a> \\\n  b\nauto s = R\"x(\")\"y)x\"; // 'c"),
            "meta(#include <a> \\\n  b)\nkeyword(auto) s = string(R\"x(\")\"y)x\"); comment(// 'c)");
  EXPECT_EQ(tokens("cpp", "1'000'000 + 'a' /* \n */ 'b'"),
            "number(1'000'000) + string('a') comment(/* \n */) string('b')");
  EXPECT_EQ(tokens("go", "x := `a\n\"b` + \"c\""), "x := string(`a\n\"b`) + string(\"c\")");
  EXPECT_EQ(tokens("javascript", "const $a = `b\n${c}`; 0..5"),
            "keyword(const) $a = string(`b\n${c}`); number(0)..number(5)");
}

TEST(Highlighting, Rust) {
  EXPECT_EQ(tokens("rust", "fn f<'a>(x: &'a str) { '\\''; '中'; 'b' }"),
            "keyword(fn) f<'a>(x: &'a type(str)) { string('\\''); string('中'); string('b') }");
  EXPECT_EQ(tokens("rust", "r#\"a\"b\"# /* /* */ */ x"), "string(r#\"a\"b\"#) comment(/* /* */ */) x");
}

TEST(Highlighting, Shell) {
  EXPECT_EQ(tokens("shell", "if [ $# -gt 0 ]; then echo \"a\nb\" # c\nfi"),
            "keyword(if) [ $# -gt number(0) ]; keyword(then) type(echo) string(\"a\nb\") comment(# c)\nkeyword(fi)");
  EXPECT_EQ(tokens("shell", "cat <<'EOF' > x\ndon't $y\n  EOF\n$z ${w}"),
            "type(cat) <<'EOF' > x\nstring(don't $y\n)  EOF\nvariable($z) variable(${w})");
}

TEST(Highlighting, Data) {
  EXPECT_EQ(tokens("yaml", "a: don't # c\n- b-c: \"d\" \nurl: http://x#y\n"),
            "attribute(a): don't comment(# c)\n- attribute(b-c): string(\"d\") \nattribute(url): http://x#y\n");
  EXPECT_EQ(tokens("json", "{\"a\" : [1, \"b\", null]}"),
            "{attribute(\"a\") : [number(1), string(\"b\"), literal(null)]}");
  EXPECT_EQ(tokens("toml", "[a.b]\nc = 'd\\' # e"), "tag([a.b])\nattribute(c) = string('d\\') comment(# e)");
  EXPECT_EQ(tokens("sql", "SELECT 'it''s' from T -- c"),
            "keyword(SELECT) string('it')string('s') keyword(from) T comment(-- c)");
  EXPECT_EQ(tokens("dockerfile", "FROM a AS run\nRUN run $X"), "keyword(FROM) a AS run\nkeyword(RUN) run variable($X)");
}

TEST(Highlighting, MarkupAndLines) {
  EXPECT_EQ(tokens("html", "<!-- a --><p class=\"b\" c=d>e</p>"),
            "comment(<!-- a -->)tag(<p) attribute(class)=string(\"b\") attribute(c)=string(d)tag(>)etag(</p)tag(>)");
  EXPECT_EQ(tokens("diff", "--- a\n@@ 1 @@\n-b\n+c\n d"), "meta(--- a\n)tag(@@ 1 @@\n)deleted(-b\n)inserted(+c\n) d");
  EXPECT_EQ(tokens("markdown", "# a\nb `c` d\n```\ne\n```"),
            "tag(# a\n)b string(`c`) d\nmeta(```\n)string(e\n)meta(```)");
  EXPECT_EQ(tokens("tex", "\\a{b} \\% % c"), "keyword(\\a){b} \\% comment(% c)");
}

TEST(Highlighting, ChangesNoText) {
  const std::string odd = "\"'`#/*<!--\\\n@x $y [z] 1.2.3 R\"( r#\" <<E\n中'é\t=begin --[[ {- %{ \"\"\" <a b='c";
  for (const auto& language : languages()) {
    for (std::size_t from = 0; from < odd.size(); ++from) {
      const auto text = valid_text(odd.substr(from));
      auto html = highlighted(text, language);
      for (auto tag = html.find('<'); tag != std::string::npos; tag = html.find('<'))
        html.erase(tag, html.find('>', tag) + 1 - tag);
      ASSERT_EQ(html, escaped(text)) << language.name;
    }
  }
}

TEST(SourceFile, HasALinePerLine) {
  const auto file = render_source("a.py", "if x:\r\n\n'''a\nb'''");
  EXPECT_EQ(file.language, "python");
  EXPECT_EQ(file.lines, 4u);
  EXPECT_EQ(file.html,
            "<pre class=\"hl-source\"><code>"
            "<span class=\"hl-line\" id=\"L1\"><span class=\"hl-keyword\">if</span> x:</span>\n"
            "<span class=\"hl-line\" id=\"L2\"></span>\n"
            "<span class=\"hl-line\" id=\"L3\"><span class=\"hl-string\">'''a</span></span>\n"
            "<span class=\"hl-line\" id=\"L4\"><span class=\"hl-string\">b'''</span></span>\n"
            "</code></pre>");
}

TEST(SourceFile, IsEscapedWhateverItIs) {
  const auto file = render_source("x.unknown", "<script>&\"\xff");
  EXPECT_EQ(file.language, "");
  EXPECT_THAT(file.html, HasSubstr("&lt;script&gt;&amp;&quot;\xEF\xBF\xBD"));
  EXPECT_EQ(render_source("x", "").lines, 0u);
}

TEST(SourceFile, BeyondItsLimitsIsPlainThenCut) {
  const SourceLimits limits{.highlighted = 10, .shown = 20, .lines = 3};
  EXPECT_EQ(render_source("a.py", "if 1: pass", limits).note, Note::kNone);
  const auto large = render_source("a.py", "if 1: passe", limits);
  EXPECT_EQ(large.note, Note::kTooLarge);
  EXPECT_EQ(large.language, "");
  EXPECT_THAT(large.html, Not(HasSubstr("hl-keyword")));
  const auto cut = render_source("a.py", std::string(30, 'a'), limits);
  EXPECT_EQ(cut.note, Note::kCut);
  EXPECT_THAT(cut.html, HasSubstr(">" + std::string(20, 'a') + "<"));
  const auto lines = render_source("a.py", "1\n2\n3\n4", limits);
  EXPECT_EQ(lines.lines, 3u);
  EXPECT_EQ(lines.note, Note::kCut);
}

}  // namespace
}  // namespace causeway::api::render
