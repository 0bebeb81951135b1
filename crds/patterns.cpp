#include "crds/patterns.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <boost/regex.hpp>
#include <charconv>

#include "crds/references.hpp"
#include "crds/scheduling.hpp"

namespace causeway::crds {

bool matches_pattern(std::string_view text, std::string_view pattern) {
  // Like the API server, a search: the patterns carry their own anchors.
  const boost::regex compiled(pattern.begin(), pattern.end(), boost::regex::perl | boost::regex::no_mod_m);
  return boost::regex_search(text.begin(), text.end(), compiled, boost::match_default | boost::match_single_line);
}

bool parse_cidr(std::string_view text, AddressRange& range) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string address(text.substr(0, slash));
  const std::string_view length = text.substr(slash + 1);
  std::array<unsigned char, 16> bytes{};
  int prefix = 0, offset = 0;
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), prefix);
  if (error != std::errc{} || end != length.data() + length.size() || prefix < 0) return false;
  if (inet_pton(AF_INET, address.c_str(), bytes.data() + 12) == 1) {
    bytes[10] = bytes[11] = 0xFF;
    offset = 96;
  } else if (inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) {
    return false;
  }
  prefix += offset;
  if (prefix > 128) return false;
  std::array<unsigned char, 16> first = bytes, last = bytes;
  for (int bit = prefix; bit < 128; ++bit) {
    const auto mask = static_cast<unsigned char>(0x80U >> (bit % 8));
    const auto at = static_cast<std::size_t>(bit / 8);
    first.at(at) = static_cast<unsigned char>(first.at(at) & ~mask);
    last.at(at) = static_cast<unsigned char>(last.at(at) | mask);
  }
  range.first.assign(first.begin(), first.end());
  range.last.assign(last.begin(), last.end());
  return true;
}

std::string describe_pattern(std::string_view pattern) {
  if (pattern == kLabelPattern) {
    return "lower-case letters, digits and '-', beginning and ending with a letter or digit";
  }
  if (pattern == kSubdomainPattern) {
    return "lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit";
  }
  if (pattern == kAccountPattern) return "letters, digits, '.', '_' and '-', beginning with a letter or digit";
  if (pattern == kQualifiedNamePattern) {
    return "a label key: [prefix/]name, the name of letters, digits, '-', '_' and '.'";
  }
  if (pattern == kLabelValuePattern) return "a label value: letters, digits, '-', '_' and '.', or nothing";
  return "text that matches " + std::string(pattern);
}

}  // namespace causeway::crds
