#include "base/log.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>
#include <thread>

#include "base/log_line.hpp"

namespace causeway::base::log {
namespace {

boost::json::object parsed(const std::string& line) {
  return boost::json::parse(line).as_object();
}

template <class Action>
std::string captured(Action action) {
  testing::internal::CaptureStderr();
  action();
  return testing::internal::GetCapturedStderr();
}

TEST(JsonLine, HasTimeLevelMessageAndFields) {
  const auto line = parsed(json_line(*parse_time("2026-11-24T10:00:00.000007Z"), Level::kWarn, "low \"disk\"\n",
                                     {{"free", 12}, {"path", "/data"}, {"more", nullptr}}));
  EXPECT_EQ(line.at("ts"), "2026-11-24T10:00:00.000007Z");
  EXPECT_EQ(line.at("level"), "warn");
  EXPECT_EQ(line.at("msg"), "low \"disk\"\n");
  EXPECT_EQ(line.at("free"), 12);
  EXPECT_EQ(line.at("path"), "/data");
  EXPECT_TRUE(line.at("more").is_null());
}

TEST(JsonLine, AFieldCannotReplaceWhatALineIsMadeOf) {
  const auto line = parsed(json_line({}, Level::kInfo, "said", {{"msg", "other"}, {"ts", 1}, {"level", "none"}}));
  EXPECT_EQ(line.at("msg"), "said");
  EXPECT_EQ(line.at("msg_"), "other");
  EXPECT_EQ(line.at("level"), "info");
  EXPECT_EQ(line.at("ts_"), 1);
}

TEST(JsonLine, IsOneLineOfValidUtf8) {
  const std::string line =
      json_line({}, Level::kInfo, "a\nb\xff", {{"k\xc0", boost::json::array{"\xed\xa0\x80", "ä"}}});
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(replace_invalid_utf8(line), line);
  EXPECT_EQ(parsed(line).at("msg"), "a\nb\xef\xbf\xbd");
}

TEST(ReplaceInvalidUtf8, KeepsEveryValidSequence) {
  const std::string valid = "a\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf";
  EXPECT_EQ(replace_invalid_utf8(valid), valid);
  for (const char* broken : {"\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
                             "\xf5\x80\x80\x80", "\xe2\x82", "\xc3"}) {
    const std::string replaced = replace_invalid_utf8(broken);
    EXPECT_TRUE(replaced.starts_with("\xef\xbf\xbd")) << testing::PrintToString(broken);
  }
}

TEST(TextLine, IsForPeople) {
  const std::string line =
      text_line({}, Level::kInfo, "started", {{"port", 80}, {"name", "a b"}, {"kind", "Demo"}, {"none", ""}});
  EXPECT_EQ(line.substr(2, 1), ":");
  EXPECT_EQ(line.substr(8), " INFO  started port=80 name=\"a b\" kind=Demo none=\"\"");
}

TEST(Write, OneLineOnStandardErrorFromTheLevelOn) {
  const std::string out = captured([] {
    debug("hidden");
    info("shown", {{"n", 1}, {"text", std::string("value")}, {"size", std::size_t{3}}, {"yes", true}});
  });
  ASSERT_EQ(std::count(out.begin(), out.end(), '\n'), 1);
  const auto line = parsed(out);
  EXPECT_EQ(line.at("msg"), "shown");
  EXPECT_EQ(line.at("text"), "value");
  EXPECT_EQ(line.at("size"), 3);
  EXPECT_EQ(line.at("yes"), true);
  set_level(Level::kDebug);
  EXPECT_NE(captured([] { debug("now shown"); }).find("now shown"), std::string::npos);
  set_level(Level::kError);
  EXPECT_EQ(captured([] { warn("hidden"); }), "");
  set_level(Level::kInfo);
}

TEST(Write, TextFormat) {
  set_text_format(true);
  const std::string out = captured([] { info("hello", {{"a", 1}}); });
  set_text_format(false);
  EXPECT_NE(out.find("INFO  hello a=1\n"), std::string::npos) << out;
}

TEST(Scope, FieldsAreTheThreadsAndNest) {
  const std::string out = captured([] {
    const Scope outer({{"id", "1"}, {"kind", "Demo"}});
    {
      const Scope inner({{"id", "2"}, {"step", 3}});
      info("inside", {{"step", 4}});
      std::thread([] { info("elsewhere"); }).join();
    }
    info("after");
  });
  std::vector<boost::json::object> lines;
  for (std::size_t begin = 0; begin < out.size(); begin = out.find('\n', begin) + 1) {
    lines.push_back(parsed(out.substr(begin, out.find('\n', begin) - begin)));
  }
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].at("id"), "2");
  EXPECT_EQ(lines[0].at("kind"), "Demo");
  EXPECT_EQ(lines[0].at("step"), 4) << "the line's own field wins";
  EXPECT_FALSE(lines[1].contains("id")) << "another thread";
  EXPECT_EQ(lines[2].at("id"), "1");
  EXPECT_FALSE(lines[2].contains("step"));
}

}  // namespace
}  // namespace causeway::base::log
