#include "apiserver/rest/media_type.hpp"

#include <utility>

#include "apiserver/rest/field_value.hpp"

namespace causeway::api::rest {
namespace {

// Splits at `separator` outside of quotes; the front goes to the result, the rest stays.
std::string_view take_until(std::string_view& text, char separator) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted && text[i] == '\\') ++i;
    if (!quoted && i < text.size() && text[i] == separator) {
      const std::string_view front = text.substr(0, i);
      text.remove_prefix(i + 1);
      return trim(front);
    }
  }
  return trim(std::exchange(text, {}));
}

// "q=0", "q=0.0", "q=0.00", "q=0.000"
bool weight_is_zero(std::string_view parameter) {
  if (parameter.size() < 3 || (parameter[0] != 'q' && parameter[0] != 'Q') || parameter[1] != '=') return false;
  return parameter.substr(2).find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

bool is_media_type(std::string_view content_type, std::string_view expected) {
  if (!same_text(take_until(content_type, ';'), expected)) return false;
  while (!content_type.empty()) {
    std::string_view parameter = take_until(content_type, ';');
    if (parameter.empty()) continue;
    const std::string_view name = take_until(parameter, '=');
    if (!same_text(name, "charset")) return false;
    if (!same_text(parameter, "utf-8") && !same_text(parameter, "\"utf-8\"")) return false;
  }
  return true;
}

bool accepts(std::string_view accept, std::string_view offered) {
  accept = trim(accept);
  if (accept.empty() || accept == "*/*") return true;
  offered = trim(offered.substr(0, offered.find(';')));
  const std::string_view kind = offered.substr(0, offered.find('/'));
  int best = 0;  // 1 "*/*", 2 "text/*", 3 "text/plain"
  bool allowed = false;
  while (!accept.empty()) {
    std::string_view range = take_until(accept, ',');
    const std::string_view type = take_until(range, ';');
    const std::size_t slash = type.find('/');
    if (slash == std::string_view::npos) continue;
    int specific = 0;
    if (same_text(type, offered)) {
      specific = 3;
    } else if (type.substr(slash) == "/*" && same_text(type.substr(0, slash), kind)) {
      specific = 2;
    } else if (type == "*/*") {
      specific = 1;
    }
    if (specific == 0 || specific < best) continue;
    bool refused = false;
    while (!range.empty()) refused = weight_is_zero(take_until(range, ';')) || refused;
    allowed = specific == best ? allowed || !refused : !refused;
    best = specific;
  }
  return allowed;
}

}  // namespace causeway::api::rest
