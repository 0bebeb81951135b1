#include "apiserver/discussion/mention.hpp"

#include <algorithm>

#include "apiserver/rest/field_value.hpp"

namespace causeway::api::discussion {
namespace {

constexpr std::size_t kLongestName = 39;

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// What a mention must not follow: "a@b", "x/@b", "\@b", "@@b".
bool joins(char before) {
  return is_letter_or_digit(before) || std::string_view("@/\\_.-`").find(before) != std::string_view::npos;
}

// The fence that a line opens or closes ("```", "~~~~"); empty: none.
std::string_view fence_of(std::string_view line) {
  const auto begin = line.find_first_not_of(' ');
  if (begin == std::string_view::npos || begin > 3) return {};
  const char c = line[begin];
  if (c != '`' && c != '~') return {};
  auto end = line.find_first_not_of(c, begin);
  if (end == std::string_view::npos) end = line.size();
  return end - begin >= 3 ? line.substr(begin, end - begin) : std::string_view();
}

// Behind the code span that begins at `at`, or behind its backticks where it does not end.
std::size_t behind_code(std::string_view line, std::size_t at) {
  const auto open = std::min(line.find_first_not_of('`', at), line.size());
  const auto ticks = open - at;
  for (auto i = line.find('`', open); i != std::string_view::npos;) {
    const auto end = std::min(line.find_first_not_of('`', i), line.size());
    if (end - i == ticks) return end;
    i = line.find('`', end);
  }
  return open;
}

// The name behind the "@" at `at`; empty: none.
std::string_view name_at(std::string_view line, std::size_t at) {
  auto end = at + 1;
  while (end < line.size() && (is_letter_or_digit(line[end]) || line[end] == '-')) ++end;
  auto name = line.substr(at + 1, end - at - 1);
  // A dash ends a name like any other punctuation does.
  while (name.ends_with('-')) name.remove_suffix(1);
  const bool possible =
      !name.empty() && name.size() <= kLongestName && name.front() != '-' && name.find("--") == std::string_view::npos;
  const bool goes_on = end < line.size() && (line[end] == '_' || line[end] == '/' || line[end] == '@');
  return possible && !goes_on ? name : std::string_view();
}

void collect(std::string_view line, std::vector<std::string>& names) {
  for (std::size_t i = 0; i < line.size();) {
    if (line[i] == '`') {
      i = behind_code(line, i);
      continue;
    }
    if (line[i] == '@' && (i == 0 || !joins(line[i - 1]))) {
      auto name = rest::lower_case(name_at(line, i));
      if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
      if (names.size() == kMostMentions) return;
    }
    ++i;
  }
}

}  // namespace

std::vector<std::string> mentions(std::string_view markdown) {
  std::vector<std::string> names;
  std::string_view fence;  // that is open
  while (!markdown.empty() && names.size() < kMostMentions) {
    const auto end = std::min(markdown.find('\n'), markdown.size());
    const auto line = markdown.substr(0, end);
    markdown.remove_prefix(std::min(end + 1, markdown.size()));
    const auto here = fence_of(line);
    if (!fence.empty()) {
      if (!here.empty() && here.front() == fence.front() && here.size() >= fence.size()) fence = {};
    } else if (!here.empty()) {
      fence = here;
    } else if (!line.starts_with("    ") && !line.starts_with('\t')) {
      collect(line, names);
    }
  }
  return names;
}

std::vector<std::string> new_mentions(std::string_view before, std::string_view after) {
  const auto old = mentions(before);
  auto names = mentions(after);
  std::erase_if(names, [&](const std::string& name) { return std::find(old.begin(), old.end(), name) != old.end(); });
  return names;
}

}  // namespace causeway::api::discussion
