#include "apiserver/render/markdown.hpp"

#include <md4c.h>

#include "apiserver/render/text.hpp"

namespace causeway::api::render {
namespace {

// md4c tells what it finds, this writes it down. Any callback that returns what is not 0 ends the parsing.
class HtmlOfMarkdown {
 public:
  HtmlOfMarkdown(const Limits& limits, CpuBudget& budget) : limits_(limits), budget_(budget) {}

  int stop() { return out_.size() > limits_.output || budget_.spent() ? 1 : 0; }

  void enter(MD_BLOCKTYPE type, void* detail) {
    switch (type) {
      case MD_BLOCK_DOC:
      case MD_BLOCK_HTML:
        break;
      case MD_BLOCK_QUOTE:
        out_ += "<blockquote>\n";
        break;
      case MD_BLOCK_UL:
        out_ += "<ul>\n";
        break;
      case MD_BLOCK_OL: {
        const auto start = static_cast<const MD_BLOCK_OL_DETAIL*>(detail)->start;
        out_ += start == 1 ? "<ol>\n" : "<ol start=\"" + std::to_string(start) + "\">\n";
        break;
      }
      case MD_BLOCK_LI:
        item(*static_cast<const MD_BLOCK_LI_DETAIL*>(detail));
        break;
      case MD_BLOCK_HR:
        out_ += "<hr>\n";
        break;
      case MD_BLOCK_H:
        out_ += "<h" + std::to_string(static_cast<const MD_BLOCK_H_DETAIL*>(detail)->level) + ">";
        break;
      case MD_BLOCK_CODE: {
        const auto& lang = static_cast<const MD_BLOCK_CODE_DETAIL*>(detail)->lang;
        out_ += "<pre><code";
        if (lang.size > 0) {
          out_ += " class=\"language-";
          attribute(lang);
          out_ += '"';
        }
        out_ += '>';
        break;
      }
      case MD_BLOCK_P:
        out_ += "<p>";
        break;
      case MD_BLOCK_TABLE:
        out_ += "<table>\n";
        break;
      case MD_BLOCK_THEAD:
        out_ += "<thead>\n";
        break;
      case MD_BLOCK_TBODY:
        out_ += "<tbody>\n";
        break;
      case MD_BLOCK_TR:
        out_ += "<tr>\n";
        break;
      case MD_BLOCK_TH:
        cell("<th", detail);
        break;
      case MD_BLOCK_TD:
        cell("<td", detail);
        break;
    }
  }

  void leave(MD_BLOCKTYPE type, void* detail) {
    switch (type) {
      case MD_BLOCK_DOC:
      case MD_BLOCK_HTML:
      case MD_BLOCK_HR:
        break;
      case MD_BLOCK_QUOTE:
        out_ += "</blockquote>\n";
        break;
      case MD_BLOCK_UL:
        out_ += "</ul>\n";
        break;
      case MD_BLOCK_OL:
        out_ += "</ol>\n";
        break;
      case MD_BLOCK_LI:
        out_ += "</li>\n";
        break;
      case MD_BLOCK_H:
        out_ += "</h" + std::to_string(static_cast<const MD_BLOCK_H_DETAIL*>(detail)->level) + ">\n";
        break;
      case MD_BLOCK_CODE:
        out_ += "</code></pre>\n";
        break;
      case MD_BLOCK_P:
        out_ += "</p>\n";
        break;
      case MD_BLOCK_TABLE:
        out_ += "</table>\n";
        break;
      case MD_BLOCK_THEAD:
        out_ += "</thead>\n";
        break;
      case MD_BLOCK_TBODY:
        out_ += "</tbody>\n";
        break;
      case MD_BLOCK_TR:
        out_ += "</tr>\n";
        break;
      case MD_BLOCK_TH:
        out_ += "</th>\n";
        break;
      case MD_BLOCK_TD:
        out_ += "</td>\n";
        break;
    }
  }

  void enter(MD_SPANTYPE type, void* detail) {
    if (type == MD_SPAN_IMG) {
      if (images_++ == 0) {
        out_ += "<img src=\"";
        attribute(static_cast<const MD_SPAN_IMG_DETAIL*>(detail)->src);
        out_ += "\" alt=\"";
      }
      return;
    }
    if (images_ > 0) return;  // inside of an `alt` is text only
    switch (type) {
      case MD_SPAN_EM:
        out_ += "<em>";
        break;
      case MD_SPAN_STRONG:
        out_ += "<strong>";
        break;
      case MD_SPAN_CODE:
        out_ += "<code>";
        break;
      case MD_SPAN_DEL:
        out_ += "<del>";
        break;
      case MD_SPAN_A: {
        const auto& link = *static_cast<const MD_SPAN_A_DETAIL*>(detail);
        out_ += "<a href=\"";
        attribute(link.href);
        title(link.title);
        out_ += "\">";
        break;
      }
      default:
        break;  // extensions that are not on
    }
  }

  void leave(MD_SPANTYPE type, void* detail) {
    if (type == MD_SPAN_IMG) {
      if (--images_ == 0) {
        title(static_cast<const MD_SPAN_IMG_DETAIL*>(detail)->title);
        out_ += "\">";
      }
      return;
    }
    if (images_ > 0) return;
    switch (type) {
      case MD_SPAN_EM:
        out_ += "</em>";
        break;
      case MD_SPAN_STRONG:
        out_ += "</strong>";
        break;
      case MD_SPAN_CODE:
        out_ += "</code>";
        break;
      case MD_SPAN_DEL:
        out_ += "</del>";
        break;
      case MD_SPAN_A:
        out_ += "</a>";
        break;
      default:
        break;
    }
  }

  void text(MD_TEXTTYPE type, std::string_view text) {
    switch (type) {
      case MD_TEXT_BR:
        out_ += images_ > 0 ? " " : "<br>\n";
        break;
      case MD_TEXT_SOFTBR:
        out_ += images_ > 0 ? " " : "\n";
        break;
      case MD_TEXT_HTML:
        if (images_ == 0) out_ += text;
        break;
      default:
        part(type, text);
        break;
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void part(MD_TEXTTYPE type, std::string_view text) {
    switch (type) {
      case MD_TEXT_NULLCHAR:
        out_ += "\xEF\xBF\xBD";
        break;
      case MD_TEXT_ENTITY:
        out_ += text;
        break;  // has the form of one; HTML knows whether there is such a one
      default:
        append_escaped(out_, text);
        break;
    }
  }

  void attribute(const MD_ATTRIBUTE& value) {
    for (std::size_t i = 0; value.size > 0 && value.substr_offsets[i] < value.size; ++i) {
      const auto begin = value.substr_offsets[i], end = value.substr_offsets[i + 1];
      part(value.substr_types[i], {value.text + begin, end - begin});
    }
  }

  void title(const MD_ATTRIBUTE& value) {  // after another attribute's value, whose quote is still to come
    if (value.size == 0) return;
    out_ += "\" title=\"";
    attribute(value);
  }

  void item(const MD_BLOCK_LI_DETAIL& detail) {
    if (detail.is_task == 0) {
      out_ += "<li>";
      return;
    }
    out_ += "<li class=\"task-list-item\"><input type=\"checkbox\" class=\"task-list-item-checkbox\"";
    out_ += detail.task_mark == ' ' ? "> " : " checked> ";
  }

  void cell(std::string_view tag, const void* detail) {
    out_ += tag;
    switch (static_cast<const MD_BLOCK_TD_DETAIL*>(detail)->align) {
      case MD_ALIGN_LEFT:
        out_ += " align=\"left\">";
        break;
      case MD_ALIGN_CENTER:
        out_ += " align=\"center\">";
        break;
      case MD_ALIGN_RIGHT:
        out_ += " align=\"right\">";
        break;
      case MD_ALIGN_DEFAULT:
        out_ += ">";
        break;
    }
  }

  const Limits& limits_;
  CpuBudget& budget_;
  int images_ = 0;  // inside each other; the outermost is shown
  std::string out_;
};

HtmlOfMarkdown& self(void* data) {
  return *static_cast<HtmlOfMarkdown*>(data);
}

}  // namespace

std::optional<std::string> unsafe_html_of_markdown(std::string_view text, const Limits& limits, CpuBudget& budget) {
  HtmlOfMarkdown html(limits, budget);
  MD_PARSER parser{};
  parser.flags = MD_DIALECT_GITHUB;
  parser.enter_block = [](MD_BLOCKTYPE type, void* detail, void* data) {
    self(data).enter(type, detail);
    return self(data).stop();
  };
  parser.leave_block = [](MD_BLOCKTYPE type, void* detail, void* data) {
    self(data).leave(type, detail);
    return self(data).stop();
  };
  parser.enter_span = [](MD_SPANTYPE type, void* detail, void* data) {
    self(data).enter(type, detail);
    return self(data).stop();
  };
  parser.leave_span = [](MD_SPANTYPE type, void* detail, void* data) {
    self(data).leave(type, detail);
    return self(data).stop();
  };
  parser.text = [](MD_TEXTTYPE type, const MD_CHAR* begin, MD_SIZE size, void* data) {
    self(data).text(type, {begin, size});
    return self(data).stop();
  };
  if (md_parse(text.data(), static_cast<MD_SIZE>(text.size()), &parser, &html) != 0) return std::nullopt;
  return html.take();
}

}  // namespace causeway::api::render
