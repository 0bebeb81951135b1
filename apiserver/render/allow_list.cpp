#include "apiserver/render/allow_list.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "apiserver/render/text.hpp"

namespace causeway::api::render {
namespace {

// None of these makes a parser read what follows as anything but HTML (as style, title, textarea, noscript or svg do):
// what was written out as text can never be read as tags again.
constexpr std::string_view kKeptElements =
    " a abbr audio b bdi bdo blockquote caption center cite code col colgroup dd del details dfn div dl dt em "
    "figcaption figure h1 h2 h3 h4 h5 h6 i ins kbd li mark ol p picture pre q rp rt ruby s samp small span strike "
    "strong sub summary sup table tbody td tfoot th thead time tr tt u ul var video ";
constexpr std::string_view kVoidElements = " br hr img input source wbr ";
constexpr std::string_view kDroppedElements =
    " applet base embed frame frameset head iframe link math meta noembed noframes object param script style svg "
    "template ";

constexpr bool has_word(std::string_view list, std::string_view word) {
  for (auto at = list.find(word); at != std::string_view::npos; at = list.find(word, at + 1)) {
    if (at > 0 && list[at - 1] == ' ' && at + word.size() < list.size() && list[at + word.size()] == ' ') return true;
  }
  return false;
}

enum class Kind {
  kText,
  kLink,  // addresses
  kImage,
  kMedia,
  kSources,
  kId,
  kClasses,
  kNumber,
  kSpan,  // 1 to 1000: a cell that spans a million rows stops browsers
  kLength,
  kFlag,   // there or not
  kWord,   // one of `words`
  kQuery,  // a media query
  kLanguage,
};

struct AttributeRule {
  std::string_view name;
  std::string_view elements;  // of which it is; " * ": of all
  Kind kind;
  std::string_view words{};
};

constexpr std::array kAttributes{
    AttributeRule{"id", " * ", Kind::kId},
    AttributeRule{"class", " * ", Kind::kClasses},
    AttributeRule{"title", " * ", Kind::kText},
    AttributeRule{"lang", " * ", Kind::kLanguage},
    AttributeRule{"dir", " * ", Kind::kWord, " ltr rtl auto "},
    AttributeRule{"align", " * ", Kind::kWord, " left right center justify top middle bottom "},
    AttributeRule{"valign", " col colgroup tbody td tfoot th thead tr ", Kind::kWord, " top middle bottom baseline "},
    AttributeRule{"href", " a ", Kind::kLink},
    AttributeRule{"name", " a ", Kind::kId},
    AttributeRule{"cite", " blockquote del ins q ", Kind::kLink},
    AttributeRule{"src", " img ", Kind::kImage},
    AttributeRule{"src", " audio source video ", Kind::kMedia},
    AttributeRule{"poster", " video ", Kind::kImage},
    AttributeRule{"srcset", " img source ", Kind::kSources},
    AttributeRule{"media", " source ", Kind::kQuery},
    AttributeRule{"alt", " img ", Kind::kText},
    AttributeRule{"loading", " img ", Kind::kWord, " lazy eager "},
    AttributeRule{"width", " col colgroup hr img source table td th video ", Kind::kLength},
    AttributeRule{"height", " img source table td th tr video ", Kind::kLength},
    AttributeRule{"border", " img table ", Kind::kLength},
    AttributeRule{"colspan", " td th ", Kind::kSpan},
    AttributeRule{"rowspan", " td th ", Kind::kSpan},
    AttributeRule{"span", " col colgroup ", Kind::kSpan},
    AttributeRule{"scope", " th ", Kind::kWord, " row col rowgroup colgroup "},
    AttributeRule{"start", " ol ", Kind::kNumber},
    AttributeRule{"value", " li ", Kind::kNumber},
    AttributeRule{"type", " ol ", Kind::kWord, " 1 a A i I "},
    AttributeRule{"reversed", " ol ", Kind::kFlag},
    AttributeRule{"open", " details ", Kind::kFlag},
    AttributeRule{"checked", " input ", Kind::kFlag},
    AttributeRule{"loop", " audio video ", Kind::kFlag},
    AttributeRule{"muted", " audio video ", Kind::kFlag},
    AttributeRule{"datetime", " del ins time ", Kind::kText},
};

bool only(std::string_view text, std::string_view extra) {
  return std::ranges::all_of(text, [extra](char c) {
    return is_ascii_letter(c) || is_ascii_digit(c) || extra.find(c) != std::string_view::npos;
  });
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_ascii_digit);
}

bool is_length(std::string_view text) {
  if (text.ends_with("px")) {
    text.remove_suffix(2);
  } else if (text.ends_with('%')) {
    text.remove_suffix(1);
  }
  const auto dot = text.find('.');
  if (dot != std::string_view::npos && !all_digits(text.substr(dot + 1))) return false;
  return all_digits(text.substr(0, dot)) && text.size() <= 8;
}

bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return all_digits(text) && text.size() <= 9;
}

bool is_span(std::string_view text) {
  return all_digits(text) && text.size() <= 4 && text.front() != '0' && std::stoi(std::string(text)) <= 1000;
}

constexpr std::string_view kClassNames =
    " alert-caution alert-important alert-note alert-tip alert-warning contains-task-list task-list-item "
    "task-list-item-checkbox ";

bool is_class(std::string_view name) {
  if (has_word(kClassNames, name)) return true;
  for (const std::string_view family : {"language-", "hl-"}) {
    if (name.starts_with(family) && name.size() > family.size() && name.size() <= 40)
      return only(name.substr(family.size()), "+#._-");
  }
  return false;
}

// The pieces between blanks of any kind.
template <class F>
void for_each_word(std::string_view text, F&& use) {
  constexpr std::string_view kBlank = " \t\n\f\r";
  for (auto begin = text.find_first_not_of(kBlank); begin != std::string_view::npos;) {
    const auto end = std::min(text.find_first_of(kBlank, begin), text.size());
    use(text.substr(begin, end - begin));
    begin = text.find_first_not_of(kBlank, end);
  }
}

std::optional<std::string> classes(std::string_view value) {
  std::string out;
  for_each_word(value, [&out](std::string_view name) {
    if (is_class(name)) out += (out.empty() ? "" : " ") + std::string(name);
  });
  if (out.empty()) return std::nullopt;
  return out;
}

std::optional<std::string> id(std::string_view value) {
  if (value.empty() || value.find_first_of(" \t\n\f\r") != std::string_view::npos) return std::nullopt;
  return (value.starts_with(kIdPrefix) ? "" : std::string(kIdPrefix)) + std::string(value);
}

std::optional<std::string> if_so(bool so, std::string_view value) {
  if (!so) return std::nullopt;
  return std::string(value);
}

}  // namespace

ElementFate fate_of(std::string_view element) {
  static const auto kFates = [] {  // asked for every tag
    std::unordered_map<std::string_view, ElementFate> fates;
    for (const auto& [words, fate] : {std::pair{kKeptElements, ElementFate::kKept},
                                      {kVoidElements, ElementFate::kVoid},
                                      {kDroppedElements, ElementFate::kDropped}})
      for_each_word(words, [&, fate = fate](std::string_view word) { fates.emplace(word, fate); });
    return fates;
  }();
  const auto found = kFates.find(element);
  return found == kFates.end() ? ElementFate::kUnwrapped : found->second;
}

std::optional<std::string> safe_attribute(std::string_view element, std::string_view name, std::string_view value,
                                          const Base* base) {
  const auto rule = std::ranges::find_if(kAttributes, [&](const AttributeRule& candidate) {
    return candidate.name == name && (candidate.elements == " * " || has_word(candidate.elements, element));
  });
  if (rule == kAttributes.end()) return std::nullopt;
  switch (rule->kind) {
    case Kind::kText:
      return std::string(value);
    case Kind::kLink:
      return safe_url(value, UrlUse::kLink, base);
    case Kind::kImage:
      return safe_url(value, UrlUse::kImage, base);
    case Kind::kMedia:
      return safe_url(value, UrlUse::kMedia, base);
    case Kind::kSources:
      return safe_srcset(value, base);
    case Kind::kId:
      return id(value);
    case Kind::kClasses:
      return classes(value);
    case Kind::kNumber:
      return if_so(is_number(value), value);
    case Kind::kSpan:
      return if_so(is_span(value), value);
    case Kind::kLength:
      return if_so(is_length(value), value);
    case Kind::kFlag:
      return std::string();
    case Kind::kWord: {
      const bool cased = name == "type";  // of a list: "a" and "A" differ
      const auto word = cased ? std::string(value) : ascii_lower(value);
      return if_so(!word.empty() && word.find(' ') == std::string::npos && has_word(rule->words, word), word);
    }
    case Kind::kQuery:
      return if_so(value.size() <= 100 && only(value, " ():,.-"), value);
    case Kind::kLanguage:
      return if_so(!value.empty() && value.size() <= 35 && only(value, "-"), value);
  }
  return std::nullopt;
}

std::string_view forced_attributes(std::string_view element, bool has_address) {
  if (element == "a" && has_address) return " rel=\"nofollow ugc noopener\"";
  if (element == "input") return " type=\"checkbox\" disabled=\"\"";
  // Nothing is loaded, and nothing sounds, before somebody wants it.
  if (element == "audio" || element == "video") return " controls=\"\" preload=\"none\"";
  return {};
}

}  // namespace causeway::api::render
