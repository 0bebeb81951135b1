#include "kube/runtime/workqueue.hpp"

#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace causeway::kube {
namespace {

using namespace std::chrono_literals;

const ObjectKey kA{"ns", "a"}, kB{"ns", "b"}, kC{"ns", "c"};

// A deadline for what must come by itself; only a defect makes a test wait for it.
std::optional<ObjectKey> get_within(WorkQueue& queue, base::Duration limit = 10s) {
  std::stop_source stop;
  std::jthread watchdog([&](std::stop_token done) {
    if (base::system_clock().sleep_for(limit, done)) stop.request_stop();
  });
  return queue.get(stop.get_token());
}

bool empty(WorkQueue& queue) {
  std::stop_source stopped;
  stopped.request_stop();
  const auto key = queue.get(stopped.get_token());
  return !key && queue.depth() == 0;
}

TEST(WorkQueue, QueuesAKeyOnce) {
  WorkQueue queue("q", base::system_clock());
  queue.add(kA);
  queue.add(kB);
  queue.add(kA);
  EXPECT_EQ(queue.depth(), 2u);
  EXPECT_EQ(get_within(queue), kA);
  EXPECT_EQ(get_within(queue), kB);
  EXPECT_TRUE(empty(queue));
}

TEST(WorkQueue, RunsAKeyOnceMoreThatIsAddedWhileItIsProcessed) {
  WorkQueue queue("q", base::system_clock());
  queue.add(kA);
  ASSERT_EQ(get_within(queue), kA);
  queue.add(kA);
  queue.add(kA);
  queue.add(kB);
  // Not a second time at the same time: the next one is B.
  EXPECT_EQ(get_within(queue), kB);
  queue.done(kA);
  EXPECT_EQ(get_within(queue), kA);
  queue.done(kA);
  queue.done(kB);
  EXPECT_TRUE(empty(queue));
}

TEST(WorkQueue, ServesNewsBeforeTheInitialList) {
  WorkQueue queue("q", base::system_clock());
  queue.add(kA, WorkQueue::Priority::kLow);
  queue.add(kB, WorkQueue::Priority::kLow);
  queue.add(kC);
  queue.add(kB);  // news about it
  EXPECT_EQ(get_within(queue), kC);
  EXPECT_EQ(get_within(queue), kB);
  EXPECT_EQ(get_within(queue), kA);
  EXPECT_TRUE(empty(queue));
}

TEST(WorkQueue, DoesNotStarveTheInitialList) {
  WorkQueue queue("q", base::system_clock());
  queue.add(kA, WorkQueue::Priority::kLow);
  for (int turn = 0; turn < 100; ++turn) {
    queue.add(kB);
    queue.add(kC);
    const auto key = get_within(queue);
    ASSERT_TRUE(key);
    queue.done(*key);
    if (*key == kA) return;
  }
  FAIL() << "a steady stream of news kept the initial object waiting for ever";
}

TEST(WorkQueue, DelaysAndLetsTheEarliestWin) {
  base::ManualClock clock;
  WorkQueue queue("q", clock);
  queue.add_after(kA, 10s);
  queue.add_after(kB, 5s);
  queue.add_after(kA, 20s);  // later: ignored
  queue.add_after(kB, 2s);   // earlier: wins
  EXPECT_TRUE(empty(queue));
  clock.advance(2s);
  EXPECT_EQ(get_within(queue), kB);
  queue.done(kB);
  clock.advance(3s);  // the replaced deadline of B passes
  EXPECT_TRUE(empty(queue));
  clock.advance(5s);
  EXPECT_EQ(get_within(queue), kA);
  queue.done(kA);
  clock.advance(60s);
  EXPECT_TRUE(empty(queue));
}

TEST(WorkQueue, BacksOffPerKeyAndForgets) {
  base::ManualClock clock;
  WorkQueue queue("q", clock);
  base::Duration expected = 5ms;
  for (int failure = 1; failure <= 8; ++failure) {
    queue.add_rate_limited(kA);
    EXPECT_EQ(queue.failures(kA), failure);
    clock.advance(expected - 1ms);
    EXPECT_TRUE(empty(queue)) << "failure " << failure;
    clock.advance(1ms);
    ASSERT_EQ(get_within(queue), kA);
    queue.done(kA);
    expected *= 2;
  }
  queue.forget(kA);
  EXPECT_EQ(queue.failures(kA), 0);
  queue.add_rate_limited(kA);
  clock.advance(5ms);
  EXPECT_EQ(get_within(queue), kA);
}

TEST(WorkQueue, NeverWaitsLongerThanAThousandSeconds) {
  base::ManualClock clock;
  WorkQueue queue("q", clock);
  for (int i = 0; i < 60; ++i) {
    queue.add_rate_limited(kA);
    clock.advance(1000s);
    ASSERT_EQ(get_within(queue), kA) << "failure " << i + 1;
    queue.done(kA);
  }
}

TEST(WorkQueue, LimitsAllKeysTogether) {
  base::ManualClock clock;
  WorkQueue queue("q", clock);
  for (int i = 0; i < 110; ++i) queue.add_rate_limited({"ns", std::to_string(i)});
  clock.advance(5ms);
  // A hundred at once, the others ten a second.
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(get_within(queue)) << i;
  EXPECT_TRUE(empty(queue));
  clock.advance(1s);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(get_within(queue)) << i;
  EXPECT_TRUE(empty(queue));
}

TEST(WorkQueue, NeverGivesAKeyToTwoWorkersAtOnce) {
  WorkQueue queue("q", base::system_clock());
  constexpr int kKeys = 5, kRounds = 400;
  std::atomic<int> busy[kKeys] = {};
  std::atomic<int> runs{0}, overlaps{0};
  std::atomic<int> dirty[kKeys] = {};
  {
    std::vector<std::jthread> workers;
    for (int w = 0; w < 4; ++w) {
      workers.emplace_back([&](std::stop_token stop) {
        while (auto key = queue.get(stop)) {
          const auto i = static_cast<std::size_t>(std::stoi(key->name));
          if (busy[i].fetch_add(1) != 0) overlaps.fetch_add(1);
          dirty[i].store(0);
          runs.fetch_add(1);
          std::this_thread::yield();
          busy[i].fetch_sub(1);
          queue.done(*key);
        }
      });
    }
    for (int r = 0; r < kRounds; ++r) {
      const int i = r % kKeys;
      dirty[i].store(1);
      queue.add({"", std::to_string(i)});
    }
    while (queue.depth() > 0) std::this_thread::yield();
  }
  EXPECT_EQ(overlaps.load(), 0);
  EXPECT_GE(runs.load(), kKeys);
  for (const auto& d : dirty) EXPECT_EQ(d.load(), 0) << "the last addition was not seen";
}

TEST(WorkQueue, WakesEveryWorkerAtTheEnd) {
  WorkQueue queue("q", base::system_clock());
  std::atomic<int> ended{0};
  std::vector<std::jthread> workers;
  for (int w = 0; w < 4; ++w) {
    workers.emplace_back([&] {
      EXPECT_EQ(queue.get({}), std::nullopt);
      ended.fetch_add(1);
    });
  }
  queue.shut_down();
  workers.clear();
  EXPECT_EQ(ended.load(), 4);
  queue.add(kA);
  EXPECT_EQ(queue.get({}), std::nullopt);
}

TEST(WorkQueue, AStoppedWorkerLeavesTheKeyToAnother) {
  WorkQueue queue("q", base::system_clock());
  std::stop_source stopped;
  stopped.request_stop();
  queue.add(kA);
  EXPECT_EQ(queue.get(stopped.get_token()), std::nullopt);
  EXPECT_EQ(get_within(queue), kA);
}

TEST(WorkQueue, CountsAsClientGoDoes) {
  base::ManualClock clock;
  base::MetricsRegistry metrics;
  WorkQueue queue("demo", clock, &metrics);
  const base::Labels labels{{"name", "demo"}, {"controller", "demo"}};
  queue.add(kA);
  queue.add(kB);
  queue.add(kB);
  EXPECT_EQ(metrics.gauge("workqueue_depth", "", labels).value(), 2);
  EXPECT_EQ(metrics.counter("workqueue_adds_total", "", labels).value(), 2);
  ASSERT_EQ(get_within(queue), kA);
  clock.advance(3s);
  queue.refresh_metrics();
  EXPECT_EQ(metrics.gauge("workqueue_unfinished_work_seconds", "", labels).value(), 3);
  EXPECT_EQ(metrics.gauge("workqueue_longest_running_processor_seconds", "", labels).value(), 3);
  queue.done(kA);
  queue.add_rate_limited(kA);
  EXPECT_EQ(metrics.counter("workqueue_retries_total", "", labels).value(), 1);
  const auto text = metrics.render();
  EXPECT_NE(text.find("workqueue_work_duration_seconds_count"), std::string::npos);
  EXPECT_NE(text.find("workqueue_queue_duration_seconds_count"), std::string::npos);
}

}  // namespace
}  // namespace causeway::kube
