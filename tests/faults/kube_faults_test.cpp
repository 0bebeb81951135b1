// The client library on a network, and before an API server, that fail in every way they know.

#include <mutex>
#include <random>
#include <thread>

#include "kube/runtime/informer_driver.hpp"
#include "kube/runtime/informers.hpp"
#include "kube/runtime/manager.hpp"
#include "tests/faults/fault_proxy.hpp"
#include "tests/integration/kube_fixture.hpp"

namespace causeway::kube {
namespace {

using namespace std::chrono_literals;
using causeway::test::Fault;
using causeway::test::FaultProxy;
using causeway::test::status_answer;
using resources::kConfigMap;

bool is_watch(const base::HttpRequest& request) {
  return base::query_parameter(request.query(), "watch") == "true";
}

// The request with another value of a parameter that it has.
void set_parameter(base::HttpRequest& request, const std::string& name, const std::string& value) {
  const auto at = request.target.find(name + "=");
  if (at == std::string::npos) return;
  const auto begin = at + name.size() + 1;
  request.target.replace(begin, std::min(request.target.find('&', begin), request.target.size()) - begin, value);
}

// An informer that does not wait: its clock jumps. Silence on the network takes real time.
class Follower {
 public:
  Follower(const ClientConfig& config, const std::string& ns, ReflectorOptions options)
      : client_(config), driver(client_, clock_, metrics_, kConfigMap, {.ns = ns}, {detail::keep}, options) {
    driver.add_handler([this](const ObjectKey& key, const AnyObject&, const AnyObject& now) {
      std::lock_guard lock(mutex_);
      if (now) {
        told_[key.name] = resource_version_of(*std::static_pointer_cast<const Object>(now));
      } else {
        told_.erase(key.name);
      }
    });
    thread_ = std::jthread([this](std::stop_token stop) { driver.run(stop); });
    skipper_ = std::jthread([this](std::stop_token stop) {
      while (!stop.stop_requested()) {
        if (clock_.sleepers() > 0) clock_.advance(1min);
        std::this_thread::yield();
      }
    });
  }
  ~Follower() {
    thread_.request_stop();
    thread_.join();
  }

  using Versions = std::map<std::string, std::string>;
  Versions held() {
    Versions versions;
    for (const auto& object : driver.store().list("")) {
      const auto& o = *std::static_pointer_cast<const Object>(object);
      versions[std::string(name_of(o))] = resource_version_of(o);
    }
    return versions;
  }
  Versions told() {  // what somebody knows who has only listened to the handler
    std::lock_guard lock(mutex_);
    return told_;
  }

 private:
  Client client_;
  base::ManualClock clock_;
  base::MetricsRegistry metrics_;
  std::mutex mutex_;
  Versions told_;

 public:
  InformerDriver driver;

 private:
  std::jthread skipper_, thread_;
};

class KubeFaults : public KubeTest {
 protected:
  void create(const std::string& name) {
    auto made = client->create(kConfigMap, config_map(ns, name));
    ASSERT_TRUE(made.ok()) << made.error().message;
  }
  Follower::Versions on_server() {
    Follower::Versions versions;
    auto page = client->list(kConfigMap, ns);
    EXPECT_TRUE(page.ok()) << page.error().message;
    if (page)
      for (const auto& item : page->items) versions[std::string(name_of(item))] = resource_version_of(item);
    return versions;
  }
};

TEST_F(KubeFaults, AThrottledWriteIsMadeOnce) {
  FaultProxy proxy(config, [](int number, base::HttpRequest&) {
    return number < 3 ? Fault{.answer = status_answer(429, "TooManyRequests", 0)} : Fault{};
  });
  EXPECT_TRUE(Client(proxy.config()).create(kConfigMap, config_map(ns, "a")).ok());
  EXPECT_EQ(proxy.count(), 3);
}

// The worst moment: it was done, and the answer is lost.
TEST_F(KubeFaults, AWriteOfUnknownOutcomeIsTheCallersToDecide) {
  FaultProxy proxy(config, [](int number, base::HttpRequest&) {
    if (number == 1) return Fault{.cut_after = 20};
    if (number == 2) return Fault{.answer = status_answer(504, "Timeout"), .done_nevertheless = true};
    return Fault{};
  });
  Client through(proxy.config());
  const auto cut = through.create(kConfigMap, config_map(ns, "cut"));
  ASSERT_FALSE(cut.ok());
  EXPECT_TRUE(cut.error().unanswered() && cut.error().transient()) << cut.error().message;
  const auto timed_out = through.create(kConfigMap, config_map(ns, "timeout"));
  ASSERT_FALSE(timed_out.ok());
  EXPECT_EQ(timed_out.error().code, 504);
  EXPECT_EQ(proxy.count(), 2) << "neither is tried again behind the caller's back";
  // Both were done: who tries again is told so.
  EXPECT_TRUE(through.create(kConfigMap, config_map(ns, "cut")).error().already_exists());
  EXPECT_TRUE(through.create(kConfigMap, config_map(ns, "timeout")).error().already_exists());
}

TEST_F(KubeFaults, AServerThatIsTooSlowIsGivenUpAndReadAgain) {
  FaultProxy proxy(config, [](int number, base::HttpRequest&) { return Fault{.delay = number == 1 ? 1h : 50ms}; });
  auto impatient = proxy.config();
  impatient.timeout = 500ms;
  Client through(impatient);
  const auto slow = through.create(kConfigMap, config_map(ns, "a"));
  ASSERT_FALSE(slow.ok());
  EXPECT_EQ(slow.error().transport, base::ErrorCode::kTimeout) << slow.error().message;
  EXPECT_TRUE(through.list(kConfigMap, ns).ok());
}

// A server that has been up for a while forgets the version whose pages are being read; a young one has all of it in
// memory.
TEST_F(KubeFaults, PagesThatExpireBecomeAFullList) {
  for (int i = 0; i < 6; ++i) create("c" + std::to_string(i));
  std::atomic<int> continued{0}, full{0};
  FaultProxy proxy(config, [&](int, base::HttpRequest& request) {
    if (is_watch(request)) return Fault{};
    if (base::query_parameter(request.query(), "continue"))
      return ++continued == 2 ? Fault{.answer = status_answer(410, "Expired")} : Fault{};
    if (!base::query_parameter(request.query(), "limit")) ++full;
    // "0" would be answered in one piece out of the server's cache.
    set_parameter(request, "resourceVersion", "");
    return Fault{};
  });
  Follower follower(proxy.config(), ns, {.watch_list = false, .page_size = 2});
  EXPECT_TRUE(eventually([&] { return follower.held() == on_server(); }));
  EXPECT_EQ(continued, 2);
  EXPECT_EQ(full, 1);
}

// What the real server answers to a version that it does not have yet.
TEST_F(KubeFaults, AVersionTooOldOrTooNewEndsInTheRightContent) {
  create("a");
  std::atomic<int> watches{0}, lists{0};
  FaultProxy proxy(config, [&](int, base::HttpRequest& request) {
    if (is_watch(request)) return ++watches == 1 ? Fault{.answer = status_answer(410, "Expired")} : Fault{};
    if (++lists == 2) set_parameter(request, "resourceVersion", "999999999999");
    return Fault{};
  });
  Follower follower(proxy.config(), ns, {.watch_list = false});
  ASSERT_TRUE(eventually([&] { return watches >= 2; }));
  EXPECT_EQ(lists, 3) << "first; at the last seen, which was not there yet; at the most recent";
  create("b");
  EXPECT_TRUE(eventually([&] { return follower.held() == on_server(); }));
  EXPECT_EQ(follower.told(), follower.held());
}

TEST_F(KubeFaults, AWatchThatDiesSilentlyIsNoticedAndGoesOn) {
  create("a");
  std::atomic<int> watches{0};
  FaultProxy proxy(config, [&](int, base::HttpRequest& request) {
    return is_watch(request) && ++watches == 1 ? Fault{.silent_after = 0} : Fault{};
  });
  Follower follower(proxy.config(), ns, {.watch_list = false, .shortest_watch = 1s});
  ASSERT_TRUE(eventually([&] { return watches == 1; }));
  create("b");
  EXPECT_TRUE(eventually([&] { return follower.held() == on_server(); })) << "nobody told that b was made";
  // What it holds may be of a list, which comes before the watch.
  EXPECT_TRUE(eventually([&] { return watches >= 2; }));
}

// Nearly every request fails, each in its own way, while everything changes.
TEST_F(KubeFaults, AnInformerHoldsTheTruthAfterAStorm) {
  std::mutex mutex;
  std::mt19937 random(20261125);
  const auto roll = [&](int below) {
    std::lock_guard lock(mutex);
    return static_cast<std::size_t>(std::uniform_int_distribution<int>(0, below - 1)(random));
  };
  for (const bool watch_list : {true, false}) {
    FaultProxy proxy(config, [&](int, base::HttpRequest&) -> Fault {
      switch (roll(14)) {
        case 0:
          return {.answer = status_answer(429, "TooManyRequests", 1)};
        case 1:
          return {.answer = status_answer(500, "InternalError")};
        case 2:
          return {.answer = status_answer(504, "Timeout")};
        case 3:
          return {.answer = status_answer(410, "Expired")};
        case 4:
          return {.answer = base::text_response(502, "<html>bad gateway</html>", "text/html")};
        case 5:
        case 6:
        case 7:
          return {.cut_after = roll(1000)};
        case 8:
          return {.delay = std::chrono::milliseconds(roll(50)), .cut_after = 500 + roll(4000)};
        default:
          // Most watches would go on for ever: each ends somewhere.
          return {.cut_after = 500 + roll(4000)};
      }
    });
    Follower follower(proxy.config(), ns, {.watch_list = watch_list, .page_size = 7});
    // A machine with much to do makes few requests in the time of many writes.
    for (int i = 0; i < 200 || (proxy.count() <= 20 && i < 5000); ++i) {
      const auto name = "c" + std::to_string(roll(40));
      if (roll(3) == 0) {
        ASSERT_TRUE(client->remove(kConfigMap, ns, name).ok());
      } else {
        auto put = client->apply(kConfigMap, config_map(ns, name, std::to_string(i)), {.force = true});
        ASSERT_TRUE(put.ok()) << put.error().message;
      }
    }
    proxy.stop_faults();
    EXPECT_TRUE(eventually([&] { return follower.held() == on_server(); }, 60s)) << proxy.count() << " requests";
    EXPECT_EQ(follower.told(), follower.held()) << "handlers were told of every change";
    EXPECT_GT(proxy.count(), 20) << "that was no storm";
  }
}

// A whole controller, with its lease, through the same weather.
TEST_F(KubeFaults, AControllerEndsInTheRightStateAfterAStorm) {
  std::atomic<unsigned> dice{1};
  FaultProxy proxy(config, [&](int, base::HttpRequest& request) -> Fault {
    const auto roll = ((dice.fetch_add(1) * 2654435761u) >> 24) % 16;
    if (roll == 0) return {.answer = status_answer(429, "TooManyRequests", 0)};
    if (roll == 1) return {.answer = status_answer(500, "InternalError")};
    if (roll == 2 && request.method != "GET")
      return {.answer = status_answer(504, "Timeout"), .done_nevertheless = true};
    if (roll == 3) return {.cut_after = 10};
    return {};
  });
  Manager manager({.name = "test",
                   .config = proxy.config(),
                   .leader = LeaseOptions{.ns = ns, .name = "storm", .identity = "me"},
                   .listen = ""});
  auto& sources = manager.objects(kConfigMap, {.ns = ns, .label_selector = "role=source"});
  auto& controller = manager.controller({.name = "copy"}, [&](const ObjectKey& key, std::stop_token) {
    const auto source = sources.get(key);
    if (!source) return ReconcileResult::done();
    auto copy = config_map(key.ns, key.name + "-copy", string_at(*source, "data.value"));
    auto applied = manager.client().apply(kConfigMap, copy, {.force = true});
    return applied ? ReconcileResult::done() : ReconcileResult::failed(applied.error());
  });
  controller.watch(sources);
  std::jthread running([&](std::stop_token stop) {
    const auto ended = manager.run(stop);
    EXPECT_TRUE(ended.ok()) << ended.error().message;
  });
  for (int i = 0; i < 40; ++i) {
    auto source = config_map(ns, "s" + std::to_string(i % 20), std::to_string(i));
    set_at(source, "metadata.labels", Object{{"role", "source"}});
    auto put = client->apply(kConfigMap, source, {.force = true});
    ASSERT_TRUE(put.ok()) << put.error().message;
  }
  EXPECT_TRUE(eventually(
      [&] {
        for (int i = 20; i < 40; ++i) {
          auto copy = client->get(kConfigMap, ns, "s" + std::to_string(i % 20) + "-copy");
          if (!copy || string_at(*copy, "data.value") != std::to_string(i)) return false;
        }
        return true;
      },
      60s));
}

}  // namespace
}  // namespace causeway::kube
