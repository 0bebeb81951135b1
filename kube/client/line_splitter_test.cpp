#include "kube/client/line_splitter.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace causeway::kube {
namespace {

std::vector<std::string> feed_all(LineSplitter& splitter, const std::vector<std::string_view>& pieces) {
  std::vector<std::string> lines;
  for (const auto piece : pieces) {
    const auto more = splitter.feed(piece, [&](std::string_view line) {
      lines.emplace_back(line);
      return true;
    });
    EXPECT_TRUE(more.ok() && *more);
  }
  return lines;
}

TEST(LineSplitter, GivesTheSameLinesWhereverTheStreamIsCut) {
  const std::string text = "{\"a\":1}\n\n{\"b\":\"\xC3\xA4\"}\r\nx\n";
  const std::vector<std::string> expected{"{\"a\":1}", "{\"b\":\"\xC3\xA4\"}", "x"};
  for (std::size_t i = 0; i <= text.size(); ++i) {
    for (std::size_t j = i; j <= text.size(); ++j) {
      LineSplitter splitter(100);
      const std::string_view all = text;
      EXPECT_EQ(feed_all(splitter, {all.substr(0, i), all.substr(i, j - i), all.substr(j)}), expected)
          << "cut at " << i << " and " << j;
      EXPECT_EQ(splitter.pending(), 0u);
    }
  }
}

TEST(LineSplitter, HoldsBackALineThatHasNotEnded) {
  LineSplitter splitter(100);
  EXPECT_EQ(feed_all(splitter, {"one\ntw"}), std::vector<std::string>{"one"});
  EXPECT_EQ(splitter.pending(), 2u);
  EXPECT_EQ(feed_all(splitter, {"o\n"}), std::vector<std::string>{"two"});
}

TEST(LineSplitter, RefusesALineThatIsTooLongBeforeHoldingIt) {
  const auto any = [](std::string_view) { return true; };
  LineSplitter whole(4);
  EXPECT_TRUE(whole.feed("1234\n", any).ok());
  EXPECT_FALSE(whole.feed("12345\n", any).ok());
  LineSplitter endless(4);
  EXPECT_TRUE(endless.feed("123", any).ok());
  const auto refused = endless.feed("45", any);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, base::ErrorCode::kProtocol);
  EXPECT_LE(endless.pending(), 4u);
}

TEST(LineSplitter, StopsWhenToldTo) {
  LineSplitter splitter(100);
  int seen = 0;
  const auto more = splitter.feed("a\nb\nc", [&](std::string_view) { return ++seen < 1; });
  ASSERT_TRUE(more.ok());
  EXPECT_FALSE(*more);
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(splitter.pending(), 0u);
}

}  // namespace
}  // namespace causeway::kube
