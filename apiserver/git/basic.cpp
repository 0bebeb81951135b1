#include "apiserver/git/basic.hpp"

#include <algorithm>
#include <cctype>

#include "base/encoding.hpp"

namespace causeway::api::git {
namespace {

bool equal_without_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

std::optional<Basic> parse_basic(std::string_view authorization) {
  const auto space = authorization.find(' ');
  if (space == std::string_view::npos || !equal_without_case(authorization.substr(0, space), "Basic")) {
    return std::nullopt;
  }
  auto encoded = authorization.substr(space + 1);
  while (!encoded.empty() && encoded.front() == ' ') encoded.remove_prefix(1);
  const auto plain = base::base64_decode(encoded);
  if (!plain) return std::nullopt;
  const auto colon = plain->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return Basic{plain->substr(0, colon), plain->substr(colon + 1)};
}

}  // namespace causeway::api::git
