// The informer against peers that do what a real API server does only on bad days: what the Reflector decides, done.

#include "kube/runtime/informer_driver.hpp"

#include <gtest/gtest.h>
#include <thread>

#include "kube/client/scripted_peer.hpp"
#include "kube/runtime/informers.hpp"

namespace causeway::kube {
namespace {

using namespace std::chrono_literals;
using resources::kConfigMap;
using test::config_map_json;
using test::event_json;
using test::parameter;
using test::ScriptedPeer;
using test::status_json;

std::string list_json(const std::vector<std::string>& items, const std::string& version,
                      const std::string& token = {}) {
  std::string text = R"({"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":")" + version +
                     R"(","continue":")" + token + R"("},"items":[)";
  for (std::size_t i = 0; i < items.size(); ++i) text += (i ? "," : "") + items[i];
  return text + "]}";
}

std::string bookmark_json(const std::string& version, bool end_of_initial) {
  return R"({"type":"BOOKMARK","object":{"kind":"ConfigMap","metadata":{"resourceVersion":")" + version + "\"" +
         (end_of_initial ? R"(,"annotations":{"k8s.io/initial-events-end":"true"})" : "") + "}}}\n";
}

bool is_watch(const base::HttpRequest& request) {
  return parameter(request, "watch") == "true";
}

// A stream of these lines that then stays open (or ends).
void stream(base::HttpExchange& e, const std::vector<std::string>& lines, bool hang = true) {
  (void)e.start({.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = {}});
  for (const auto& line : lines) (void)e.write(line);
  while (hang && !e.closed().stop_requested()) std::this_thread::yield();
  (void)e.finish();
}

bool eventually(const std::function<bool()>& done) {
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

// A ConfigMap with a C++ type.
struct Settings {
  static constexpr ResourceType kResource = kConfigMap;
  ObjectMeta metadata;
  std::map<std::string, std::string> data;
};
BOOST_DESCRIBE_STRUCT(Settings, (), (metadata, data))

std::string settings_json(const std::string& name, const std::string& version, const std::string& value) {
  auto text = config_map_json(name, version);
  text.insert(text.size() - 1, R"(,"data":{"key":)" + value + "}");
  return text;
}

// An informer on its own thread, with a clock that skips every wait.
class Running {
 public:
  explicit Running(const ScriptedPeer& peer, bool watch_list = false, ErasedInformer::Decode decode = {detail::keep})
      : client_(peer.config()),
        driver(client_, clock, metrics, kConfigMap, {.ns = "n"}, std::move(decode), {.watch_list = watch_list}) {
    driver.add_handler([this](const ObjectKey& key, const AnyObject& old, const AnyObject& now) {
      std::lock_guard lock(mutex_);
      seen_.push_back((!old ? "+" : !now ? "-" : "~") + key.name);
    });
  }
  ~Running() {
    skipper_ = {};
    thread_ = {};
  }
  void start() {
    thread_ = std::jthread([this](std::stop_token stop) { driver.run(stop); });
    skipper_ = std::jthread([this](std::stop_token stop) {
      while (!stop.stop_requested()) {
        if (clock.sleepers() > 0) clock.advance(1s);
        std::this_thread::yield();
      }
    });
  }
  std::vector<std::string> seen() {
    std::lock_guard lock(mutex_);
    return seen_;
  }
  bool has(const std::string& name) { return driver.store().get({"n", name}) != nullptr; }

 private:
  Client client_;
  std::mutex mutex_;
  std::vector<std::string> seen_;

 public:
  base::ManualClock clock;
  base::MetricsRegistry metrics;
  InformerDriver driver;

 private:
  std::jthread thread_, skipper_;
};

using Seen = std::vector<std::string>;

TEST(InformerDriver, ListsInPagesAndShowsNothingHalf) {
  std::atomic<bool> first_page_is_out{false}, go_on{false};
  ScriptedPeer peer([&](int, base::HttpExchange& e) {
    if (is_watch(e.request())) return stream(e, {});
    if (parameter(e.request(), "continue").empty())
      return test::json(e, 200, list_json({config_map_json("a", "1")}, "5", "more"));
    first_page_is_out = true;
    while (!go_on) std::this_thread::yield();
    test::json(e, 200, list_json({config_map_json("b", "2")}, "5"));
  });
  Running informer(peer);
  informer.start();
  ASSERT_TRUE(eventually([&] { return first_page_is_out.load(); }));
  EXPECT_EQ(informer.driver.store().size(), 0u);
  EXPECT_FALSE(informer.driver.synced());
  go_on = true;
  ASSERT_TRUE(informer.driver.wait_synced({}));
  EXPECT_EQ(informer.driver.store().size(), 2u);
  ASSERT_TRUE(eventually([&] { return peer.count() == 3; }));
  EXPECT_EQ(parameter(peer.requests()[0], "limit"), "500");
  EXPECT_EQ(parameter(peer.requests()[2], "resourceVersion"), "5");
}

TEST(InformerDriver, AnExpiredPageBecomesAFullListWithoutLeftovers) {
  ScriptedPeer peer([](int number, base::HttpExchange& e) {
    if (is_watch(e.request())) return stream(e, {});
    // What the first page had is deleted before the full list.
    if (number == 1) return test::json(e, 200, list_json({config_map_json("gone", "1")}, "5", "more"));
    if (number == 2) return test::json(e, 410, status_json(410, "Expired"));
    EXPECT_EQ(parameter(e.request(), "limit"), "");
    test::json(e, 200, list_json({config_map_json("b", "2")}, "9"));
  });
  Running informer(peer);
  informer.start();
  ASSERT_TRUE(informer.driver.wait_synced({}));
  EXPECT_FALSE(informer.has("gone"));
  EXPECT_TRUE(informer.has("b"));
  EXPECT_EQ(informer.seen(), Seen{"+b"});
}

TEST(InformerDriver, RelistsAfterAnExpiredWatchAndTellsTheDifference) {
  ScriptedPeer peer([](int number, base::HttpExchange& e) {
    switch (number) {
      case 1:
        return test::json(e, 200, list_json({config_map_json("a", "1"), config_map_json("b", "2")}, "5"));
      case 2:
        return stream(
            e, {event_json("ADDED", config_map_json("c", "6")), event_json("ERROR", status_json(410, "Expired"))});
      case 3:
        EXPECT_EQ(parameter(e.request(), "resourceVersion"), "6");
        return test::json(e, 200, list_json({config_map_json("a", "1"), config_map_json("c", "8")}, "9"));
      default:
        return stream(e, {event_json("ADDED", config_map_json("end", "10"))});
    }
  });
  Running informer(peer);
  informer.start();
  ASSERT_TRUE(eventually([&] { return informer.has("end"); }));
  EXPECT_EQ(informer.seen(), (Seen{"+a", "+b", "+c", "-b", "~c", "+end"}))
      << "a did not change, so nothing is said about it";
}

TEST(InformerDriver, FollowsAWatchThatIsCutOffWithoutListing) {
  ScriptedPeer peer([](int number, base::HttpExchange& e) {
    switch (number) {
      case 1:
        return test::json(e, 200, list_json({}, "5"));
      case 2:
        return stream(e, {event_json("ADDED", config_map_json("a", "6")), bookmark_json("20", false)}, false);
      case 3:
        return stream(e, {event_json("ADDED", config_map_json("b", "21")), event_json("ADDED", "{").substr(0, 30)},
                      false);
      default:
        return stream(e, {event_json("ADDED", config_map_json("end", "22"))});
    }
  });
  Running informer(peer);
  informer.start();
  ASSERT_TRUE(eventually([&] { return informer.has("end"); }));
  const auto requests = peer.requests();
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_EQ(parameter(requests[2], "resourceVersion"), "20") << "a bookmark is where it goes on";
  EXPECT_EQ(parameter(requests[3], "resourceVersion"), "21");
}

TEST(InformerDriver, IsThrottledWithoutForgettingAnything) {
  ScriptedPeer peer([](int number, base::HttpExchange& e) {
    if (number == 1) return test::json(e, 200, list_json({config_map_json("a", "1")}, "5"));
    if (number < 6) return test::json(e, 429, status_json(429, "TooManyRequests"), {{"Retry-After", "1"}});
    stream(e, {event_json("ADDED", config_map_json("end", "6"))});
  });
  Running informer(peer);
  informer.start();
  ASSERT_TRUE(eventually([&] { return informer.has("end"); }));
  const auto requests = peer.requests();
  for (std::size_t i = 1; i < requests.size(); ++i) EXPECT_TRUE(is_watch(requests[i])) << i;
  EXPECT_EQ(informer.seen(), (Seen{"+a", "+end"}));
}

TEST(InformerDriver, SaysWhatIsWrongUntilItIsRight) {
  std::atomic<bool> allowed{false};
  ScriptedPeer peer([&](int, base::HttpExchange& e) {
    if (!allowed) return test::json(e, 403, status_json(403, "Forbidden", "configmaps is forbidden"));
    if (is_watch(e.request())) return stream(e, {});
    test::json(e, 200, list_json({}, "5"));
  });
  Running informer(peer);
  informer.start();
  ASSERT_TRUE(eventually([&] { return peer.count() > 3; }));
  EXPECT_FALSE(informer.driver.synced());
  EXPECT_EQ(informer.driver.last_error(), "list: configmaps is forbidden");
  EXPECT_EQ(informer.driver.describe(), "ConfigMap in n");
  allowed = true;
  ASSERT_TRUE(informer.driver.wait_synced({}));
  EXPECT_EQ(informer.driver.last_error(), "");
}

TEST(InformerDriver, BeginsWithTheInitialEventsOfAWatch) {
  ScriptedPeer peer([](int, base::HttpExchange& e) {
    EXPECT_EQ(parameter(e.request(), "sendInitialEvents"), "true");
    EXPECT_EQ(parameter(e.request(), "resourceVersionMatch"), "NotOlderThan");
    stream(e, {event_json("ADDED", config_map_json("a", "1")), event_json("ADDED", config_map_json("b", "2")),
               bookmark_json("9", true), event_json("DELETED", config_map_json("a", "10"))});
  });
  Running informer(peer, true);
  informer.start();
  ASSERT_TRUE(eventually([&] { return informer.seen().size() == 3; }));
  EXPECT_EQ(informer.seen(), (Seen{"+a", "+b", "-a"}));
  EXPECT_EQ(peer.count(), 1) << "one request for everything";
}

TEST(InformerDriver, AnInitialObjectMayBeDeletedBeforeTheEnd) {
  ScriptedPeer peer([](int, base::HttpExchange& e) {
    stream(e, {event_json("ADDED", config_map_json("a", "1")), event_json("ADDED", config_map_json("b", "2")),
               event_json("DELETED", config_map_json("a", "3")), event_json("MODIFIED", config_map_json("b", "4")),
               bookmark_json("9", true)});
  });
  Running informer(peer, true);
  informer.start();
  ASSERT_TRUE(informer.driver.wait_synced({}));
  EXPECT_EQ(informer.seen(), Seen{"+b"});
}

// What from_text leaves to the parser arrives all the same, and what neither can read is told.
TEST(InformerDriver, ReadsTypedObjectsFromTextOrAsJson) {
  ScriptedPeer peer([](int, base::HttpExchange& e) {
    stream(e, {event_json("ADDED", settings_json("plain", "1", R"("a\u003cb")")),
               event_json("ADDED", settings_json("pair", "2", R"("\ud83d\ude00")")),
               event_json("ADDED", settings_json("wrong", "3", "1")), bookmark_json("9", true),
               event_json("MODIFIED", settings_json("plain", "10", R"("new")")),
               event_json("MODIFIED", settings_json("pair", "11", "[]")),
               event_json("DELETED", settings_json("plain", "12", R"("new")"))});
  });
  Running informer(peer, true, {detail::decode_and_keep<Settings>, detail::read_and_keep<Settings>});
  informer.start();
  ASSERT_TRUE(eventually([&] { return informer.seen().size() == 4; }));
  EXPECT_EQ(informer.seen(), (Seen{"+pair", "+plain", "~plain", "-plain"}));
  const auto pair = informer.driver.store().get({"n", "pair"});
  ASSERT_TRUE(pair);
  EXPECT_EQ(static_cast<const Settings*>(pair.get())->data.at("key"), "😀") << "the last version that could be read";
  EXPECT_EQ(peer.count(), 1);
  const std::string metrics = informer.metrics.render();
  EXPECT_NE(metrics.find("informer_decode_errors_total{name=\"configmaps\",namespace=\"n\"} 2"), std::string::npos)
      << metrics;
}

TEST(InformerDriver, AServerWithoutInitialEventsIsListed) {
  ScriptedPeer peer([](int, base::HttpExchange& e) {
    if (!parameter(e.request(), "sendInitialEvents").empty())
      return test::json(e, 422, status_json(422, "Invalid", "sendInitialEvents is forbidden for watch"));
    if (is_watch(e.request())) return stream(e, {});
    test::json(e, 200, list_json({config_map_json("a", "1")}, "5"));
  });
  Running informer(peer, true);
  informer.start();
  ASSERT_TRUE(informer.driver.wait_synced({}));
  EXPECT_TRUE(informer.has("a"));
}

TEST(InformerDriver, AHandlerThatThrowsHarmsNobody) {
  ScriptedPeer peer([](int, base::HttpExchange& e) {
    if (is_watch(e.request())) return stream(e, {event_json("ADDED", config_map_json("b", "6"))});
    test::json(e, 200, list_json({config_map_json("a", "1")}, "5"));
  });
  Running informer(peer);
  informer.driver.add_handler(
      [](const ObjectKey&, const AnyObject&, const AnyObject&) { throw std::runtime_error("x"); });
  informer.start();
  ASSERT_TRUE(eventually([&] { return informer.has("b"); }));
  EXPECT_THROW(informer.driver.add_handler({}), std::logic_error) << "too late: it would miss what came before";
}

// A cache that a read would start would be unbounded, and nobody would have decided on it. (k8ssandra-operator#1752)
TEST(Informers, ATypeThatIsNotCachedIsAnErrorAndNotANewCache) {
  ScriptedPeer peer([](int, base::HttpExchange& e) {
    if (is_watch(e.request())) return stream(e, {});
    test::json(e, 200, list_json({}, "5"));
  });
  Client client(peer.config());
  base::ManualClock clock;
  base::MetricsRegistry metrics;
  Informers informers(client, clock, metrics);
  auto& maps = informers.objects(kConfigMap, {.ns = "n"});
  informers.start();
  EXPECT_EQ(&informers.objects(kConfigMap, {.ns = "n"}), &maps) << "this one is there";
  EXPECT_THROW(informers.objects(resources::kSecret, {.ns = "n"}), std::logic_error);
  EXPECT_THROW(informers.objects(kConfigMap, {.ns = "other"}), std::logic_error);
  EXPECT_THROW(informers.objects(kConfigMap, {.ns = "n", .metadata_only = true}), std::logic_error);
  EXPECT_THROW((void)maps.by_index("none", "x"), std::out_of_range);
}

TEST(Informers, ATransformThatThrowsLosesItsObjectOnly) {
  ScriptedPeer peer([](int, base::HttpExchange& e) {
    stream(e, {event_json("ADDED", config_map_json("a", "1")), event_json("ADDED", config_map_json("b", "2")),
               bookmark_json("5", true)});
  });
  Client client(peer.config());
  base::MetricsRegistry metrics;
  Informers informers(client, base::system_clock(), metrics);
  auto& maps = informers.objects(kConfigMap, {.ns = "n", .transform = [](Object& o) {
                                                if (name_of(o) == "a") throw std::runtime_error("no");
                                                o["data"] = {{"seen", "yes"}};
                                              }});
  informers.start();
  ASSERT_TRUE(informers.wait_synced({}));
  EXPECT_EQ(maps.get({"n", "a"}), nullptr);
  ASSERT_NE(maps.get({"n", "b"}), nullptr);
  EXPECT_EQ(string_at(*maps.get({"n", "b"}), "data.seen"), "yes");
}

TEST(Informers, EndAtOnceWhateverTheyWaitFor) {
  std::atomic<int> waiting{0};
  ScriptedPeer peer([&](int, base::HttpExchange& e) {
    ++waiting;
    while (!e.closed().stop_requested()) std::this_thread::yield();
  });
  Client client(peer.config());
  base::MetricsRegistry metrics;
  Informers informers(client, base::system_clock(), metrics);
  informers.objects(kConfigMap, {.ns = "n"});
  informers.objects(resources::kSecret);
  EXPECT_EQ(informers.describe_unsynced(), "ConfigMap in n; Secret");
  informers.start();
  EXPECT_THROW(informers.objects(resources::kPod), std::logic_error) << "not cached is an error, not a new cache";
  ASSERT_TRUE(eventually([&] { return waiting == 2; }));
  std::stop_source stopped;
  stopped.request_stop();
  EXPECT_FALSE(informers.wait_synced(stopped.get_token()));
  const auto begin = std::chrono::steady_clock::now();
  informers.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

}  // namespace
}  // namespace causeway::kube
