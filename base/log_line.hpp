#pragma once
// One line of log as text. No I/O; for log.cpp and its tests.

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/log.hpp"

namespace causeway::base::log {

// {"ts":…,"level":…,"msg":…,fields…}. A field named ts, level or msg gets an underscore behind its name; bytes that are
// not UTF-8 become U+FFFD, so that every line is valid JSON.
std::string json_line(WallTime now, Level level, std::string_view message, const boost::json::object& fields);

// "10:00:00 INFO  msg key=value key2=\"with space\"", local time.
std::string text_line(WallTime now, Level level, std::string_view message, const boost::json::object& fields);

std::string_view to_string(Level level);
std::string replace_invalid_utf8(std::string_view text);

}  // namespace causeway::base::log
