#include "kube/runtime/controller_impl.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "base/log.hpp"

namespace causeway::kube {
namespace {

using namespace std::chrono_literals;

const ObjectKey kKey{"ns", "a"};

bool eventually(const std::function<bool()>& done) {
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

class ControllerTest : public ::testing::Test {
 protected:
  ControllerImpl& controller(Controller::Reconcile reconcile, std::size_t workers = 1) {
    controller_.emplace(ControllerOptions{.name = "c", .workers = workers}, std::move(reconcile), clock, metrics);
    return *controller_;
  }
  double result(const char* name) {
    return metrics.counter("controller_runtime_reconcile_total", "", {{"controller", "c"}, {"result", name}}).value();
  }
  double count(const char* name) { return metrics.counter(name, "", {{"controller", "c"}}).value(); }
  // Idle: nothing queued, nobody working.
  bool idle() {
    return metrics.gauge("controller_runtime_active_workers", "", {{"controller", "c"}}).value() == 0 &&
           metrics.gauge("workqueue_depth", "", {{"name", "c"}, {"controller", "c"}}).value() == 0;
  }

  base::ManualClock clock;
  base::MetricsRegistry metrics;
  std::atomic<int> runs{0};
  std::optional<ControllerImpl> controller_;
};

TEST_F(ControllerTest, WaitsForItsStart) {
  auto& c = controller([&](const ObjectKey&, std::stop_token) {
    ++runs;
    return ReconcileResult::done();
  });
  c.enqueue(kKey, false);
  EXPECT_EQ(runs, 0);
  c.start();
  EXPECT_TRUE(eventually([&] { return result("success") == 1; }));
  EXPECT_EQ(metrics.gauge("controller_runtime_max_concurrent_reconciles", "", {{"controller", "c"}}).value(), 1);
}

TEST_F(ControllerTest, AnErrorComesAgainWithBackoffAndSuccessForgetsIt) {
  std::atomic<bool> fails{true};
  auto& c = controller([&](const ObjectKey&, std::stop_token) {
    ++runs;
    return fails ? ReconcileResult::failed(std::string("no")) : ReconcileResult::done();
  });
  c.start();
  c.enqueue(kKey, false);
  base::Duration delay = 5ms;
  for (int failure = 1; failure < 6; ++failure) {
    ASSERT_TRUE(eventually([&] { return runs == failure && idle(); }));
    clock.advance(delay - 1ms);
    EXPECT_EQ(runs, failure);
    fails = failure < 5;
    clock.advance(1ms);
    delay *= 2;
  }
  ASSERT_TRUE(eventually([&] { return result("success") == 1; }));
  EXPECT_EQ(count("controller_runtime_reconcile_errors_total"), 5);
  clock.advance(1h);
  EXPECT_TRUE(eventually([&] { return idle(); }));
  EXPECT_EQ(runs, 6);
  fails = true;
  c.enqueue(kKey, false);
  ASSERT_TRUE(eventually([&] { return runs == 7 && idle(); }));
  clock.advance(5ms);
  EXPECT_TRUE(eventually([&] { return runs == 8; })) << "the back-off begins anew after a success";
}

TEST_F(ControllerTest, ATerminalErrorDoesNotComeAgain) {
  auto& c = controller([&](const ObjectKey&, std::stop_token) {
    ++runs;
    return ReconcileResult::stalled("the spec is wrong");
  });
  c.start();
  c.enqueue(kKey, false);
  ASSERT_TRUE(eventually([&] { return count("controller_runtime_terminal_reconcile_errors_total") == 1 && idle(); }));
  clock.advance(1h);
  EXPECT_TRUE(idle());
  c.enqueue(kKey, false);
  EXPECT_TRUE(eventually([&] { return runs == 2; })) << "a change of the object does bring it back";
}

TEST_F(ControllerTest, RequeueAfterComesAtItsTime) {
  auto& c = controller([&](const ObjectKey&, std::stop_token) {
    return ++runs == 1 ? ReconcileResult::after(30s) : ReconcileResult::done();
  });
  c.start();
  c.enqueue(kKey, false);
  ASSERT_TRUE(eventually([&] { return result("requeue_after") == 1 && idle(); }));
  clock.advance(29s);
  EXPECT_EQ(runs, 1);
  clock.advance(1s);
  EXPECT_TRUE(eventually([&] { return runs == 2; }));
}

TEST_F(ControllerTest, AnExceptionIsAnErrorLikeAnyOther) {
  auto& c = controller([&](const ObjectKey&, std::stop_token) -> ReconcileResult {
    if (++runs == 1) throw std::runtime_error("oops");
    if (runs == 2) throw 3;
    return ReconcileResult::done();
  });
  c.start();
  c.enqueue(kKey, false);
  ASSERT_TRUE(eventually([&] { return runs == 1 && idle(); }));
  clock.advance(5ms);
  ASSERT_TRUE(eventually([&] { return runs == 2 && idle(); }));
  clock.advance(10ms);
  ASSERT_TRUE(eventually([&] { return result("success") == 1; }));
  EXPECT_EQ(count("controller_runtime_reconcile_panics_total"), 2);
}

TEST_F(ControllerTest, AReconcileIsASpanOfTheChangeItBelongsTo) {
  const base::trace::Context change{std::string(32, 'a'), std::string(16, 'b')};
  std::mutex mutex;
  std::vector<base::trace::SpanData> spans;
  const auto collect = [&](base::trace::SpanData span) {
    const std::lock_guard lock(mutex);
    spans.push_back(std::move(span));
  };
  base::trace::set_sink(std::make_shared<const base::trace::Sink>(collect));
  controller_.emplace(
      ControllerOptions{.name = "c",
                        .workers = 1,
                        .trace_parent = [&](const ObjectKey& key) -> std::optional<base::trace::Context> {
                          if (key == kKey) return change;
                          return std::nullopt;
                        }},
      [&](const ObjectKey& key, std::stop_token) {
        return key == kKey ? ReconcileResult::stalled("wrong") : ReconcileResult::done();
      },
      clock, metrics);
  controller_->enqueue(kKey, false);
  controller_->enqueue({"ns", "b"}, false);
  controller_->start();
  EXPECT_TRUE(eventually([&] {
    const std::lock_guard lock(mutex);
    return spans.size() == 2;
  }));
  controller_.reset();
  base::trace::set_sink(nullptr);
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].name, "reconcile c");
  EXPECT_EQ(spans[0].context.trace_id, change.trace_id);
  EXPECT_EQ(spans[0].parent_span_id, change.span_id);
  EXPECT_EQ(spans[0].attributes.at("causeway.object").as_string(), "ns/a");
  EXPECT_EQ(spans[0].error, "wrong");
  EXPECT_EQ(spans[1].parent_span_id, "") << "no change is under way: a trace of its own";
  EXPECT_EQ(spans[1].error, "");
}

TEST_F(ControllerTest, LinesOfAReconcileTellWhatTheyAreAbout) {
  testing::internal::CaptureStderr();
  auto& c = controller([&](const ObjectKey&, std::stop_token) {
    base::log::info("said inside");
    return ReconcileResult::done();
  });
  c.start();
  c.enqueue(kKey, false);
  const bool done = eventually([&] { return result("success") == 1; });
  c.request_stop();
  c.join();
  const auto text = testing::internal::GetCapturedStderr();
  ASSERT_TRUE(done);
  const auto line = boost::json::parse(text.substr(0, text.find('\n'))).as_object();
  EXPECT_EQ(line.at("msg"), "said inside");
  EXPECT_EQ(line.at("controller"), "c");
  EXPECT_EQ(line.at("object"), "ns/a");
  EXPECT_EQ(line.at("reconcile_id").as_string().size(), 12u);
}

TEST_F(ControllerTest, StopsAfterTheReconcileItIsIn) {
  std::atomic<bool> inside{false}, saw_stop{false};
  auto& c = controller([&](const ObjectKey&, std::stop_token stop) {
    inside = true;
    while (!stop.stop_requested()) std::this_thread::yield();
    saw_stop = true;
    return ReconcileResult::failed(std::string("cut off"));
  });
  c.start();
  c.enqueue(kKey, false);
  c.enqueue({"ns", "b"}, false);
  ASSERT_TRUE(eventually([&] { return inside.load(); }));
  c.request_stop();
  c.join();
  EXPECT_TRUE(saw_stop);
  EXPECT_EQ(result("error"), 1) << "the second key was not begun";
}

}  // namespace
}  // namespace causeway::kube
