#include "base/log_line.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cctype>
#include <ctime>

namespace causeway::base::log {
namespace {

// Length of the UTF-8 sequence at the start of `text`, 0 if there is none (RFC 3629: no overlong forms, surrogates
// or values past U+10FFFF).
std::size_t sequence_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
    return i < text.size() && at(i) >= low && at(i) <= high;
  };
  const unsigned first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return continues(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned low = first == 0xe0 ? 0xa0 : 0x80, high = first == 0xed ? 0x9f : 0xbf;
    return continues(1, low, high) && continues(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned low = first == 0xf0 ? 0x90 : 0x80, high = first == 0xf4 ? 0x8f : 0xbf;
    return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

boost::json::value clean(const boost::json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::string: {
      const auto& text = value.get_string();
      return boost::json::value(replace_invalid_utf8({text.data(), text.size()}));
    }
    case boost::json::kind::array: {
      boost::json::array out;
      for (const auto& item : value.get_array()) out.push_back(clean(item));
      return out;
    }
    case boost::json::kind::object: {
      boost::json::object out;
      for (const auto& member : value.get_object()) {
        out.insert_or_assign(replace_invalid_utf8({member.key().data(), member.key().size()}), clean(member.value()));
      }
      return out;
    }
    default:
      return value;
  }
}

bool needs_quotes(std::string_view text) {
  if (text.empty()) return true;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (u <= ' ' || u == 0x7f || c == '"' || c == '=' || c == '\\') return true;
  }
  return false;
}

}  // namespace

std::string_view to_string(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarn:
      return "warn";
    case Level::kError:
      return "error";
  }
  return "info";
}

std::string replace_invalid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) {
      out += "\xef\xbf\xbd";
      text.remove_prefix(1);
    } else {
      out += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return out;
}

std::string json_line(WallTime now, Level level, std::string_view message, const boost::json::object& fields) {
  boost::json::object line;
  line.reserve(fields.size() + 3);
  line["ts"] = format_micro_time(now);
  line["level"] = to_string(level);
  line["msg"] = replace_invalid_utf8(message);
  for (const auto& field : fields) {
    std::string key = replace_invalid_utf8({field.key().data(), field.key().size()});
    if (key == "ts" || key == "level" || key == "msg") key += '_';
    line.insert_or_assign(key, clean(field.value()));
  }
  return boost::json::serialize(line);
}

std::string text_line(WallTime now, Level level, std::string_view message, const boost::json::object& fields) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm local{};
  localtime_r(&seconds, &local);
  char clock[16];
  std::strftime(clock, sizeof clock, "%H:%M:%S", &local);
  std::string out = clock;
  out += ' ';
  std::string name(to_string(level));
  for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  name.resize(5, ' ');
  out += name + ' ';
  out += message;
  for (const auto& field : fields) {
    out += ' ';
    out += std::string_view(field.key().data(), field.key().size());
    out += '=';
    const auto* text = field.value().if_string();
    if (text != nullptr && !needs_quotes({text->data(), text->size()})) {
      out += std::string_view(text->data(), text->size());
    } else {
      out += boost::json::serialize(field.value());
    }
  }
  return out;
}

}  // namespace causeway::base::log
