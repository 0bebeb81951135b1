#include "apiserver/database/value.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <system_error>

#include "base/encoding.hpp"

namespace causeway::api::database {
namespace {

[[noreturn]] void unfit(std::string_view text, std::string_view type) {
  throw std::logic_error("a column is no " + std::string(type) + ": \"" + std::string(text.substr(0, 40)) + "\"");
}

template <class T>
void decode_number(std::string_view text, T& out, std::string_view type) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) unfit(text, type);
}

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// An element of an array between quotes: '"' and '\' are escaped.
std::string quoted_element(const std::string& value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

// The elements of a one-dimensional array as array_out writes it: {a,"b \"c\"",d}.
template <class Each>
void for_each_element(std::string_view text, const Each& each) {
  const std::string_view whole = text;
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') unfit(whole, "array of one dimension");
  text = text.substr(1, text.size() - 2);
  while (!text.empty()) {
    std::string element;
    const bool quoted = text.front() == '"';
    std::size_t at = quoted ? 1 : 0;
    for (; at < text.size() && text[at] != (quoted ? '"' : ','); ++at) {
      if (!quoted && (text[at] == '{' || text[at] == '}')) unfit(whole, "array of one dimension");
      if (text[at] == '\\') ++at;
      if (at < text.size()) element += text[at];
    }
    if (quoted) {
      if (at >= text.size()) unfit(whole, "array");
      ++at;
    } else if (element == "NULL") {
      unfit(whole, "array without NULL");
    }
    if (at < text.size() && text[at] != ',') unfit(whole, "array");
    each(std::move(element));
    text.remove_prefix(std::min(text.size(), at + 1));
  }
}

}  // namespace

Parameter::Parameter(const Bytes& bytes) : text_("\\x" + base::hex_encode(bytes.value)) {}
Parameter::Parameter(base::WallTime time) : text_(base::format_micro_time(time)) {}

std::string Parameter::json(const boost::json::value& value) {
  return boost::json::serialize(value);
}

std::string Parameter::number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  char digits[std::numeric_limits<double>::max_digits10 + 16];
  const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), value);  // the shortest that reads the same
  return error == std::errc() ? std::string(digits, end) : std::to_string(value);
}

Parameter::Parameter(const std::vector<std::string>& values) : text_("{") {
  for (const auto& value : values) *text_ += (text_->size() > 1 ? "," : "") + quoted_element(value);
  *text_ += '}';
}

Parameter::Parameter(const std::vector<std::int64_t>& values) : text_("{") {
  for (const auto value : values) *text_ += (text_->size() > 1 ? "," : "") + std::to_string(value);
  *text_ += '}';
}

std::optional<std::string> as_inet(std::string_view address) {
  if (address.find_first_of(".:") == std::string_view::npos) return std::nullopt;
  return std::string(address);
}

void decode(std::string_view text, bool& out) {
  if (text != "t" && text != "f") unfit(text, "boolean");
  out = text == "t";
}
void decode(std::string_view text, std::int16_t& out) {
  decode_number(text, out, "smallint");
}
void decode(std::string_view text, std::int32_t& out) {
  decode_number(text, out, "integer");
}
void decode(std::string_view text, std::int64_t& out) {
  decode_number(text, out, "bigint");
}
void decode(std::string_view text, double& out) {
  decode_number(text, out, "double precision");  // reads "NaN" and "Infinity" as well
}
void decode(std::string_view text, std::string& out) {
  out = text;
}
void decode(std::string_view text, std::string_view& out) {
  out = text;
}

void decode(std::string_view text, Bytes& out) {
  if (!text.starts_with("\\x") || text.size() % 2 != 0) unfit(text, "bytea");
  out.value.clear();
  out.value.reserve(text.size() / 2);
  for (std::size_t i = 2; i < text.size(); i += 2) {
    const int high = nibble(text[i]), low = nibble(text[i + 1]);
    if (high < 0 || low < 0) unfit(text, "bytea");
    out.value += static_cast<char>(high * 16 + low);
  }
}

void decode(std::string_view text, base::WallTime& out) {
  // "2026-11-25 10:00:00.123456+00", as DateStyle ISO and time zone UTC have it.
  if (text.size() < 22 || text[10] != ' ' || !text.ends_with("+00")) unfit(text, "timestamptz");
  std::string rfc3339(text.substr(0, text.size() - 3));
  rfc3339[10] = 'T';
  const auto time = base::parse_time(rfc3339 + "Z");
  if (!time) unfit(text, "timestamptz");
  out = *time;
}

void decode(std::string_view text, boost::json::value& out) {
  boost::system::error_code error;
  out = boost::json::parse(boost::json::string_view(text.data(), text.size()), error);
  if (error) unfit(text, "jsonb");
}

void decode(std::string_view text, std::vector<std::string>& out) {
  out.clear();
  for_each_element(text, [&](std::string element) { out.push_back(std::move(element)); });
}

void decode(std::string_view text, std::vector<std::int64_t>& out) {
  out.clear();
  for_each_element(text, [&](const std::string& element) { decode(element, out.emplace_back()); });
}

}  // namespace causeway::api::database
