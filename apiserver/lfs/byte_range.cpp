#include "apiserver/lfs/byte_range.hpp"

#include <algorithm>
#include <charconv>

namespace causeway::api::lfs {
namespace {

// Digits alone; what is larger than a number can be is as large as one can be.
std::optional<std::int64_t> number_of(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc::result_out_of_range ? INT64_MAX : number;
}

}  // namespace

RangeAnswer answer_range(std::optional<std::string_view> header, std::int64_t size) {
  const RangeAnswer whole{200, {0, size}};
  constexpr std::string_view kUnit = "bytes=";
  if (!header || !header->starts_with(kUnit)) return whole;
  const auto text = header->substr(kUnit.size());
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return whole;
  const auto first = number_of(text.substr(0, dash)), last = number_of(text.substr(dash + 1));
  if (dash == 0) {  // the last so many
    if (!last) return whole;
    if (*last == 0 || size == 0) return {416, {}};
    const auto length = std::min(*last, size);
    return {206, {size - length, length}};
  }
  if (!first || (!last && dash + 1 != text.size()) || (last && *last < *first)) return whole;
  if (*first >= size) return {416, {}};
  return {206, {*first, (last ? std::min(*last, size - 1) : size - 1) - *first + 1}};
}

}  // namespace causeway::api::lfs
