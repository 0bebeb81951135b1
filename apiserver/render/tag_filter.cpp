#include "apiserver/render/tag_filter.hpp"

#include <algorithm>
#include <set>

#include "apiserver/render/allow_list.hpp"
#include "apiserver/render/text.hpp"

namespace causeway::api::render {
namespace {

constexpr std::string_view kBlank = " \t\n\f\r";
constexpr int kMaxAttributes = 30;  // of one tag; more than any element knows

bool is_blank(char c) {
  return kBlank.find(c) != std::string_view::npos;
}

// Their content is text, whatever stands there (HTML, "raw text elements" and "escapable raw text elements").
bool holds_text(std::string_view name) {
  return name == "script" || name == "style" || name == "iframe" || name == "noembed" || name == "noframes" ||
         name == "xmp" || name == "textarea" || name == "title";
}

bool is_shown_as_text(std::string_view name) {
  return name == "xmp" || name == "textarea" || name == "title";
}

bool has_no_content(std::string_view name) {
  return name == "base" || name == "embed" || name == "frame" || name == "link" || name == "meta" || name == "param";
}

class TagFilter {
 public:
  explicit TagFilter(std::string_view html) : html_(html) { out_.reserve(html.size() + html.size() / 8); }

  std::string run() {
    while (at_ < html_.size()) {
      const auto tag = std::min(html_.find('<', at_), html_.size());
      if (dropped_.empty()) out_ += html_.substr(at_, tag - at_);
      at_ = tag;
      if (at_ < html_.size()) markup();
    }
    return std::move(out_);
  }

 private:
  char peek(std::size_t ahead) const { return at_ + ahead < html_.size() ? html_[at_ + ahead] : '\0'; }

  void skip_behind(std::string_view mark, std::size_t from) {
    const auto found = html_.find(mark, from);
    at_ = found == std::string_view::npos ? html_.size() : found + mark.size();
  }

  // At a "<".
  void markup() {
    if (html_.substr(at_).starts_with("<!--")) {
      // "<!-->" and "<!--->" are whole comments.
      return skip_behind("-->", at_ + 2);
    }
    if (peek(1) == '!' || peek(1) == '?') return skip_behind(">", at_);
    if (is_ascii_letter(peek(1))) return start_tag();
    if (peek(1) == '/' && is_ascii_letter(peek(2))) return end_tag();
    if (peek(1) == '/') return skip_behind(">", at_);
    if (dropped_.empty()) out_ += "&lt;";
    ++at_;
  }

  std::string tag_name(std::size_t begin) {
    const auto end = std::min(html_.find_first_of(" \t\n\f\r/>", begin), html_.size());
    at_ = end;
    return ascii_lower(html_.substr(begin, end - begin));
  }

  void start_tag() {
    const auto name = tag_name(at_ + 1);
    const auto fate = fate_of(name);
    std::string written = "<" + name;
    const bool kept = dropped_.empty() && (fate == ElementFate::kKept || fate == ElementFate::kVoid);
    if (!attributes(kept ? &written : nullptr)) return;  // the text ends inside of the tag, which is none then
    const bool empty = html_[at_ - 2] == '/';
    if (kept) {
      out_ += written + ">";
    } else if (holds_text(name)) {
      content_as_text(name);
    } else if (!dropped_.empty()) {
      if (name == dropped_ && !empty) ++depth_;
    } else if (fate == ElementFate::kDropped && !has_no_content(name) && !empty && is_closed(name)) {
      dropped_ = name;
      depth_ = 1;
    }
  }

  void end_tag() {
    const auto name = tag_name(at_ + 2);
    if (!attributes(nullptr)) return;
    if (!dropped_.empty()) {
      if (name == dropped_ && --depth_ == 0) dropped_.clear();
      return;
    }
    // Of those without a start: "</p>" is an empty paragraph, "</br>" a line end.
    if (fate_of(name) == ElementFate::kKept || name == "br") out_ += "</" + name + ">";
  }

  // From behind the name to behind the ">". False: there is none, and the end is reached.
  bool attributes(std::string* out) {
    for (int count = 0; true;) {
      while (at_ < html_.size() && (is_blank(html_[at_]) || html_[at_] == '/')) ++at_;
      if (at_ == html_.size()) return false;
      if (html_[at_] == '>') {
        ++at_;
        return true;
      }
      const auto end_of_name = std::min(html_.find_first_of(" \t\n\f\r/>=", at_ + 1), html_.size());
      const auto name = html_.substr(at_, end_of_name - at_);
      at_ = end_of_name;
      const auto text = value();
      if (out != nullptr && count < kMaxAttributes && std::ranges::all_of(name, is_ascii_letter)) {
        *out += " " + ascii_lower(name) + "=\"";
        append_value(*out, text);
        *out += '"';
        ++count;
      }
    }
  }

  std::string_view value() {
    auto at = at_;
    while (at < html_.size() && is_blank(html_[at])) ++at;
    if (at == html_.size() || html_[at] != '=') return {};
    ++at;
    while (at < html_.size() && is_blank(html_[at])) ++at;
    at_ = at;
    if (at == html_.size() || html_[at] == '>') return {};
    const char quote = html_[at];
    if (quote == '"' || quote == '\'') {
      const auto end = std::min(html_.find(quote, at + 1), html_.size());
      at_ = std::min(end + 1, html_.size());
      return html_.substr(at + 1, end - at - 1);
    }
    at_ = std::min(html_.find_first_of(" \t\n\f\r>", at), html_.size());
    return html_.substr(at, at_ - at);
  }

  // Character references stay what they are.
  static void append_value(std::string& out, std::string_view value) {
    for (const char c : value) {
      if (c == '"') {
        out += "&quot;";
      } else if (c == '<') {
        out += "&lt;";
      } else {
        out += c;
      }
    }
  }

  // Is there "</name" from here on? Once there is none, none comes later.
  bool is_closed(const std::string& name) {
    if (unclosed_.contains(name)) return false;
    if (end_of_content(name) < html_.size()) return true;
    unclosed_.insert(name);
    return false;
  }

  std::size_t end_of_content(std::string_view name) const {
    for (auto at = html_.find("</", at_); at != std::string_view::npos; at = html_.find("</", at + 2)) {
      const auto behind = at + 2 + name.size();
      if (behind <= html_.size() && ascii_lower(html_.substr(at + 2, name.size())) == name &&
          (behind == html_.size() || is_blank(html_[behind]) || html_[behind] == '/' || html_[behind] == '>'))
        return at;
    }
    return html_.size();
  }

  // Whoever names <script> in a text and forgets to escape it does not want the rest to vanish: without its end the tag
  // alone goes.
  void content_as_text(const std::string& name) {
    if (!is_closed(name)) return;
    const auto end = end_of_content(name);
    if (dropped_.empty() && is_shown_as_text(name)) {
      for (const char c : html_.substr(at_, end - at_)) {
        if (c == '<') {
          out_ += "&lt;";
        } else if (c == '&' && name == "xmp") {
          out_ += "&amp;";
        } else {
          out_ += c;
        }
      }
    }
    at_ = end;
  }

  std::string_view html_;
  std::string out_;
  std::size_t at_ = 0;
  std::string dropped_;  // the element that is being dropped
  std::size_t depth_ = 0;
  std::set<std::string> unclosed_;
};

}  // namespace

std::string with_known_tags(std::string_view html) {
  return TagFilter(html).run();
}

}  // namespace causeway::api::render
