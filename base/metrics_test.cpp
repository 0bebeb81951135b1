#include "base/metrics.hpp"

#include <cmath>
#include <ctime>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdexcept>
#include <thread>

namespace causeway::base {
namespace {

using testing::HasSubstr;
using testing::Not;

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

TEST(Metrics, AGaugeThatIsNotANumberIsLeftOut) {
  MetricsRegistry registry;
  registry.gauge("age", "Of a thing.", {{"thing", "a"}}).set(1);
  registry.gauge("age", "Of a thing.", {{"thing", "b"}}).set(std::nan(""));
  registry.gauge("other", "Gone as a whole.").set(std::nan(""));
  const auto text = registry.render();
  EXPECT_THAT(text, HasSubstr("# TYPE age gauge\nage{thing=\"a\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("thing=\"b\"")));
  EXPECT_THAT(text, Not(HasSubstr("other")));
  registry.gauge("age", "Of a thing.", {{"thing", "b"}}).set(2);
  EXPECT_THAT(registry.render(), HasSubstr("age{thing=\"b\"} 2\n"));
}

TEST(Metrics, ANameHasOneKind) {
  MetricsRegistry registry;
  registry.counter("thing", "help");
  EXPECT_THROW(registry.gauge("thing", "help"), std::logic_error);
}

// The value of a metric without labels.
double value_in(const std::string& text, const std::string& name) {
  const auto at = text.find("\n" + name + " ");
  return at == text.npos ? -1 : std::stod(text.substr(at + name.size() + 2));
}

TEST(Metrics, TellsOfTheProcess) {
  const auto text = MetricsRegistry().render();
  EXPECT_GT(value_in(text, "process_resident_memory_bytes"), 1e6);
  EXPECT_GT(value_in(text, "process_virtual_memory_bytes"), value_in(text, "process_resident_memory_bytes"));
  EXPECT_GE(value_in(text, "process_cpu_seconds_total"), 0);
  EXPECT_GE(value_in(text, "process_open_fds"), 3);
  EXPECT_GE(value_in(text, "process_max_fds"), value_in(text, "process_open_fds"));
  const double age = static_cast<double>(std::time(nullptr)) - value_in(text, "process_start_time_seconds");
  EXPECT_GE(age, -1);
  EXPECT_LT(age, 3600);
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
