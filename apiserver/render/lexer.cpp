#include "apiserver/render/lexer.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "apiserver/render/text.hpp"

namespace causeway::api::render {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

bool begins_word(char c) {
  return is_ascii_letter(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

class CodeCutter {
 public:
  CodeCutter(std::string_view source, const Language& language, const TokenSink& sink)
      : source_(source), language_(language), quirks_(language.quirks), sink_(sink) {
    learn(language.types, Token::kType);
    learn(language.literals, Token::kLiteral);
    learn(language.keywords, Token::kKeyword);
    for (const auto& quoted : language.quoted) opens_[static_cast<unsigned char>(quoted.open.front())] = true;
  }

  void cut() {
    while (at_ < source_.size()) step();
    flush();
  }

 private:
  void learn(std::string_view words, Token token) {
    while (!words.empty()) {
      const auto end = std::min(words.find(' '), words.size());
      words_[std::string(words.substr(0, end))] = token;
      words.remove_prefix(std::min(end + 1, words.size()));
    }
  }

  char peek(std::size_t ahead = 0) const { return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0'; }
  bool here(std::string_view text) const { return source_.substr(at_).starts_with(text); }
  bool in_word(char c) const {
    return begins_word(c) || is_ascii_digit(c) ||
           (c != '\0' && language_.word_characters.find(c) != std::string_view::npos);
  }
  std::size_t end_of_line(std::size_t from) const { return std::min(source_.find('\n', from), source_.size()); }
  std::size_t end_of_word(std::size_t from) const {
    while (from < source_.size() && in_word(source_[from])) ++from;
    return from;
  }

  void flush() {
    if (plain_ < at_) sink_(Token::kPlain, source_.substr(plain_, at_ - plain_));
    plain_ = at_;
  }

  // From here to `end`, which is further on.
  void put(Token token, std::size_t end) {
    if (token != Token::kPlain) {
      flush();
      sink_(token, source_.substr(at_, end - at_));
      plain_ = end;
    }
    at_ = end;
    at_line_start_ = false;
  }

  void step() {
    const char c = peek();
    if (c == '\n') {
      ++at_;
      at_line_start_ = first_word_ = true;
      if (!heredoc_.empty()) rest_of_heredoc();
      return;
    }
    if (is_blank(c)) {
      ++at_;
      return;
    }
    if (at_line_start_ && begins_line(c)) return;
    if (opens_[static_cast<unsigned char>(c)] && begins_quoted(c)) return;
    if (quirks_.raw_strings && (c == 'R' || c == 'r' || c == 'b') && raw_string()) return;
    if (is_ascii_digit(c)) return number();
    if (begins_word(c)) return word();
    if (quirks_.decorators && c == '@' && begins_word(peek(1))) return put(Token::kMeta, end_of_word(at_ + 1));
    if (quirks_.variables && c == '$') return variable();
    if (quirks_.macros && c == '\\') return macro();
    if (quirks_.heredocs && c == '<') return heredoc();
    put(Token::kPlain, at_ + 1);
  }

  // What is special as the first thing of a line.
  bool begins_line(char c) {
    if (quirks_.preprocessor && c == '#') {
      auto end = end_of_line(at_);
      while (end < source_.size() && end > at_ && source_[end - 1] == '\\') end = end_of_line(end + 1);
      put(Token::kMeta, end);
      return true;
    }
    if (quirks_.sections && c == '[') {
      put(Token::kTag, std::min(source_.find(']', at_), end_of_line(at_) - 1) + 1);
      return true;
    }
    if (!quirks_.keys) return false;
    if (c == '-' && is_blank(peek(1))) {  // an item of a list may begin with a key
      ++at_;
      return true;
    }
    const auto end = end_of_word(at_);
    auto mark = end;
    while (mark < source_.size() && is_blank(source_[mark])) ++mark;
    if (end == at_ || mark == source_.size()) return false;
    const char after = mark + 1 < source_.size() ? source_[mark + 1] : '\n';
    const bool colon = source_[mark] == ':' && (is_blank(after) || after == '\n');
    const bool equals = source_[mark] == '=' && after != '=';
    if (!colon && !equals) return false;
    put(Token::kAttribute, end);
    return true;
  }

  bool after_blank() const {
    return at_ == 0 || source_[at_ - 1] == '\n' || is_blank(source_[at_ - 1]) ||
           std::string_view("[{(,:=").find(source_[at_ - 1]) != std::string_view::npos;
  }

  bool begins_quoted(char c) {
    if (quirks_.marks_after_blank && !after_blank()) return false;
    for (const auto& quoted : language_.quoted) {
      if (!here(quoted.open)) continue;
      if (quirks_.short_ticks && c == '\'') return character();
      const auto end = end_of_quoted(quoted);
      put(quirks_.keyed_strings && quoted.token == Token::kString && is_key(end) ? Token::kAttribute : quoted.token,
          end);
      return true;
    }
    return false;
  }

  std::size_t end_of_quoted(const Quoted& quoted) const {
    if (quoted.close.empty()) return end_of_line(at_);
    std::size_t depth = 1;
    for (auto i = at_ + quoted.open.size(); i < source_.size(); ++i) {
      const auto rest = source_.substr(i);
      if (quoted.escapes && quoted.token == Token::kString && rest.front() == '\\') {
        ++i;
      } else if (rest.starts_with(quoted.close)) {
        if (--depth == 0) return i + quoted.close.size();
        i += quoted.close.size() - 1;
      } else if (quoted.nests && rest.starts_with(quoted.open)) {
        ++depth;
        i += quoted.open.size() - 1;
      } else if (!quoted.lines && rest.front() == '\n') {
        return i;
      }
    }
    return source_.size();
  }

  bool is_key(std::size_t behind) const {
    while (behind < source_.size() && is_blank(source_[behind])) ++behind;
    return behind < source_.size() && source_[behind] == ':';
  }

  // 'x', '\n', '中'; not the tick of a lifetime or of a transposition.
  bool character() {
    constexpr std::size_t kLongest = 12;  // '\u{1F600}'
    const auto close = source_.substr(0, std::min(source_.size(), at_ + kLongest + 1)).find('\'', at_ + 2);
    if (close == std::string_view::npos || (at_ > 0 && in_word(source_[at_ - 1]))) return false;
    auto inside = at_ + 1;
    const bool escape = source_[inside] == '\\';
    if (!escape) next_character(source_, inside);
    if (!escape && inside != close) return false;
    const bool quoted_tick = escape && close == at_ + 2 && peek(3) == '\'';  // '\''
    put(Token::kString, close + 1 + (quoted_tick ? 1 : 0));
    return true;
  }

  // R"x(…)x" of C++, r"…", r#"…"#, br#"…"# of Rust.
  bool raw_string() {
    std::string close;
    std::size_t begin = 0;
    if (here("R\"")) {
      const auto open = source_.substr(at_ + 2, 17).find('(');
      if (open == std::string_view::npos) return false;
      close = ")" + std::string(source_.substr(at_ + 2, open)) + "\"";
      begin = at_ + 3 + open;
    } else {
      const auto prefix = here("br") ? 2u : 1u;
      if (peek(prefix - 1) != 'r') return false;
      auto quote = at_ + prefix;
      while (quote < source_.size() && source_[quote] == '#') ++quote;
      if (quote == source_.size() || source_[quote] != '"') return false;
      close = "\"" + std::string(quote - at_ - prefix, '#');
      begin = quote + 1;
    }
    const auto end = source_.find(close, begin);
    put(Token::kString, end == std::string_view::npos ? source_.size() : end + close.size());
    return true;
  }

  void number() {
    auto end = at_ + 1;
    const auto at = [&](std::size_t i) { return i < source_.size() ? source_[i] : '\0'; };
    while (true) {
      const char c = at(end), next = at(end + 1);
      const bool joint = (c == '.' || (c == '\'' && quirks_.raw_strings)) && is_ascii_digit(next);
      const char before = at(end - 1);
      const bool sign =
          (c == '+' || c == '-') && (before == 'e' || before == 'E') && is_ascii_digit(next) && at(at_ + 1) != 'x';
      if (!is_ascii_letter(c) && !is_ascii_digit(c) && c != '_' && !joint && !sign) break;
      ++end;
    }
    put(Token::kNumber, end);
  }

  void word() {
    const auto end = end_of_word(at_);
    const auto text = source_.substr(at_, end - at_);
    const bool first = std::exchange(first_word_, false);
    const auto known =
        quirks_.any_case ? words_.find(ascii_lower(text.substr(0, 32))) : words_.find(std::string(text.substr(0, 64)));
    auto token = known == words_.end() ? Token::kPlain : known->second;
    if (token == Token::kKeyword && quirks_.first_word_only && !first) token = Token::kPlain;
    if (token == Token::kPlain && end < source_.size() && source_[end] == '(') token = Token::kFunction;
    put(token, end);
  }

  // $name, ${name}, $(name)
  void variable() {
    const char open = peek(1);
    if (begins_word(open)) return put(Token::kVariable, end_of_name(at_ + 1));
    if (open == '{' || open == '(') {
      const auto end = end_of_name(at_ + 2);
      const char close = open == '{' ? '}' : ')';
      if (end > at_ + 2 && end < source_.size() && source_[end] == close) return put(Token::kVariable, end + 1);
    }
    put(Token::kPlain, at_ + 1);
  }

  std::size_t end_of_name(std::size_t from) const {
    while (from < source_.size() && (begins_word(source_[from]) || is_ascii_digit(source_[from]))) ++from;
    return from;
  }

  void macro() {
    auto end = at_ + 1;
    while (end < source_.size() && is_ascii_letter(source_[end])) ++end;
    if (end > at_ + 1) return put(Token::kKeyword, end);
    put(Token::kPlain, std::min(at_ + 2, source_.size()));  // \% is no comment
  }

  // <<END, <<-'END': the lines up to END are a string.
  void heredoc() {
    if (!here("<<") || here("<<<")) return put(Token::kPlain, at_ + (here("<<<") ? 3 : 1));
    auto begin = at_ + 2;
    while (begin < source_.size() && std::string_view("-~'\"\\").find(source_[begin]) != std::string_view::npos)
      ++begin;
    const auto end = end_of_name(begin);
    if (end > begin && begins_word(source_[begin])) heredoc_ = source_.substr(begin, end - begin);
    put(Token::kPlain, end);
  }

  void rest_of_heredoc() {
    auto line = at_;
    while (line < source_.size()) {
      const auto end = end_of_line(line);
      auto text = source_.substr(line, end - line);
      while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
      while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
      if (text == heredoc_) break;
      line = std::min(end + 1, source_.size());
    }
    heredoc_ = {};
    if (line > at_) put(Token::kString, line);
    at_line_start_ = first_word_ = true;
  }

  std::string_view source_;
  const Language& language_;
  const Quirks& quirks_;
  const TokenSink& sink_;
  std::unordered_map<std::string, Token> words_;
  bool opens_[256] = {};  // by the first byte of strings and comments
  std::size_t at_ = 0, plain_ = 0;
  bool at_line_start_ = true, first_word_ = true;
  std::string_view heredoc_;  // the end that is waited for
};

}  // namespace

void cut(std::string_view source, const Language& language, const TokenSink& sink) {
  switch (language.form) {
    case Form::kCode:
      return CodeCutter(source, language, sink).cut();
    case Form::kMarkup:
      return cut_markup(source, sink);
    case Form::kDiff:
      return cut_diff(source, sink);
    case Form::kMarkdown:
      return cut_markdown(source, sink);
  }
}

}  // namespace causeway::api::render
