#include "kube/core/text_cursor.hpp"

#include <gtest/gtest.h>

namespace causeway::kube::codec {
namespace {

std::string string_of(std::string_view text) {
  TextCursor in(text);
  std::string_view out;
  return in.string(out) && in.at_end() ? std::string(out) : "refused";
}

TEST(TextCursor, Strings) {
  EXPECT_EQ(string_of(R"("")"), "");
  EXPECT_EQ(string_of(R"( "plain" )"), "plain");
  EXPECT_EQ(string_of(R"("a\"b\\c\/d\b\f\n\r\t")"), "a\"b\\c/d\b\f\n\r\t");
  EXPECT_EQ(string_of(R"("\u003ctag\u003e \u00fc \u20AC")"), "<tag> ü €");
}

TEST(TextCursor, StringsThatAreWrongOrRare) {
  for (const char* text : {"", "\"", "\"open", "\"\\", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12", "\"\\u12g4\"",
                           "\"line\nbreak\"", "\"\\u0041\x01\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "12", "\"a\"b"})
    EXPECT_EQ(string_of(text), "refused") << text;
}

TEST(TextCursor, Integers) {
  const auto integer = [](std::string_view text) {
    TextCursor in(text);
    std::int64_t out = 0;
    return in.integer(out) && in.at_end() ? std::to_string(out) : "refused";
  };
  for (const char* text : {"0", "7", "-7", "123456789012345678", "-123456789012345678"}) EXPECT_EQ(integer(text), text);
  for (const char* text : {"", "-", "-0", "01", "1.0", "1e3", "1E3", "1234567890123456789", "x", "\"1\"", "1 2"})
    EXPECT_EQ(integer(text), "refused") << text;
}

TEST(TextCursor, PassesOverAnyValue) {
  for (const char* value : {R"("a}\"]")", "12.5e3", "true", "null", "{}", "[]", R"({"a":[{"b":"}"},[1,2],"\\"]})"}) {
    const auto text = std::string(" ") + value + ", 1";
    TextCursor in(text);
    std::string_view out;
    ASSERT_TRUE(in.skip(&out)) << value;
    EXPECT_EQ(out, value);
    EXPECT_TRUE(in.take(','));
  }
  for (const char* text : {"", " ", ",", "}", "]", "{", "[1,2", R"({"a":"b)", R"("a\)", R"("a\")"}) {
    TextCursor in(text);
    EXPECT_FALSE(in.skip()) << text;
  }
}

// Not by recursion: depth is limited by nothing but the text's size.
TEST(TextCursor, PassesOverDeepNests) {
  const auto deep = std::string(100000, '[') + std::string(100000, ']') + " ";
  TextCursor in(deep);
  EXPECT_TRUE(in.skip());
  EXPECT_TRUE(in.at_end());
}

TEST(TextCursor, Utf8) {
  for (const char* text : {"", "ascii", "12345678ü", "€ and 😀", "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF"})
    EXPECT_TRUE(valid_utf8(text)) << text;
  // A lone continuation, cut short, overlong, a surrogate, above U+10FFFF.
  for (const char* text : {"\x80", "1234567\xC3", "\xC3(", "\xC0\xAF", "\xE0\x80\xAF", "\xF0\x80\x80\xAF",
                           "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xE2\x82"})
    EXPECT_FALSE(valid_utf8(text)) << text;
}

}  // namespace
}  // namespace causeway::kube::codec
