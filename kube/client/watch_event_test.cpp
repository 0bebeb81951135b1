#include "kube/client/watch_event.hpp"

#include <gtest/gtest.h>

namespace causeway::kube {
namespace {

using Type = WatchEvent::Type;

TEST(SplitWatchEvent, AsApiServersWriteIt) {
  const auto event = split_watch_event(R"({"type":"MODIFIED","object":{"kind":"Pod","a":{}}})");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->type, Type::kModified);
  EXPECT_EQ(event->object, R"({"kind":"Pod","a":{}})");
}

TEST(SplitWatchEvent, AnythingElseIsLeftToTheParser) {
  for (const char* line :
       {"", "{}", R"({"type":"ADDED"})", R"({"type":"ADDED)", R"({"type":")", R"({ "type": "ADDED", "object": {}})",
        R"({"object":{},"type":"ADDED"})", R"({"type":"ERROR","object":{}})"}) {
    EXPECT_FALSE(split_watch_event(line)) << line;
  }
}

// The object of a line that is cut short is no JSON, which is for its reader to find.
TEST(SplitWatchEvent, DoesNotLookIntoTheObject) {
  EXPECT_EQ(split_watch_event(R"({"type":"ADDED","object":{})").value().object, "{");
}

TEST(ParseWatchEvent, TellsWhatIsWrong) {
  const auto message = [](std::string_view line) {
    return parse_watch_event(line, resources::kPod, true).error().message;
  };
  EXPECT_NE(message(R"({"type":"ADDED"})").find("watch event without an object"), std::string::npos);
  EXPECT_NE(message(R"({"type":"NEW","object":{}})").find("of unknown type \"NEW\""), std::string::npos);
  EXPECT_EQ(parse_watch_event(R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}})",
                              resources::kPod, true)
                .error()
                .code,
            410);
}

}  // namespace
}  // namespace causeway::kube
