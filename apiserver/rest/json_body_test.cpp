#include "apiserver/rest/json_body.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::api::rest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ParseBodyTest : public testing::Test {
 protected:
  base::Result<json::value, Problem> parse(std::string_view text) { return parse_body(text, *node_); }
  SchemaCheck check_{{}};
  const SchemaCheck::Node* node_ = check_.compile(
      json::parse(R"({"type":"object","properties":{"a b":{"type":"string"},"x":{}},"additionalProperties":false})")
          .as_object());
};

TEST_F(ParseBodyTest, SaysWhereTheJsonEnds) {
  const auto at = [&](std::string_view text) {
    const auto parsed = parse(text);
    EXPECT_FALSE(parsed.ok()) << text;
    return parsed.ok() ? std::string() : std::string(parsed.error().kind.slug) + ": " + parsed.error().message;
  };
  EXPECT_THAT(at("{\n  \"a b\": nope}"), HasSubstr("bad-json: line 2, byte "));
  EXPECT_THAT(at(""), HasSubstr("bad-json: the body is empty"));
  EXPECT_THAT(at(" \n"), HasSubstr("bad-json: the body is empty"));
  for (const char* bad :
       {"{", "{}{}", "{\"a b\":\"\xff\"}", "{\"a b\":\"\\ud800\"}", "[1,]", "\xef\xbb\xbf{}", "{'a':1}", "NaN"})
    EXPECT_THAT(at(bad), HasSubstr("bad-json")) << bad;
  EXPECT_THAT(at("{\"x\":" + std::string(100, '[') + std::string(100, ']') + "}"), HasSubstr("bad-json"));
}

TEST_F(ParseBodyTest, ManyValuesAreRefusedBeforeTheyTakeMemory) {
  const auto list = [](std::size_t items, const std::string& item) {
    std::string text = "{\"x\":[" + item;
    for (std::size_t i = 1; i < items; ++i) text += "," + item;
    return text + "]}";
  };
  EXPECT_TRUE(parse(list(19'000, "0")).ok());
  for (const char* item : {"0", "[]", "{}", "\"\""})
    EXPECT_EQ(parse(list(21'000, item)).error().kind.slug, "too-large") << item;
  EXPECT_TRUE(parse("{\"x\":\"" + std::string(1u << 20, ',') + "\\\"" + std::string(30'000, '[') + "\"}").ok())
      << "a text is one value";
}

// What is allocated of it, as malloc() rounds it.
class Counted final : public json::memory_resource {
 public:
  std::size_t most() const { return most_; }

 private:
  static std::size_t rounded(std::size_t bytes) { return std::max<std::size_t>(32, (bytes + 8 + 15) / 16 * 16); }
  void* do_allocate(std::size_t bytes, std::size_t) override {
    most_ = std::max(most_, now_ += rounded(bytes));
    return ::operator new(bytes);
  }
  void do_deallocate(void* memory, std::size_t bytes, std::size_t) override {
    now_ -= rounded(bytes);
    ::operator delete(memory);
  }
  bool do_is_equal(const json::memory_resource& other) const noexcept override { return this == &other; }
  std::size_t now_ = 0, most_ = 0;
};

TEST_F(ParseBodyTest, TakesNoMoreMemoryThanWasSaid) {
  const auto many = [](std::size_t count, const std::string& item) {
    std::string text = "{\"x\":[" + item;
    for (std::size_t i = 1; i < count; ++i) text += "," + item;
    return text + "]}";
  };
  const auto nested = [](const std::string& open, const std::string& close, std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += open;
    text += "0";
    for (std::size_t i = 0; i < depth; ++i) text += close;
    return text;
  };
  std::string members = "{\"x\":{\"k\":0";
  for (int i = 0; i < 19'000; ++i) members += ",\"" + std::to_string(i) + "\":0";
  members += "}}";
  for (const std::string& text :
       {many(19'990, "0"), many(9'990, "[0]"), many(9'990, "{\"\":0}"), many(9'990, "{\"key of the member\":0}"),
        many(19'990, "\"123456789012345\""), many(16'500, "1.5e300"), many(660, nested("[", "]", 28)),
        many(660, nested("{\"\":", "}", 28)), many(1, "\"" + std::string(1u << 17, 'x') + "\""),
        many(3, "\"" + std::string(1u << 17, 'x') + "\""), many(1, "{\"" + std::string(1u << 17, 'x') + "\":0}"),
        many(1, "\"" + std::string(1u << 16, '\\') + "\""), members, std::string("{}")}) {
    Counted memory;
    {
      const auto parsed = parse_body(text, *node_, &memory);
      ASSERT_TRUE(parsed.ok()) << parsed.error().message;
      EXPECT_EQ(parsed->storage().get(), &memory);
    }
    EXPECT_LE(memory.most(), parsed_bytes(text)) << text.substr(0, 60);
    EXPECT_LE(parsed_bytes(text), (4u << 20) + 3 * text.size());
  }
  EXPECT_EQ(parsed_bytes(many(21'000, "0")), 0U);
}

TEST_F(ParseBodyTest, PointsAtWhatIsWrongInAFragment) {
  const auto parsed = parse(R"({"a b": 1, "c": 2})");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().status(), 422);
  EXPECT_THAT(parsed.error().errors, ElementsAre(ProblemField{"#/a%20b", "", "has to be a text"},
                                                 ProblemField{"#/c", "", "is not known here"}));
}

TEST_F(ParseBodyTest, RefusesNulWhereverItIs) {
  EXPECT_EQ(parse(R"({"a b": "x\u0000y"})").error().errors[0].pointer, "#/a%20b");
  EXPECT_EQ(parse(R"({"x": [{"k": "\u0000"}]})").error().errors[0].pointer, "#/x/0/k");
  EXPECT_FALSE(parse(R"({"x": {"\u0000": 1}})").ok());
  EXPECT_TRUE(parse(R"({"a b": "\\u0000"})").ok()) << "a backslash and five characters";
}

}  // namespace
}  // namespace causeway::api::rest
