#include "apiserver/render/html_writer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "apiserver/render/allow_list.hpp"
#include "apiserver/render/highlight.hpp"
#include "apiserver/render/html_tree.hpp"
#include "apiserver/render/tag_filter.hpp"
#include "apiserver/render/text.hpp"
#include "base/encoding.hpp"

namespace causeway::api::render {
namespace {

const GumboAttribute* attribute(const GumboElement& element, const char* name) {
  return gumbo_get_attribute(&element.attributes, name);
}

bool is_text(const GumboNode& node) {
  return node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE || node.type == GUMBO_NODE_CDATA;
}

const GumboNode& child(const GumboElement& element, unsigned index) {
  return *static_cast<const GumboNode*>(element.children.data[index]);
}

// 1 to 6, or 0.
int heading_level(std::string_view name) {
  return name.size() == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6' ? name[1] - '0' : 0;
}

// The text in and below an element: its beginning, as headings are short.
std::string text_below(const GumboElement& element, std::size_t bytes) {
  constexpr int kNodes = 500;
  std::string out;
  std::vector<std::pair<const GumboElement*, unsigned>> path{{&element, 0}};
  for (int seen = 0; !path.empty() && out.size() < bytes && seen < kNodes; ++seen) {
    auto& [parent, next] = path.back();
    if (next == parent->children.length) {
      path.pop_back();
      continue;
    }
    const auto& node = child(*parent, next++);
    if (is_text(node)) {
      out += node.v.text.text;
    } else if (node.type == GUMBO_NODE_ELEMENT && node.v.element.tag_namespace == GUMBO_NAMESPACE_HTML &&
               fate_of(element_name(node.v.element)) != ElementFate::kDropped) {
      path.emplace_back(&node.v.element, 0);
    }
  }
  std::string line;
  for (const char c : out) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
    if (!blank) line += c;
    if (blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  line.resize(base::utf8_prefix(line, bytes).size());
  if (line.ends_with(' ')) line.pop_back();
  return line;
}

// GitHub's alerts: a quotation that begins with a line "[!NOTE]".
struct Alert {
  std::string_view mark, name;
};
constexpr std::array kAlerts{Alert{"[!NOTE]\n", "alert-note"}, Alert{"[!TIP]\n", "alert-tip"},
                             Alert{"[!IMPORTANT]\n", "alert-important"}, Alert{"[!WARNING]\n", "alert-warning"},
                             Alert{"[!CAUTION]\n", "alert-caution"}};

// Without blanks between tags; nullptr: there is none.
const GumboNode* first_child(const GumboElement& element) {
  for (unsigned i = 0; i < element.children.length; ++i) {
    if (child(element, i).type != GUMBO_NODE_WHITESPACE) return &child(element, i);
  }
  return nullptr;
}

const Alert* alert_of(const GumboElement& quotation) {
  if (quotation.tag != GUMBO_TAG_BLOCKQUOTE || quotation.attributes.length > 0) return nullptr;
  const auto* paragraph = first_child(quotation);
  if (paragraph == nullptr || paragraph->type != GUMBO_NODE_ELEMENT || paragraph->v.element.tag != GUMBO_TAG_P)
    return nullptr;
  const auto* begin = first_child(paragraph->v.element);
  if (begin == nullptr || begin->type != GUMBO_NODE_TEXT) return nullptr;
  const std::string_view text = begin->v.text.text;
  const auto alert = std::ranges::find_if(kAlerts, [text](const Alert& a) { return text.starts_with(a.mark); });
  return alert == kAlerts.end() ? nullptr : &*alert;
}

class Writer {
 public:
  Writer(const Limits& limits, CpuBudget& budget, const Decoration& decoration)
      : limits_(limits), budget_(budget), decoration_(decoration) {}

  // False: it takes more than it may.
  bool write(const GumboNode& root) {
    path_.push_back({&root.v.element, 0, {}});
    while (!path_.empty()) {
      auto& place = path_.back();
      if (place.next == place.element->children.length) {
        close();
        continue;
      }
      if (out_.size() > limits_.output || budget_.spent()) return false;
      const auto& node = child(*place.element, place.next++);
      if (is_text(node)) {
        text(node.v.text.text);
      } else if (node.type == GUMBO_NODE_ELEMENT && node.v.element.tag_namespace == GUMBO_NAMESPACE_HTML) {
        element(node.v.element);
      }
    }
    return out_.size() <= limits_.output;
  }

  std::string take() { return std::move(out_); }

 private:
  struct Place {
    const GumboElement* element;
    unsigned next;     // of its children
    std::string name;  // to be closed; empty: has no tags
  };

  void text(std::string_view text) {
    if (!mark_.empty()) text.remove_prefix(text.starts_with(mark_) ? std::exchange(mark_, {}).size() : 0);
    // Parsers drop the first line end in a <pre>.
    if (std::exchange(after_pre_, false) && text.starts_with('\n')) out_ += '\n';
    append_escaped(out_, text);
  }

  void element(const GumboElement& element) {
    const auto name = element_name(element);
    auto fate = fate_of(name);
    if (name == "input" && !is_checkbox(element)) fate = ElementFate::kDropped;
    if (fate == ElementFate::kDropped || is_left_over(element)) return;
    const bool shown = fate != ElementFate::kUnwrapped && (fate == ElementFate::kVoid || depth_ < limits_.depth);
    if (shown) open(element, name);
    if (fate == ElementFate::kVoid) return;
    path_.push_back({&element, 0, shown ? name : std::string()});
    if (!shown) return;
    ++depth_;
    after_pre_ = name == "pre";
    if (after_pre_ && decoration_.highlight) highlight(element);
  }

  void close() {
    const auto& name = path_.back().name;
    if (!name.empty()) {
      out_ += "</" + name + ">";
      --depth_;
      after_pre_ = false;
    }
    path_.pop_back();
  }

  void open(const GumboElement& element, const std::string& name) {
    after_pre_ = false;
    out_ += "<" + name;
    bool has_id = false, has_address = false;
    for (unsigned i = 0; i < element.attributes.length; ++i) {
      const auto& one = *static_cast<const GumboAttribute*>(element.attributes.data[i]);
      if (one.attr_namespace != GUMBO_ATTR_NAMESPACE_NONE) continue;
      const std::string_view key = one.name;
      const auto value = safe_attribute(name, key, one.value, decoration_.base);
      if (!value) continue;
      put(key, *value);
      has_address = has_address || key == "href";
      if (key == "id") {
        has_id = true;
        list(element, name, *value);
      }
    }
    if (!has_id && decoration_.contents && heading_level(name) > 0) {
      const auto id = std::string(kIdPrefix) + decoration_.slugger->unique(text_below(element, kHeadingText));
      put("id", id);
      list(element, name, id);
    }
    if (const auto* alert = decoration_.alerts ? alert_of(element) : nullptr) {
      put("class", alert->name);
      mark_ = alert->mark;
    }
    out_ += forced_attributes(name, has_address);
    out_ += '>';
  }

  void put(std::string_view name, std::string_view value) {
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    append_escaped(out_, value);
    out_ += '"';
  }

  void list(const GumboElement& element, std::string_view name, const std::string& anchor) {
    const auto level = heading_level(name);
    if (level > 0 && decoration_.contents)
      decoration_.contents->push_back({level, text_below(element, kHeadingText), anchor});
  }

  // Paragraphs that a block in raw HTML broke in two: md4c makes some around such blocks.
  static bool is_left_over(const GumboElement& element) {
    if (element.tag != GUMBO_TAG_P || element.attributes.length > 0) return false;
    for (unsigned i = 0; i < element.children.length; ++i) {
      if (child(element, i).type != GUMBO_NODE_WHITESPACE) return false;
    }
    return true;
  }

  static bool is_checkbox(const GumboElement& element) {
    const auto* type = attribute(element, "type");
    return type != nullptr && ascii_lower(type->value) == "checkbox";
  }

  // The <pre> that was opened last: if it holds code of a known language and nothing else, its content is written here.
  void highlight(const GumboElement& pre) {
    if (pre.children.length != 1 || child(pre, 0).type != GUMBO_NODE_ELEMENT) return;
    const auto& code = child(pre, 0).v.element;
    const auto* given = attribute(code, "class");
    if (code.tag != GUMBO_TAG_CODE || given == nullptr) return;
    const auto names = safe_attribute("code", "class", given->value, nullptr);
    if (!names || !names->starts_with("language-")) return;
    const auto* language = language_named(names->substr(std::string_view("language-").size()));
    if (language == nullptr) return;
    std::string source;
    for (unsigned i = 0; i < code.children.length; ++i) {
      if (!is_text(child(code, i))) return;
      source += child(code, i).v.text.text;
    }
    open(code, "code");
    out_ += highlighted(source, *language);
    out_ += "</code>";
    path_.back().next = 1;
  }

  static constexpr std::size_t kHeadingText = 200;

  const Limits& limits_;
  CpuBudget& budget_;
  const Decoration& decoration_;
  std::vector<Place> path_;
  std::size_t depth_ = 0;
  std::string_view mark_;   // of an alert, that the next text begins with
  bool after_pre_ = false;  // a <pre> was opened, and nothing written since
  std::string out_;
};

}  // namespace

std::optional<std::string> written_anew(std::string_view html, const Limits& limits, CpuBudget& budget,
                                        const Decoration& decoration) {
  const auto known = with_known_tags(html);
  const HtmlTree tree(known, limits.memory, budget);
  if (tree.root() == nullptr) return std::nullopt;
  Writer writer(limits, budget, decoration);
  if (!writer.write(*tree.root())) return std::nullopt;
  return writer.take();
}

}  // namespace causeway::api::render
