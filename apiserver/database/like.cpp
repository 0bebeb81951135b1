#include "apiserver/database/like.hpp"

namespace causeway::api::database {

std::string escaped_like(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '%' || c == '_') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace causeway::api::database
