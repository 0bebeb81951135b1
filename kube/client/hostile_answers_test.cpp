// Answers that no API server gives: each is an error that says so, by every way they can come in, and nothing is held
// that is larger than it may be.

#include <gtest/gtest.h>

#include "kube/client/client.hpp"
#include "kube/client/scripted_peer.hpp"

namespace causeway::kube {
namespace {

using resources::kConfigMap;
using test::ScriptedPeer;

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

struct Hostile {
  std::string name, object;
};

class HostileAnswer : public ::testing::TestWithParam<Hostile> {};

TEST_P(HostileAnswer, IsAnErrorInEveryCall) {
  const auto& object = GetParam().object;
  ScriptedPeer peer([&](int, base::HttpExchange& e) {
    if (test::parameter(e.request(), "watch") == "true")
      return test::json(e, 200, R"({"type":"ADDED","object":)" + object + "}\n");
    if (e.request().path().ends_with("configmaps"))
      return test::json(e, 200, R"({"metadata":{"resourceVersion":"1"},"items":[)" + object + "]}");
    test::json(e, 200, object);
  });
  Client client(peer.config());
  const auto one = client.get(kConfigMap, "n", "a");
  ASSERT_FALSE(one.ok());
  EXPECT_FALSE(one.error().message.empty());
  EXPECT_FALSE(client.list(kConfigMap, "n").ok());
  EXPECT_FALSE(client.list_each(kConfigMap, "n", {}, [](Object) {}).ok());
  EXPECT_FALSE(client.watch(kConfigMap, "n", {}, [](WatchEvent) { return true; }).ok());
}

TEST_P(HostileAnswer, AsABodyOfAnErrorHidesNothing) {
  ScriptedPeer peer([&](int, base::HttpExchange& e) { test::json(e, 403, GetParam().object); });
  const auto refused = Client(peer.config()).get(kConfigMap, "n", "a");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, 403);
  EXPECT_EQ(refused.error().reason, "Forbidden");
  EXPECT_FALSE(refused.error().message.empty());
}

INSTANTIATE_TEST_SUITE_P(All, HostileAnswer,
                         ::testing::Values(Hostile{"Truncated", R"({"metadata":{"name":"a)"},
                                           Hostile{"BrokenUtf8", "{\"a\":\"\xff\xc0\x80\"}"},
                                           Hostile{"LoneSurrogate", R"({"a":"\ud800"})"},
                                           Hostile{"NotAnObject", "[1,2,3]"}, Hostile{"AString", R"("a")"},
                                           Hostile{"TooDeep", repeated("{\"a\":", 5000) + "1" + repeated("}", 5000)},
                                           Hostile{"TooDeepAList", "{\"a\":" + repeated("[", 100000)},
                                           Hostile{"NotJson", "{'a': None}"},
                                           Hostile{"AControlCharacter", std::string("{\"a\":\"\x01\"}")},
                                           Hostile{"Html", "<!doctype html><title>Please log in</title>"}),
                         [](const auto& answer) { return answer.param.name; });

// RFC 8259 leaves it open; Kubernetes' own decoder takes the last one, and so do we.
TEST(RepeatedKeys, TheLastOneCounts) {
  ScriptedPeer peer([](int, base::HttpExchange& e) {
    const std::string twice = R"({"metadata":{"name":"first","name":"last","managedFields":[],"managedFields":[{}]}})";
    if (e.request().path().ends_with("configmaps")) return test::json(e, 200, R"({"items":[)" + twice + "]}");
    test::json(e, 200, twice);
  });
  Client client(peer.config());
  auto one = client.get(kConfigMap, "n", "a");
  ASSERT_TRUE(one.ok()) << one.error().message;
  EXPECT_EQ(name_of(*one), "last");
  std::vector<std::string> names;
  ASSERT_TRUE(client.list_each(kConfigMap, "n", {}, [&](Object o) { names.emplace_back(name_of(o)); }).ok());
  EXPECT_EQ(names, std::vector<std::string>{"last"});
}

// One without an end.
TEST(OversizedAnswers, AreCutOffWhileTheyArrive) {
  ScriptedPeer peer([&](int, base::HttpExchange& e) {
    (void)e.start({.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = {}});
    (void)e.write(R"({"items":[{"small":1},{"large":")");
    while (e.write(std::string(64 << 10, 'x')).ok()) {
    }
  });
  int items = 0;
  const auto listed =
      Client(peer.config()).list_each(kConfigMap, "n", {.max_item_bytes = 256 << 10}, [&](Object) { ++items; });
  ASSERT_FALSE(listed.ok());
  EXPECT_NE(listed.error().message.find("an item of more than 262144 bytes"), std::string::npos)
      << listed.error().message;
  EXPECT_EQ(items, 1);
}

}  // namespace
}  // namespace causeway::kube
