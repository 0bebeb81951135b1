#include "kube/core/codec.hpp"

#include <cmath>

namespace causeway::kube::codec {

namespace {

std::string_view kind_name(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return "a boolean";
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_:
      return "a number";
    case json::kind::string:
      return "a string";
    case json::kind::array:
      return "a list";
    case json::kind::object:
      return "an object";
  }
  return "something else";
}

bool out_of_range(Failure& failure, std::int64_t min, std::int64_t max) {
  failure.message = "expected a whole number from " + std::to_string(min) + " to " + std::to_string(max);
  return false;
}

}  // namespace

void Failure::inside_key(std::string_view key) {
  if (key.find_first_of("./[]") == std::string_view::npos) return inside_member(key);
  path = "[\"" + std::string(key) + "\"]" + path;
}

bool wrong_type(Failure& failure, std::string_view expected, const json::value& found) {
  failure.message = "expected " + std::string(expected) + ", found " + std::string(kind_name(found));
  return false;
}

bool read_int(const json::value& value, std::int64_t min, std::int64_t max, std::int64_t& out, Failure& failure) {
  if (const std::int64_t* number = value.if_int64()) {
    out = *number;
  } else if (value.is_uint64()) {
    return out_of_range(failure, min, max);  // Boost.JSON keeps what fits as int64
  } else if (const double* real = value.if_double()) {
    // "1.0" and "1e3" are whole numbers too; 2^63 and above would not survive the conversion.
    if (std::trunc(*real) != *real || std::abs(*real) >= 9223372036854775808.0) return out_of_range(failure, min, max);
    out = static_cast<std::int64_t>(*real);
  } else {
    return wrong_type(failure, "a whole number", value);
  }
  return (out >= min && out <= max) || out_of_range(failure, min, max);
}

bool read_double(const json::value& value, double& out, Failure& failure) {
  if (!value.is_number()) return wrong_type(failure, "a number", value);
  out = value.to_number<double>();
  return true;
}

bool unknown_enumerator(Failure& failure, std::string_view found, const std::vector<std::string_view>& accepted) {
  failure.message = "unknown value \"" + std::string(found) + "\", accepted:";
  for (std::size_t i = 0; i < accepted.size(); ++i) failure.message.append(i ? ", " : " ").append(accepted[i]);
  return false;
}

Error decode_error(const Failure& failure) {
  std::string_view path = failure.path;
  if (path.starts_with('.')) path.remove_prefix(1);
  return Error::local(path.empty() ? failure.message : std::string(path) + ": " + failure.message);
}

}  // namespace causeway::kube::codec
