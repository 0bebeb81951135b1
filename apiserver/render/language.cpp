#include "apiserver/render/language.hpp"

#include <algorithm>

#include "apiserver/render/text.hpp"

namespace causeway::api::render {
namespace {

bool lists(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const auto end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

const Language* with(std::string_view Language::*list, std::string_view word) {
  if (word.empty() || word.find(' ') != std::string_view::npos) return nullptr;
  for (const auto& language : languages()) {
    if (lists(language.*list, word)) return &language;
  }
  return nullptr;
}

// "#!/usr/bin/env -S python3 -u" → "python"; what stands behind a version does not matter.
std::string_view program_of(std::string_view line) {
  if (!line.starts_with("#!")) return {};
  line.remove_prefix(2);
  std::string_view program;
  while (!line.empty()) {
    const auto end = std::min(line.find_first_of(" \t\r"), line.size());
    auto word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    word.remove_prefix(std::min(word.rfind('/') + 1, word.size()));
    if (word.empty() || word == "env" || word.starts_with('-') || word.find('=') != std::string_view::npos) continue;
    program = word;
    break;
  }
  return program.substr(0, program.find_first_of("0123456789."));
}

}  // namespace

std::string_view class_of(Token token) {
  switch (token) {
    case Token::kPlain:
      return "";
    case Token::kComment:
      return "hl-comment";
    case Token::kString:
      return "hl-string";
    case Token::kNumber:
      return "hl-number";
    case Token::kKeyword:
      return "hl-keyword";
    case Token::kLiteral:
      return "hl-literal";
    case Token::kType:
      return "hl-type";
    case Token::kFunction:
      return "hl-function";
    case Token::kVariable:
      return "hl-variable";
    case Token::kAttribute:
      return "hl-attribute";
    case Token::kTag:
      return "hl-tag";
    case Token::kMeta:
      return "hl-meta";
    case Token::kInserted:
      return "hl-inserted";
    case Token::kDeleted:
      return "hl-deleted";
  }
  return "";
}

const Language* language_named(std::string_view name) {
  const auto lower = ascii_lower(name.substr(0, 64));
  for (const auto& language : languages()) {
    if (language.name == lower) return &language;
  }
  return with(&Language::names, lower);
}

const Language* language_of_file(std::string_view path, std::string_view content) {
  const auto name = path.substr(path.rfind('/') + 1);
  if (const auto* language = with(&Language::files, name)) return language;
  if (name.starts_with("Dockerfile.")) return language_named("dockerfile");
  const auto dot = name.rfind('.');
  if (dot != std::string_view::npos) {
    if (const auto* language = with(&Language::files, "*" + ascii_lower(name.substr(dot)))) return language;
  }
  return with(&Language::programs, program_of(content.substr(0, content.substr(0, 256).find('\n'))));
}

}  // namespace causeway::api::render
