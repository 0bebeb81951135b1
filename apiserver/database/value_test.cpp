#include "apiserver/database/value.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>
#include <limits>
#include <stdexcept>
#include <type_traits>

namespace causeway::api::database {
namespace {

template <class T>
T decoded(std::string_view text) {
  T value{};
  decode(text, value);
  return value;
}

std::string text(const Parameter& parameter) {
  return parameter.text().value_or("(NULL)");
}

TEST(DatabaseValue, Parameters) {
  EXPECT_EQ(text(true), "t");
  EXPECT_EQ(text(std::int64_t{-7}), "-7");
  EXPECT_EQ(text(std::size_t{7}), "7");
  EXPECT_EQ(text(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(text(0.1), "0.1");
  EXPECT_EQ(text(-std::numeric_limits<double>::infinity()), "-Infinity");
  static_assert(!std::is_constructible_v<Parameter, char>, "a number or a text? whoever writes it has to say");
  enum class Word { kOne };
  static_assert(!std::is_constructible_v<Parameter, Word>);
  EXPECT_EQ(text("it's"), "it's");
  EXPECT_EQ(text(Bytes{std::string("\0\xff", 2)}), "\\x00ff");
  EXPECT_EQ(text(boost::json::value{{"a", 1}}), R"({"a":1})");
  EXPECT_EQ(text(std::vector<std::string>{"a", "b \"c\"\\", "", "NULL", "{,}"}),
            R"({"a","b \"c\"\\","","NULL","{,}"})");
  EXPECT_EQ(text(std::vector<std::int64_t>{1, -2}), "{1,-2}");
  EXPECT_EQ(text(std::vector<std::int64_t>{}), "{}");
  EXPECT_EQ(text(std::nullopt), "(NULL)");
  EXPECT_EQ(text(std::optional<std::string>()), "(NULL)");
  EXPECT_EQ(text(std::optional<std::int32_t>(3)), "3");
}

TEST(DatabaseValue, Columns) {
  EXPECT_TRUE(decoded<bool>("t"));
  EXPECT_EQ(decoded<std::int64_t>("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(decoded<double>("-Infinity"), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(decoded<Bytes>("\\x00ff").value, std::string("\0\xff", 2));
  EXPECT_EQ(decoded<boost::json::value>(R"({"a": 1})"), boost::json::parse(R"({"a":1})"));
  EXPECT_EQ(decoded<std::vector<std::string>>(R"({a,"b \"c\"\\","","NULL","{,}"})"),
            (std::vector<std::string>{"a", "b \"c\"\\", "", "NULL", "{,}"}));
  EXPECT_EQ(decoded<std::vector<std::int64_t>>("{1,-2}"), (std::vector<std::int64_t>{1, -2}));
  EXPECT_TRUE(decoded<std::vector<std::string>>("{}").empty());
}

TEST(DatabaseValue, TimesToTheMicrosecond) {
  const base::WallTime time{std::chrono::microseconds(1'764'064'800'123'456)};
  EXPECT_EQ(text(time), "2025-11-25T10:00:00.123456Z");
  EXPECT_EQ(decoded<base::WallTime>("2025-11-25 10:00:00.123456+00"), time);
  EXPECT_EQ(decoded<base::WallTime>("2025-11-25 10:00:00+00"), base::WallTime{std::chrono::seconds(1'764'064'800)});
}

TEST(DatabaseValue, WhatDoesNotFitIsAMistakeOfTheProgram) {
  EXPECT_THROW(decoded<bool>("true"), std::logic_error);
  EXPECT_THROW(decoded<std::int16_t>("70000"), std::logic_error);
  EXPECT_THROW(decoded<std::int64_t>("1x"), std::logic_error);
  EXPECT_THROW(decoded<std::int64_t>(""), std::logic_error);
  EXPECT_THROW(decoded<Bytes>("\\x0"), std::logic_error);
  EXPECT_THROW(decoded<Bytes>("\\x0g"), std::logic_error);
  EXPECT_THROW(decoded<base::WallTime>("2025-11-25 10:00:00+01"), std::logic_error);
  EXPECT_THROW(decoded<base::WallTime>("infinity"), std::logic_error);
  EXPECT_THROW(decoded<boost::json::value>("{"), std::logic_error);
  for (const char* array : {"", "{", "{NULL}", "{{a},{b}}", "{\"a}", "{\"a\"b}", "[2:3]={a,b}"}) {
    EXPECT_THROW(decoded<std::vector<std::string>>(array), std::logic_error) << array;
  }
}

TEST(DatabaseValue, OnlyAnAddressIsOne) {
  EXPECT_EQ(as_inet("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(as_inet("2001:db8::1"), "2001:db8::1");
  EXPECT_EQ(as_inet("unix"), std::nullopt);
  EXPECT_EQ(as_inet(""), std::nullopt);
}

}  // namespace
}  // namespace causeway::api::database
