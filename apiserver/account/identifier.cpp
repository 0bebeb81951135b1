#include "apiserver/account/identifier.hpp"

#include <algorithm>

#include "apiserver/rest/field_value.hpp"

namespace causeway::api::account {
namespace {

base::Error invalid(std::string message) {
  return {base::ErrorCode::kInvalidArgument, std::move(message)};
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Of a host name's part between dots: letters, digits and hyphens, none of these at the ends; or beyond ASCII.
bool is_label(std::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
  return std::ranges::all_of(label, [](unsigned char c) { return c >= 0x80 || std::isalnum(c) || c == '-'; });
}

bool is_host(std::string_view host) {
  if (host.find('.') == std::string_view::npos) return false;
  while (true) {
    const auto dot = host.find('.');
    if (!is_label(host.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    host.remove_prefix(dot + 1);
  }
}

}  // namespace

std::string_view to_string(Channel channel) {
  return channel == Channel::kMobile ? "mobile" : "email";
}

base::Result<Identifier> parse_mobile(std::string_view text, std::string_view country) {
  std::string digits;
  bool plus = false;
  for (const char c : text) {
    if (is_digit(c)) {
      digits += c;
    } else if (c == '+' && digits.empty() && !plus) {
      plus = true;
    } else if (std::string_view(" -.()").find(c) == std::string_view::npos) {
      return invalid("a telephone number has digits only, like +86 138 0013 8000");
    }
  }
  if (!plus && digits.starts_with("00")) {
    plus = true;
    digits.erase(0, 2);
  }
  if (!plus) {
    if (country.empty()) return invalid("the country is missing: begin with +, like +86 138 0013 8000");
    // The trunk prefix that is dialled inside a country is no part of the number.
    digits = std::string(country) + digits.substr(digits.starts_with('0') ? 1 : 0);
  }
  if (digits.size() < 7 || digits.size() > 15 || digits.front() == '0')
    return invalid("a telephone number has 7 to 15 digits with its country, like +86 138 0013 8000");
  return Identifier{Channel::kMobile, "+" + digits};
}

base::Result<Identifier> parse_email(std::string_view text) {
  const auto at = text.rfind('@');
  const bool shaped =
      at != std::string_view::npos && at > 0 && at <= 64 && text.size() <= 254 && text.find('@') == at &&
      std::ranges::none_of(text, [](unsigned char c) { return c <= ' ' || c == 0x7f; }) && is_host(text.substr(at + 1));
  if (!shaped) return invalid("an e-mail address looks like ada@example.org");
  return Identifier{Channel::kEmail, rest::lower_case(text)};
}

std::string masked(const Identifier& identifier) {
  const auto& value = identifier.value;
  if (identifier.channel == Channel::kEmail) return value.substr(0, 1) + "***" + value.substr(value.find('@'));
  // Half of it, and four digits at the most, are told.
  const auto tail = std::min<std::size_t>(4, value.size() / 4);
  const auto head = std::min<std::size_t>(6, value.size() / 3);
  return value.substr(0, head) + "****" + value.substr(value.size() - tail);
}

}  // namespace causeway::api::account
