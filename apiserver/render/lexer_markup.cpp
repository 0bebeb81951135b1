// Languages that are lines or tags rather than words.

#include <algorithm>

#include "apiserver/render/lexer.hpp"
#include "apiserver/render/text.hpp"

namespace causeway::api::render {
namespace {

std::size_t behind(std::string_view source, std::string_view mark, std::size_t from) {
  const auto found = source.find(mark, from);
  return found == std::string_view::npos ? source.size() : found + mark.size();
}

template <class F>
void for_each_line(std::string_view source, F&& use) {
  while (!source.empty()) {
    const auto end = std::min(source.find('\n'), source.size() - 1) + 1;
    use(source.substr(0, end));
    source.remove_prefix(end);
  }
}

// From "<" on: the tag up to its ">". Returns its end.
std::size_t cut_tag(std::string_view source, std::size_t at, const TokenSink& sink) {
  constexpr std::string_view kBetween = " \t\r\n/=>\"'<";
  auto name = at + (source.substr(at + 1).starts_with('/') ? 2 : 1);
  auto end = std::min(source.find_first_of(kBetween, name), source.size());
  sink(Token::kTag, source.substr(at, end - at));
  at = end;
  while (at < source.size() && source[at] != '>' && source[at] != '<') {
    const char c = source[at];
    if (c == '"' || c == '\'') {
      end = behind(source, source.substr(at, 1), at + 1);
      sink(Token::kString, source.substr(at, end - at));
    } else if (kBetween.find(c) != std::string_view::npos) {
      end = at + 1;
      sink(Token::kPlain, source.substr(at, 1));
    } else {
      end = std::min(source.find_first_of(kBetween, at), source.size());
      const bool value = at > 0 && source[at - 1] == '=';
      sink(value ? Token::kString : Token::kAttribute, source.substr(at, end - at));
    }
    at = end;
  }
  if (at < source.size() && source[at] == '>') sink(Token::kTag, source.substr(at++, 1));
  return at;
}

}  // namespace

void cut_markup(std::string_view source, const TokenSink& sink) {
  for (std::size_t at = 0; at < source.size();) {
    const auto rest = source.substr(at);
    auto end = at;
    auto token = Token::kPlain;
    if (rest.starts_with("<!--")) {
      end = behind(source, "-->", at + 4);
      token = Token::kComment;
    } else if (rest.starts_with("<![CDATA[")) {
      end = behind(source, "]]>", at);
      token = Token::kString;
    } else if (rest.starts_with("<!") || rest.starts_with("<?")) {
      end = behind(source, ">", at);
      token = Token::kMeta;
    } else if (rest.size() > 1 && rest.front() == '<' && (is_ascii_letter(rest[1]) || rest[1] == '/')) {
      at = cut_tag(source, at, sink);
      continue;
    } else {
      end = std::min(source.find('<', at + 1), source.size());
    }
    sink(token, source.substr(at, end - at));
    at = end;
  }
}

void cut_diff(std::string_view source, const TokenSink& sink) {
  for_each_line(source, [&sink](std::string_view line) {
    const auto begins = [line](std::string_view mark) { return line.starts_with(mark); };
    auto token = Token::kPlain;
    if (begins("+++") || begins("---") || begins("diff ") || begins("index ")) {
      token = Token::kMeta;
    } else if (begins("@@")) {
      token = Token::kTag;
    } else if (begins("+")) {
      token = Token::kInserted;
    } else if (begins("-")) {
      token = Token::kDeleted;
    }
    sink(token, line);
  });
}

void cut_markdown(std::string_view source, const TokenSink& sink) {
  char fence = '\0';
  for_each_line(source, [&](std::string_view line) {
    const auto first = std::min(line.find_first_not_of(' '), line.size());
    const auto text = line.substr(first);
    if (text.starts_with("```") || text.starts_with("~~~")) {
      if (fence == '\0') {
        fence = text.front();
      } else if (fence == text.front()) {
        fence = '\0';
      }
      return sink(Token::kMeta, line);
    }
    if (fence != '\0') return sink(Token::kString, line);
    if (text.starts_with('#')) return sink(Token::kTag, line);
    if (text.starts_with('>')) return sink(Token::kComment, line);
    for (std::size_t at = 0; at < line.size();) {
      const auto tick = std::min(line.find('`', at), line.size());
      if (tick > at) sink(Token::kPlain, line.substr(at, tick - at));
      if (tick == line.size()) return;
      const auto close = line.find('`', tick + 1);
      const auto end = close == std::string_view::npos ? line.size() : close + 1;
      sink(close == std::string_view::npos ? Token::kPlain : Token::kString, line.substr(tick, end - tick));
      at = end;
    }
  });
}

}  // namespace causeway::api::render
