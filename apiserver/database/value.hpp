#pragma once
// C++ values as PostgreSQL's text format: parameters of statements, and columns of rows.
//
//   bool, integers, double, text    boolean, smallint … bigint, double precision, text (also inet, uuid, …)
//   Bytes                           bytea
//   base::WallTime                  timestamptz, to the microsecond
//   boost::json::value              jsonb (an object or an array is made one first)
//   vector<string>, vector<int64>   text[], bigint[]
//   optional of any of these        NULL

#include <boost/json/value.hpp>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/clock.hpp"

namespace causeway::api::database {

// Raw bytes of a bytea column.
struct Bytes {
  std::string value;
  bool operator==(const Bytes&) const = default;
};

// One parameter ($1, $2, …) of a statement. A text with a NUL, which PostgreSQL does not have, is an error of the
// statement (kInvalid) and never cut off.
class Parameter {
 public:
  Parameter(std::nullopt_t) {}
  Parameter(std::string text) : text_(std::move(text)) {}
  Parameter(std::string_view text) : text_(text) {}
  Parameter(const char* text) : text_(text) {}
  Parameter(const Bytes& bytes);
  Parameter(base::WallTime time);
  Parameter(const std::vector<std::string>& values);
  Parameter(const std::vector<std::int64_t>& values);
  Parameter(char) = delete;                      // a number or a text?
  template <std::same_as<boost::json::value> T>  // which nearly everything converts to
  Parameter(const T& value) : text_(json(value)) {}
  template <std::floating_point T>
  Parameter(T value) : text_(number(value)) {}
  template <std::same_as<bool> T>
  Parameter(T value) : text_(value ? "t" : "f") {}
  template <std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char>) Parameter(T value) : text_(std::to_string(value)) {}
  template <class T>
  Parameter(const std::optional<T>& value) {
    if (value) text_ = Parameter(*value).text_;
  }

  const std::optional<std::string>& text() const { return text_; }  // nullopt: NULL

 private:
  static std::string number(double value);
  static std::string json(const boost::json::value& value);
  std::optional<std::string> text_;
};

// A client's address as a parameter of type inet; NULL where it has none: "unix", "".
std::optional<std::string> as_inet(std::string_view address);

// Decodes a column. What does not fit the type is a mistake in the program: std::logic_error.
void decode(std::string_view text, bool& out);
void decode(std::string_view text, std::int16_t& out);
void decode(std::string_view text, std::int32_t& out);
void decode(std::string_view text, std::int64_t& out);
void decode(std::string_view text, double& out);
void decode(std::string_view text, std::string& out);
void decode(std::string_view text, std::string_view& out);  // lives as long as the Row or its Rows
void decode(std::string_view text, Bytes& out);
void decode(std::string_view text, base::WallTime& out);
void decode(std::string_view text, boost::json::value& out);
void decode(std::string_view text, std::vector<std::string>& out);  // one dimension, without NULLs
void decode(std::string_view text, std::vector<std::int64_t>& out);

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

}  // namespace causeway::api::database
