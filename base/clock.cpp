#include "base/clock.hpp"

#include <cctype>
#include <cstdint>
#include <cstdio>
#include <iterator>

namespace causeway::base {
namespace {

class SystemClock final : public Clock {
 public:
  WallTime wall() const override { return std::chrono::system_clock::now(); }
  SteadyTime steady() const override { return std::chrono::steady_clock::now(); }

  bool sleep_until(SteadyTime deadline, std::stop_token stop) const override {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_until(lock, stop, deadline, [] { return false; });
    return !stop.stop_requested();
  }
};

// One reader of digits and separators over the text of a time stamp.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  // Exactly `width` digits.
  bool number(int width, int& out) {
    if (rest_.size() < static_cast<std::size_t>(width)) return false;
    out = 0;
    for (int i = 0; i < width; ++i) {
      const char c = rest_[static_cast<std::size_t>(i)];
      if (c < '0' || c > '9') return false;
      out = out * 10 + (c - '0');
    }
    rest_.remove_prefix(static_cast<std::size_t>(width));
    return true;
  }
  bool one_of(std::string_view set, char& out) {
    if (rest_.empty() || set.find(rest_.front()) == std::string_view::npos) return false;
    out = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }
  bool literal(char c) {
    char ignored;
    return one_of(std::string_view(&c, 1), ignored);
  }
  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

struct DateAndTime {
  std::chrono::sys_days day;
  std::chrono::hh_mm_ss<std::chrono::microseconds> time;
  std::chrono::year_month_day date;
};

DateAndTime split(WallTime t) {
  const auto micros = std::chrono::floor<std::chrono::microseconds>(t);
  const auto day = std::chrono::floor<std::chrono::days>(micros);
  return DateAndTime{day, std::chrono::hh_mm_ss<std::chrono::microseconds>(micros - day),
                     std::chrono::year_month_day(day)};
}

std::string format(WallTime t, bool micros) {
  const DateAndTime parts = split(t);
  char text[64];
  int n = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(parts.date.year()),
                        static_cast<unsigned>(parts.date.month()), static_cast<unsigned>(parts.date.day()),
                        static_cast<int>(parts.time.hours().count()), static_cast<int>(parts.time.minutes().count()),
                        static_cast<int>(parts.time.seconds().count()));
  std::string out(text, static_cast<std::size_t>(n));
  if (micros) {
    n = std::snprintf(text, sizeof text, ".%06d", static_cast<int>(parts.time.subseconds().count()));
    out.append(text, static_cast<std::size_t>(n));
  }
  out += 'Z';
  return out;
}

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

ManualClock::ManualClock(WallTime start) : wall_(start) {}

WallTime ManualClock::wall() const {
  const std::lock_guard lock(mutex_);
  return wall_;
}

SteadyTime ManualClock::steady() const {
  const std::lock_guard lock(mutex_);
  return steady_;
}

bool ManualClock::sleep_until(SteadyTime deadline, std::stop_token stop) const {
  std::unique_lock lock(mutex_);
  const auto mine = deadlines_.insert(deadline);
  changed_.notify_all();
  changed_.wait(lock, stop, [&] { return steady_ >= deadline; });
  deadlines_.erase(mine);
  return !stop.stop_requested();
}

void ManualClock::advance(Duration d) {
  {
    const std::lock_guard lock(mutex_);
    wall_ += std::chrono::duration_cast<WallTime::duration>(d);
    steady_ += d;
  }
  changed_.notify_all();
}

void ManualClock::set_wall(WallTime t) {
  const std::lock_guard lock(mutex_);
  wall_ = t;
}

std::size_t ManualClock::sleepers() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::distance(deadlines_.upper_bound(steady_), deadlines_.end()));
}

std::string format_time(WallTime t) {
  return format(t, false);
}
std::string format_micro_time(WallTime t) {
  return format(t, true);
}

Result<WallTime> parse_time(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return Error{ErrorCode::kInvalidArgument, "\"" + std::string(text.substr(0, 64)) + "\" is not an RFC 3339 time (" +
                                                  std::string(why) + "); expected for example 2026-11-24T10:00:00Z"};
  };
  Cursor in(text);
  int year, month, day, hour, minute, second;
  char c;
  if (!in.number(4, year) || !in.literal('-') || !in.number(2, month) || !in.literal('-') || !in.number(2, day)) {
    return refuse("the date");
  }
  if (!in.one_of("Tt", c)) return refuse("no T after the date");
  if (!in.number(2, hour) || !in.literal(':') || !in.number(2, minute) || !in.literal(':') || !in.number(2, second)) {
    return refuse("the time of day");
  }
  std::int64_t nanos = 0;
  if (in.literal('.')) {
    int digits = 0, digit;
    while (in.number(1, digit)) {
      if (digits < 9) nanos = nanos * 10 + digit;
      ++digits;
    }
    if (digits == 0) return refuse("no digits after the point");
    for (; digits < 9; ++digits) nanos *= 10;
  }
  int offset_minutes = 0;
  if (!in.one_of("Zz", c)) {
    int hours, minutes;
    if (!in.one_of("+-", c) || !in.number(2, hours) || !in.literal(':') || !in.number(2, minutes) || hours > 23 ||
        minutes > 59) {
      return refuse("the offset");
    }
    offset_minutes = (c == '-' ? -1 : 1) * (hours * 60 + minutes);
  }
  if (!in.done()) return refuse("text after the offset");

  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return refuse("no such day");
  // 60 is a leap second (RFC 3339, 5.7); our clocks have none, so it is the second after.
  if (hour > 23 || minute > 59 || second > 60) return refuse("no such time of day");
  const std::chrono::sys_seconds at = std::chrono::sys_days(date) + std::chrono::hours(hour) +
                                      std::chrono::minutes(minute - offset_minutes) + std::chrono::seconds(second);
  // WallTime counts nanoseconds in 64 bits.
  const auto limit = std::chrono::floor<std::chrono::seconds>(WallTime::max()) - std::chrono::seconds(1);
  const auto floor = std::chrono::ceil<std::chrono::seconds>(WallTime::min()) + std::chrono::seconds(1);
  if (at > limit || at < floor) return refuse("outside the years 1678 to 2261");
  return WallTime(at) + std::chrono::duration_cast<WallTime::duration>(std::chrono::nanoseconds(nanos));
}

}  // namespace causeway::base
