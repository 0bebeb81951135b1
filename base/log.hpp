#pragma once
// Structured logs: one JSON object a line on standard error: {"ts","level","msg",...fields}.
// The logger is the project's only global. Thread-safe.

#include <boost/json/value.hpp>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace causeway::base::log {

enum class Level { kDebug, kInfo, kWarn, kError };

struct Field {
  // Strings of any kind, numbers, bools, or a ready json::value.
  template <class T>
  Field(std::string_view name, T&& v) : key(name) {
    if constexpr (std::is_convertible_v<T&&, std::string_view>) {
      const std::string_view text = v;
      value.emplace_string().assign(text.data(), text.size());
    } else {
      value = boost::json::value(std::forward<T>(v));
    }
  }
  std::string_view key;
  boost::json::value value;
};
using Fields = std::initializer_list<Field>;

void set_level(Level level);
void set_text_format(bool text);  // for people at a terminal: "10:00:00 INFO msg key=value"

void write(Level level, std::string_view message, Fields fields = {});
inline void debug(std::string_view m, Fields f = {}) {
  write(Level::kDebug, m, f);
}
inline void info(std::string_view m, Fields f = {}) {
  write(Level::kInfo, m, f);
}
inline void warn(std::string_view m, Fields f = {}) {
  write(Level::kWarn, m, f);
}
inline void error(std::string_view m, Fields f = {}) {
  write(Level::kError, m, f);
}

// Fields added to every line this thread writes while the scope lives (reconcile id, object). Nests.
class Scope {
 public:
  Scope(Fields fields);
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
};

}  // namespace causeway::base::log
