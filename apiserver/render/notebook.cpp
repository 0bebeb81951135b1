#include "apiserver/render/notebook.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "apiserver/render/highlight.hpp"
#include "apiserver/render/terminal.hpp"
#include "apiserver/render/text.hpp"

namespace causeway::api::render {
namespace {

namespace json = boost::json;

const json::value* member(const json::value& object, std::string_view name) {
  const auto* members = object.if_object();
  return members == nullptr ? nullptr : members->if_contains(name);
}

std::string_view text_member(const json::value& object, std::string_view name) {
  const auto* value = member(object, name);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

const json::array& array_member(const json::value& object, std::string_view name) {
  static const json::array kNone;
  const auto* value = member(object, name);
  const auto* array = value == nullptr ? nullptr : value->if_array();
  return array == nullptr ? kNone : *array;
}

// A text, or a list of its lines (nbformat's "multiline string").
std::string multiline(const json::value* value) {
  if (value == nullptr) return {};
  if (const auto* text = value->if_string()) return {text->data(), text->size()};
  std::string out;
  if (const auto* lines = value->if_array()) {
    for (const auto& line : *lines) {
      if (const auto* text = line.if_string()) out.append(text->data(), text->size());
    }
  }
  return out;
}

std::string_view language_name(const json::value& notebook) {
  const auto* metadata = member(notebook, "metadata");
  if (metadata == nullptr) return "python";
  for (const auto& [part, key] : {std::pair("language_info", "name"), std::pair("kernelspec", "language")}) {
    const auto* found = member(*metadata, part);
    const auto name = found == nullptr ? std::string_view() : text_member(*found, key);
    if (!name.empty()) return name;
  }
  return "python";
}

class NotebookWriter {
 public:
  NotebookWriter(const RenderOptions& options, const NotebookLimits& limits)
      : options_(options), limits_(limits), budget_(options.limits.cpu_time) {
    if (options_.slugger == nullptr) options_.slugger = &slugger_;
  }

  Notebook write(const json::value& notebook) {
    language_ = language_named(language_name(notebook));
    if (language_ != nullptr) out_.language = language_->name;
    out_.html = "<div class=\"nb\">\n";
    std::size_t count = 0;
    for (const auto& cell : array_member(notebook, "cells")) {
      if (count++ == limits_.cells || out_.html.size() > limits_.output || budget_.left().count() == 0) {
        out_.note = Note::kCut;
        break;
      }
      write_cell(cell);
    }
    out_.html += "</div>";
    return std::move(out_);
  }

 private:
  void write_cell(const json::value& cell) {
    const auto kind = text_member(cell, "cell_type");
    const auto source = valid_text(multiline(member(cell, "source")));
    if (kind == "markdown") {
      out_.html += "<div class=\"nb-cell nb-markdown\">";
      add(render_markdown(source, options()));
    } else if (kind == "code") {
      out_.html += "<div class=\"nb-cell nb-code\">";
      write_code(cell, source);
      for (const auto& output : array_member(cell, "outputs")) {
        if (out_.html.size() > limits_.output) break;
        write_output(output);
      }
    } else {
      out_.html += "<div class=\"nb-cell nb-raw\">";
      add(render_plain(source, options()));
    }
    out_.html += "</div>\n";
  }

  void write_code(const json::value& cell, const std::string& source) {
    const auto* count = member(cell, "execution_count");
    if (count != nullptr && count->is_int64())
      out_.html += "<div class=\"nb-count\">[" + std::to_string(count->get_int64()) + "]</div>";
    out_.html += "<pre class=\"nb-input\"><code>";
    if (source.starts_with('\n')) out_.html += '\n';
    if (language_ != nullptr && source.size() <= options_.limits.input) {
      out_.html += highlighted(source, *language_);
    } else {
      append_escaped(out_.html, source);
    }
    out_.html += "</code></pre>";
  }

  void write_output(const json::value& output) {
    const auto kind = text_member(output, "output_type");
    out_.html += "<div class=\"nb-output\">";
    if (kind == "stream") {
      add(render_plain(terminal_text(multiline(member(output, "text"))), options()));
    } else if (kind == "error") {
      std::string trace;
      for (const auto& line : array_member(output, "traceback")) trace += multiline(&line) + "\n";
      add(render_plain(terminal_text(trace), options()));
    } else if (const auto* data = member(output, "data")) {
      write_data(*data);
    }
    out_.html += "</div>";
  }

  void write_data(const json::value& data) {
    if (const auto* html = member(data, "text/html")) {
      // What consisted of scripts only leaves nothing: then the text is better.
      auto document = render_html(multiline(html), options());
      if (document.html.find_first_not_of(" \n\t\r") != std::string::npos) return add(std::move(document));
    }
    for (const std::string_view type : {"image/png", "image/jpeg", "image/gif", "image/webp"}) {
      if (const auto* image = member(data, type); image != nullptr && write_image(type, multiline(image))) return;
    }
    if (const auto* markdown = member(data, "text/markdown"))
      return add(render_markdown(multiline(markdown), options()));
    for (const std::string_view type : {"text/plain", "text/latex"}) {
      if (const auto* text = member(data, type)) return add(render_plain(terminal_text(multiline(text)), options()));
    }
  }

  // False: it is none, or too large.
  bool write_image(std::string_view type, std::string base64) {
    std::erase_if(base64, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
    const bool valid = std::ranges::all_of(
        base64, [](char c) { return is_ascii_letter(c) || is_ascii_digit(c) || c == '+' || c == '/' || c == '='; });
    if (!valid || base64.empty() || base64.size() > limits_.image) return false;
    out_.html += "<img alt=\"\" src=\"data:" + std::string(type) + ";base64," + base64 + "\">";
    return true;
  }

  // What one cell may take of what is left for all.
  const RenderOptions& options() {
    options_.limits.cpu_time = budget_.left();
    return options_;
  }

  void add(Document document) {
    out_.html += document.html;
    out_.contents.insert(out_.contents.end(), std::make_move_iterator(document.contents.begin()),
                         std::make_move_iterator(document.contents.end()));
    if (document.note != Note::kNone) out_.note = document.note;
  }

  RenderOptions options_;
  const NotebookLimits& limits_;
  CpuBudget budget_;
  Slugger slugger_;
  const Language* language_ = nullptr;
  Notebook out_;
};

}  // namespace

Notebook render_notebook(std::string_view content, const RenderOptions& options, const NotebookLimits& limits) {
  const auto as_text = [&](Note why) {
    auto plain = render_plain(content, options, why);
    return Notebook{.html = std::move(plain.html), .note = plain.note};
  };
  if (content.size() > limits.input) return as_text(Note::kTooLarge);
  boost::system::error_code failed;
  const auto notebook = json::parse(valid_text(without_mark(content)), failed);
  const auto* format = failed ? nullptr : member(notebook, "nbformat");
  if (format == nullptr || !format->is_int64() || format->get_int64() != 4) return as_text(Note::kMalformed);
  return NotebookWriter(options, limits).write(notebook);
}

}  // namespace causeway::api::render
