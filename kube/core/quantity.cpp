#include "kube/core/quantity.hpp"

#include <array>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <utility>

namespace causeway::kube {

namespace {

__extension__ using Wide = __int128;
constexpr Wide kMax = std::numeric_limits<std::int64_t>::max();

base::Error refuse(std::string_view text, std::string_view why) {
  return {base::ErrorCode::kInvalidArgument, "\"" + std::string(text) + "\" is not a quantity: " + std::string(why) +
                                                 "; write for example \"500m\", \"2\", \"1.5Gi\" or \"2e3\""};
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// mantissa × 2^binary × 10^decimal
struct Scale {
  int binary = 0, decimal = 0;
};

bool parse_suffix(std::string_view suffix, Scale& scale) {
  static constexpr std::array<std::pair<std::string_view, Scale>, 16> kSuffixes{{{"", {0, 0}},
                                                                                 {"n", {0, -9}},
                                                                                 {"u", {0, -6}},
                                                                                 {"m", {0, -3}},
                                                                                 {"k", {0, 3}},
                                                                                 {"M", {0, 6}},
                                                                                 {"G", {0, 9}},
                                                                                 {"T", {0, 12}},
                                                                                 {"P", {0, 15}},
                                                                                 {"E", {0, 18}},
                                                                                 {"Ki", {10, 0}},
                                                                                 {"Mi", {20, 0}},
                                                                                 {"Gi", {30, 0}},
                                                                                 {"Ti", {40, 0}},
                                                                                 {"Pi", {50, 0}},
                                                                                 {"Ei", {60, 0}}}};
  for (const auto& [name, value] : kSuffixes) {
    if (name == suffix) {
      scale = value;
      return true;
    }
  }
  if (suffix.size() < 2 || (suffix[0] != 'e' && suffix[0] != 'E')) return false;
  std::string_view exponent = suffix.substr(1);
  if (exponent[0] == '+') {
    exponent.remove_prefix(1);
    if (exponent.empty() || !is_digit(exponent[0])) return false;
  }
  const auto [end, error] = std::from_chars(exponent.data(), exponent.data() + exponent.size(), scale.decimal);
  // Beyond that nothing can be kept anyway, and the arithmetic below stays within int.
  return error == std::errc{} && end == exponent.data() + exponent.size() && scale.decimal >= -100 &&
         scale.decimal <= 100;
}

struct Step {
  std::int64_t factor;
  std::string_view suffix;
};

std::string with_suffix(std::int64_t whole, const Step* steps, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (whole % steps[i].factor == 0) {
      return std::to_string(whole / steps[i].factor).append(steps[i].suffix);
    }
  }
  return std::to_string(whole);
}

}  // namespace

base::Result<Quantity> Quantity::parse(std::string_view text) {
  std::string_view rest = text;
  bool negative = false;
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) {
    negative = rest[0] == '-';
    rest.remove_prefix(1);
  }
  Wide mantissa = 0;
  int fraction_digits = 0;
  bool point = false, digits = false;
  std::size_t i = 0;
  for (; i < rest.size() && (is_digit(rest[i]) || (rest[i] == '.' && !point)); ++i) {
    if (rest[i] == '.') {
      point = true;
      continue;
    }
    digits = true;
    if (mantissa > kMax) return refuse(text, "it has too many digits");
    mantissa = mantissa * 10 + (rest[i] - '0');
    if (point) ++fraction_digits;
  }
  if (!digits) return refuse(text, "a number is missing");
  Scale scale;
  const std::string_view suffix = rest.substr(i);
  if (!parse_suffix(suffix, scale)) return refuse(text, "\"" + std::string(suffix) + "\" is not a known suffix");
  if (mantissa == 0) return Quantity();

  int decimal = scale.decimal - fraction_digits + 3;  // in milli-units
  // 2^60 × 2^63 fits; the decimal factor comes after what it divides by has been tried.
  mantissa <<= scale.binary;
  for (; decimal < 0; ++decimal) {
    if (mantissa % 10 != 0) return refuse(text, "it is finer than a thousandth");
    mantissa /= 10;
  }
  for (; decimal > 0; --decimal) {
    if (mantissa > kMax) break;
    mantissa *= 10;
  }
  if (mantissa > kMax) return refuse(text, "it is larger than 9.2 Pi");
  return Quantity(static_cast<std::int64_t>(negative ? -mantissa : mantissa));
}

std::int64_t Quantity::whole() const {
  return milli_ / 1000 + (milli_ % 1000 > 0 ? 1 : 0);
}

std::string Quantity::to_string() const {
  if (milli_ == 0) return "0";
  if (milli_ % 1000 != 0) return std::to_string(milli_) + "m";
  static constexpr std::array<Step, 5> kDecimal{
      {{1'000'000'000'000'000, "P"}, {1'000'000'000'000, "T"}, {1'000'000'000, "G"}, {1'000'000, "M"}, {1'000, "k"}}};
  static constexpr std::array<Step, 5> kBinary{
      {{1LL << 50, "Pi"}, {1LL << 40, "Ti"}, {1LL << 30, "Gi"}, {1LL << 20, "Mi"}, {1LL << 10, "Ki"}}};
  // The text does not remember which family it was written in: the shorter one is the one people mean.
  std::string decimal = with_suffix(milli_ / 1000, kDecimal.data(), kDecimal.size());
  std::string binary = with_suffix(milli_ / 1000, kBinary.data(), kBinary.size());
  return binary.size() < decimal.size() ? binary : decimal;
}

}  // namespace causeway::kube
