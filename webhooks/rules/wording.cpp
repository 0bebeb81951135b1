#include "webhooks/rules/wording.hpp"

#include <algorithm>
#include <array>

namespace causeway::webhooks {

namespace {

constexpr std::size_t kShown = 5;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::string some_of(std::vector<std::string> names) {
  std::ranges::sort(names);
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kShown; ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kShown) text += " and " + std::to_string(names.size() - kShown) + " more";
  return text;
}

bool sounds_secret(std::string_view name) {
  static constexpr std::array<std::string_view, 7> kWords{"token",  "secret",     "password",  "passwd",
                                                          "apikey", "privatekey", "credential"};
  std::string plain;
  for (const char c : name) {
    if (c != '_' && c != '-') plain += lower(c);
  }
  return std::ranges::any_of(kWords, [&](std::string_view word) { return plain.find(word) != plain.npos; });
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

}  // namespace causeway::webhooks
