#include "apiserver/render/test_inspection.hpp"

#include <set>
#include <vector>

#include "apiserver/render/html_tree.hpp"

namespace causeway::api::render::test {
namespace {

using Names = std::set<std::string, std::less<>>;

const Names kElements{"a",       "abbr", "audio", "b",     "bdi",        "bdo",    "blockquote", "br",      "caption",
                      "center",  "cite", "code",  "col",   "colgroup",   "dd",     "del",        "details", "dfn",
                      "div",     "dl",   "dt",    "em",    "figcaption", "figure", "h1",         "h2",      "h3",
                      "h4",      "h5",   "h6",    "hr",    "i",          "img",    "input",      "ins",     "kbd",
                      "li",      "mark", "ol",    "p",     "picture",    "pre",    "q",          "rp",      "rt",
                      "ruby",    "s",    "samp",  "small", "source",     "span",   "strike",     "strong",  "sub",
                      "summary", "sup",  "table", "tbody", "td",         "tfoot",  "th",         "thead",   "time",
                      "tr",      "tt",   "u",     "ul",    "var",        "video",  "wbr"};
const Names kPlainAttributes{"align", "alt",      "border",  "checked",  "colspan", "controls", "datetime",
                             "dir",   "disabled", "height",  "lang",     "loading", "loop",     "media",
                             "muted", "open",     "preload", "reversed", "rowspan", "scope",    "span",
                             "start", "title",    "type",    "valign",   "value",   "width"};
const Names kAddresses{"cite", "href", "poster", "src"};

// As a browser finds the scheme: blanks and control characters before it, tabs and line ends in it do not count.
std::string scheme(std::string_view url) {
  std::string out;
  for (const char c : url) {
    if (c == '\t' || c == '\n' || c == '\r' || (out.empty() && static_cast<unsigned char>(c) <= ' ')) continue;
    if (c == ':') return out;
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && (out.empty() || std::string_view("0123456789+-.").find(c) == std::string_view::npos)) return "";
    out += static_cast<char>(letter ? c | 0x20 : c);
  }
  return "";
}

bool allowed_address(std::string_view element, std::string_view attribute, std::string_view url) {
  const auto found = scheme(url);
  if (found.empty() || found == "http" || found == "https") return true;
  if (found == "mailto") return attribute == "href" || attribute == "cite";
  if (found != "data" || attribute == "href" || element == "audio" || element == "source") return false;
  for (const std::string_view type : {"png", "jpeg", "gif", "webp"}) {
    const auto head = "data:image/" + std::string(type) + ";base64,";
    if (url.size() > head.size() && scheme(url) == "data" && url.find(',') == head.size() - 1) return true;
  }
  return false;
}

std::string forbidden_attribute(const std::string& element, const GumboAttribute& attribute) {
  const std::string name = attribute.name, value = attribute.value;
  const auto say = [&] { return "<" + element + " " + name + "=\"" + value + "\">"; };
  if (attribute.attr_namespace != GUMBO_ATTR_NAMESPACE_NONE) return say();
  if (kPlainAttributes.contains(name)) {
    if (name == "type" && element == "input" && value != "checkbox") return say();
    return "";
  }
  if (kAddresses.contains(name)) return allowed_address(element, name, value) ? "" : say();
  if (name == "srcset") {
    for (const std::string_view word : {"javascript:", "vbscript:", "data:text", "data:image/svg"}) {
      if (value.find(word) != std::string::npos) return say();
    }
    return "";
  }
  if (name == "id" || name == "name") return value.starts_with("user-content-") ? "" : say();
  if (name == "rel") return value == "nofollow ugc noopener" ? "" : say();
  if (name == "class") {
    const bool known = value.find("language-") != std::string::npos || value.find("hl-") != std::string::npos ||
                       value.find("task-list") != std::string::npos || value.find("alert-") != std::string::npos;
    return known ? "" : say();
  }
  return say();
}

}  // namespace

std::string forbidden_in(std::string_view html) {
  CpuBudget budget(std::chrono::seconds(60));
  const HtmlTree tree(html, 1u << 30, budget);
  if (tree.root() == nullptr) return "more than a parser can take";
  std::vector<const GumboElement*> left{&tree.root()->v.element};
  while (!left.empty()) {
    const auto& parent = *left.back();
    left.pop_back();
    for (unsigned i = 0; i < parent.children.length; ++i) {
      const auto& node = *static_cast<const GumboNode*>(parent.children.data[i]);
      if (node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE) continue;
      if (node.type != GUMBO_NODE_ELEMENT) return "a comment, a CDATA section or a template";
      const auto& element = node.v.element;
      const auto name = element_name(element);
      if (element.tag_namespace != GUMBO_NAMESPACE_HTML || !kElements.contains(name)) return "<" + name + ">";
      for (unsigned j = 0; j < element.attributes.length; ++j) {
        auto found = forbidden_attribute(name, *static_cast<const GumboAttribute*>(element.attributes.data[j]));
        if (!found.empty()) return found;
      }
      left.push_back(&element);
    }
  }
  return "";
}

}  // namespace causeway::api::render::test
