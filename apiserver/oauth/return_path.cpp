#include "apiserver/oauth/return_path.hpp"

#include <algorithm>

namespace causeway::api::oauth {

bool is_local_path(std::string_view text) {
  if (!text.starts_with('/') || text.size() > 1024) return false;
  if (std::ranges::any_of(text, [](unsigned char c) { return c <= ' ' || c >= 0x7f || c == '\\'; })) return false;
  return text.substr(0, text.find_first_of("?#")).find("//") == std::string_view::npos;
}

}  // namespace causeway::api::oauth
