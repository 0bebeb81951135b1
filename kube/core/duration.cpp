// metav1.Duration: the syntax of Go's time.ParseDuration and the text of its Duration.String.

#include <array>
#include <limits>
#include <utility>

#include "kube/core/quantity.hpp"

namespace causeway::kube {

namespace {

__extension__ using Wide = __int128;
constexpr Wide kMax = std::numeric_limits<std::int64_t>::max();

base::Error refuse(std::string_view text, std::string_view why) {
  return {base::ErrorCode::kInvalidArgument, "\"" + std::string(text) + "\" is not a duration: " + std::string(why) +
                                                 "; write for example \"30s\", \"5m\" or \"1h30m\""};
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::int64_t unit_of(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::int64_t>, 8> kUnits{{{"ns", 1},
                                                                                    {"us", 1'000},
                                                                                    {"\u00b5s", 1'000},
                                                                                    {"\u03bcs", 1'000},
                                                                                    {"ms", 1'000'000},
                                                                                    {"s", 1'000'000'000},
                                                                                    {"m", 60'000'000'000},
                                                                                    {"h", 3'600'000'000'000}}};
  for (const auto& [unit, ns] : kUnits) {
    if (unit == name) return ns;
  }
  return 0;
}

// "1.5" from 1500000000 ns in seconds, "2" from 2000000000.
std::string decimal(std::int64_t value, std::int64_t unit) {
  std::string text = std::to_string(value / unit);
  std::int64_t rest = value % unit;
  if (rest == 0) return text;
  text += '.';
  for (std::int64_t place = unit / 10; rest > 0; place /= 10) {
    text += static_cast<char>('0' + rest / place);
    rest %= place;
  }
  return text;
}

}  // namespace

base::Result<base::Duration> parse_duration(std::string_view text) {
  std::string_view rest = text;
  if (rest.starts_with('-')) return refuse(text, "it may not be negative");
  if (rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return base::Duration{0};
  if (rest.empty()) return refuse(text, "it is empty");
  Wide total = 0;
  while (!rest.empty()) {
    Wide whole = 0, fraction = 0, fraction_scale = 1;
    bool digits = false;
    std::size_t i = 0;
    for (; i < rest.size() && is_digit(rest[i]); ++i) {
      digits = true;
      whole = whole * 10 + (rest[i] - '0');
      if (whole > kMax) return refuse(text, "it is too long");
    }
    if (i < rest.size() && rest[i] == '.') {
      for (++i; i < rest.size() && is_digit(rest[i]); ++i) {
        digits = true;
        if (fraction_scale > kMax / 10) continue;  // below a nanosecond
        fraction = fraction * 10 + (rest[i] - '0');
        fraction_scale *= 10;
      }
    }
    if (!digits) return refuse(text, "a number is missing");
    std::size_t end = i;
    while (end < rest.size() && rest[end] != '.' && !is_digit(rest[end])) ++end;
    const std::string_view name = rest.substr(i, end - i);
    const std::int64_t unit = unit_of(name);
    if (unit == 0) {
      return refuse(text, name.empty() ? "a unit is missing (ns, us, ms, s, m, h)"
                                       : "\"" + std::string(name) + "\" is not a unit (ns, us, ms, s, m, h)");
    }
    total += whole * unit + fraction * unit / fraction_scale;
    if (total > kMax) return refuse(text, "it is too long");
    rest.remove_prefix(end);
  }
  return base::Duration{static_cast<std::int64_t>(total)};
}

std::string format_duration(base::Duration d) {
  const std::int64_t ns = d.count();
  if (ns == 0) return "0s";
  if (ns < 0) return "-" + format_duration(-d);
  if (ns < 1'000) return std::to_string(ns) + "ns";
  if (ns < 1'000'000) return decimal(ns, 1'000) + "\u00b5s";
  if (ns < 1'000'000'000) return decimal(ns, 1'000'000) + "ms";
  constexpr std::int64_t kMinute = 60'000'000'000, kHour = 60 * kMinute;
  std::string text;
  if (ns >= kHour) text += std::to_string(ns / kHour) + "h";
  if (ns >= kMinute) text += std::to_string(ns % kHour / kMinute) + "m";
  return text + decimal(ns % kMinute, 1'000'000'000) + "s";
}

}  // namespace causeway::kube
