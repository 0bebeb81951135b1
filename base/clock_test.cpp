#include "base/clock.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <random>
#include <thread>

namespace causeway::base {
namespace {

using namespace std::chrono_literals;

WallTime at(std::chrono::sys_seconds t, std::chrono::microseconds more = {}) {
  return WallTime(t) + more;
}

TEST(FormatTime, IsRfc3339InUtc) {
  const auto day = std::chrono::sys_days(std::chrono::year(2026) / 11 / 24);
  EXPECT_EQ(format_time(at(day + 10h)), "2026-11-24T10:00:00Z");
  EXPECT_EQ(format_micro_time(at(day + 10h, 42us)), "2026-11-24T10:00:00.000042Z");
  EXPECT_EQ(format_time(at(day + 10h, 999'999us)), "2026-11-24T10:00:00Z");
  EXPECT_EQ(format_micro_time(WallTime() - 1us), "1969-12-31T23:59:59.999999Z");
}

TEST(ParseTime, TakesEveryFormOfTheStandard) {
  const auto expected = at(std::chrono::sys_days(std::chrono::year(2026) / 2 / 28) + 23h + 59min + 58s);
  for (const char* text : {"2026-02-28T23:59:58Z", "2026-02-28t23:59:58z", "2026-02-28T23:59:58.000Z",
                           "2026-03-01T01:59:58+02:00", "2026-02-28T18:29:58-05:30", "2026-02-28T23:59:58+00:00"}) {
    const auto parsed = parse_time(text);
    ASSERT_TRUE(parsed.ok()) << text << ": " << parsed.error().message;
    EXPECT_EQ(*parsed, expected) << text;
  }
  EXPECT_EQ(*parse_time("1970-01-01T00:00:00.123456789Z"), WallTime(123456789ns));
  EXPECT_EQ(*parse_time("1970-01-01T00:00:00.1234567899999Z"), WallTime(123456789ns));
  EXPECT_EQ(*parse_time("2024-02-29T00:00:00Z"), at(std::chrono::sys_days(std::chrono::year(2024) / 2 / 29)));
  EXPECT_EQ(*parse_time("2016-12-31T23:59:60Z"), *parse_time("2017-01-01T00:00:00Z")) << "a leap second";
}

TEST(ParseTime, RefusesWhatIsNot) {
  for (const char* text : {"",
                           "2026",
                           "2026-11-24",
                           "2026-11-24T10:00:00",
                           "2026-11-24 10:00:00Z",
                           "2026-11-24T10:00Z",
                           "2026-11-24T10:00:00.Z",
                           "2026-11-24T10:00:00+0200",
                           "2026-11-24T10:00:00Z ",
                           " 2026-11-24T10:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-02-29T00:00:00Z",
                           "2026-11-31T00:00:00Z",
                           "2026-11-24T24:00:00Z",
                           "2026-11-24T10:60:00Z",
                           "2026-11-24T10:00:61Z",
                           "2026-11-24T10:00:00+24:00",
                           "2026-11-24T10:00:00+01:60",
                           "+026-11-24T10:00:00Z",
                           "2026-1a-24T10:00:00Z",
                           "0001-01-01T00:00:00Z",
                           "9999-12-31T23:59:59Z"}) {
    const auto parsed = parse_time(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(parsed.error().message.find("RFC 3339"), std::string::npos) << parsed.error().message;
  }
}

TEST(ParseTime, IsTheInverseOfFormat) {
  std::mt19937_64 random(20261124);
  std::uniform_int_distribution<std::int64_t> micros(-9'000'000'000'000'000, 9'000'000'000'000'000);
  for (int i = 0; i < 20'000; ++i) {
    const WallTime t{std::chrono::microseconds(micros(random))};
    const auto again = parse_time(format_micro_time(t));
    ASSERT_TRUE(again.ok()) << format_micro_time(t);
    ASSERT_EQ(*again, t) << format_micro_time(t);
    ASSERT_EQ(*parse_time(format_time(t)), std::chrono::floor<std::chrono::seconds>(t));
  }
}

TEST(ParseTime, NeverFailsOnMutatedTextOtherThanByAnError) {
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string text = "2026-11-24T10:00:00.000000+02:00";
    for (int edits = 0; edits < 3; ++edits) text[random() % text.size()] = static_cast<char>(random() % 128);
    if (const auto parsed = parse_time(text); parsed.ok()) {
      EXPECT_EQ(*parse_time(format_micro_time(*parsed)), std::chrono::floor<std::chrono::microseconds>(*parsed));
    }
  }
}

TEST(SystemClock, SleepsUntilTheDeadlineAndNotLessThanThat) {
  const Clock& clock = system_clock();
  const auto deadline = clock.steady() + 5ms;
  EXPECT_TRUE(clock.sleep_until(deadline, {}));
  EXPECT_GE(clock.steady(), deadline);
}

TEST(SystemClock, AStopEndsTheSleep) {
  std::stop_source stop;
  const auto begin = std::chrono::steady_clock::now();
  std::jthread other([&] { stop.request_stop(); });
  EXPECT_FALSE(system_clock().sleep_for(1h, stop.get_token()));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 60s);
}

TEST(SystemClock, AVeryLongSleepDoesNotEndAtOnce) {
  std::stop_source stop;
  std::atomic<bool> ended{false};
  std::thread sleeper([&] {
    EXPECT_FALSE(system_clock().sleep_for(Duration::max(), stop.get_token()));
    ended = true;
  });
  std::this_thread::yield();
  EXPECT_FALSE(ended);
  stop.request_stop();
  sleeper.join();
}

TEST(ManualClock, StandsStillUntilAdvanced) {
  ManualClock clock;
  const auto wall = clock.wall();
  const auto steady = clock.steady();
  clock.advance(3s);
  EXPECT_EQ(clock.wall(), wall + 3s);
  EXPECT_EQ(clock.steady(), steady + 3s);
  clock.set_wall(wall - 24h);
  EXPECT_EQ(clock.wall(), wall - 24h);
  EXPECT_EQ(clock.steady(), steady + 3s) << "a jump of the wall clock moves no deadline";
}

TEST(ManualClock, WakesSleepersWhenTheirTimeHasCome) {
  ManualClock clock;
  bool slept = false;
  std::thread sleeper([&] { slept = clock.sleep_for(10s, {}); });
  while (clock.sleepers() == 0) std::this_thread::yield();
  clock.advance(9s);
  EXPECT_EQ(clock.sleepers(), 1u);
  clock.advance(1s);
  EXPECT_EQ(clock.sleepers(), 0u) << "whether it has run by now or not";
  sleeper.join();
  EXPECT_TRUE(slept);
  EXPECT_EQ(clock.sleepers(), 0u);
}

TEST(ManualClock, AStopEndsTheSleep) {
  ManualClock clock;
  std::stop_source stop;
  bool slept = true;
  std::thread sleeper([&] { slept = clock.sleep_for(10s, stop.get_token()); });
  while (clock.sleepers() == 0) std::this_thread::yield();
  stop.request_stop();
  sleeper.join();
  EXPECT_FALSE(slept);
}

}  // namespace
}  // namespace causeway::base
