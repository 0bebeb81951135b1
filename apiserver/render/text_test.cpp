#include "apiserver/render/text.hpp"

#include <gtest/gtest.h>

namespace causeway::api::render {
namespace {

TEST(ValidText, ReplacesWhatIsNone) {
  const std::string replacement = "\xEF\xBF\xBD";
  EXPECT_EQ(valid_text("a é 中 😀"), "a é 中 😀");
  EXPECT_EQ(without_mark("\xEF\xBB\xBFx"), "x");
  EXPECT_EQ(valid_text(std::string_view("\0", 1)), replacement);
  EXPECT_EQ(valid_text("a\x01\x1b\x7f\xC2\x85z"), "a" + replacement + replacement + replacement + replacement + "z");
  EXPECT_EQ(valid_text("\xEF\xB7\x90\xEF\xBF\xBF\xF0\x9F\xBF\xBE"), replacement + replacement + replacement);
  EXPECT_EQ(valid_text(" \t\f\n\r\n\r\r"), " \t\f\n\n\n\n");
  EXPECT_EQ(valid_text("\x80"), replacement);                                      // a continuation
  EXPECT_EQ(valid_text("\xC0\xAF"), replacement + replacement);                    // overlong
  EXPECT_EQ(valid_text("\xED\xA0\x80"), replacement + replacement + replacement);  // a surrogate
  EXPECT_EQ(valid_text("\xF4\x90\x80\x80").size(), 4 * replacement.size());        // past U+10FFFF
  EXPECT_EQ(valid_text("\xE4\xB8"), replacement + replacement);                    // cut off
}

TEST(Utf8, ReadsWhatItWrites) {
  for (const char32_t c : {U'a', U'\x7F', U'\x80', U'\x7FF', U'\x800', U'\xFFFD', U'\x10000', U'\x10FFFF'}) {
    std::string out;
    append_utf8(out, c);
    std::size_t at = 0;
    EXPECT_EQ(next_character(out, at), c);
    EXPECT_EQ(at, out.size());
  }
}

TEST(Escaped, LeavesNothingThatEndsATextOrAValue) {
  EXPECT_EQ(escaped("<a href=\"x\">&`'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#96;'");
}

}  // namespace
}  // namespace causeway::api::render
