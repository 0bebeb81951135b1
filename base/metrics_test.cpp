#include "base/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdexcept>
#include <thread>

namespace causeway::base {
namespace {

using testing::HasSubstr;

TEST(Metrics, TheSameNameAndLabelsAreTheSameMetric) {
  MetricsRegistry registry;
  Counter& one = registry.counter("requests_total", "help", {{"code", "200"}});
  Counter& same = registry.counter("requests_total", "help", {{"code", "200"}});
  Counter& other = registry.counter("requests_total", "help", {{"code", "500"}});
  EXPECT_EQ(&one, &same);
  EXPECT_NE(&one, &other);
  one.add();
  one.add(2);
  EXPECT_EQ(same.value(), 3);
  EXPECT_EQ(other.value(), 0);
}

TEST(Metrics, RenderIsTheTextFormat) {
  MetricsRegistry registry;
  registry.counter("runs_total", "Runs begun.", {{"kind", "a\"b\\c\nd"}}).add(2);
  registry.gauge("depth", "Jobs waiting.").set(4.5);
  registry.gauge("depth", "Jobs waiting.").add(-1);
  Histogram& seconds = registry.histogram("seconds", "How long.", {0.1, 1});
  seconds.observe(0.05);
  seconds.observe(0.5);
  seconds.observe(5);
  const std::string text = registry.render();
  EXPECT_THAT(text, HasSubstr("# HELP runs_total Runs begun.\n# TYPE runs_total counter\n"));
  EXPECT_THAT(text, HasSubstr("runs_total{kind=\"a\\\"b\\\\c\\nd\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE depth gauge\ndepth 3.5\n"));
  EXPECT_THAT(text, HasSubstr("seconds_bucket{le=\"0.1\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("seconds_bucket{le=\"1\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("seconds_bucket{le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("seconds_count 3\n"));
}

TEST(Metrics, ANameHasOneKind) {
  MetricsRegistry registry;
  registry.counter("thing", "help");
  EXPECT_THROW(registry.gauge("thing", "help"), std::logic_error);
}

TEST(Metrics, ManyThreads) {
  MetricsRegistry registry;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 1000; ++n) {
          registry.counter("n", "help", {{"i", std::to_string(n % 5)}}).add();
          if (n % 100 == 0) static_cast<void>(registry.render());
        }
      });
    }
  }
  double sum = 0;
  for (int i = 0; i < 5; ++i) sum += registry.counter("n", "help", {{"i", std::to_string(i)}}).value();
  EXPECT_EQ(sum, 4000);
}

}  // namespace
}  // namespace causeway::base
