#pragma once
// The languages that are highlighted: what they are called, which files are theirs, and what their words and quotes
// are. Data; immutable. Thread-safe.

#include <span>
#include <string_view>

namespace causeway::api::render {

enum class Token {
  kPlain,
  kComment,
  kString,
  kNumber,
  kKeyword,
  kLiteral,  // true, None, nil
  kType,
  kFunction,   // a name before "("
  kVariable,   // $x
  kAttribute,  // keys, names of attributes
  kTag,        // names of elements, sections, headings
  kMeta,       // preprocessor, decorators, doctypes
  kInserted,
  kDeleted,
};

// "hl-keyword"; empty for kPlain.
std::string_view class_of(Token token);

// Strings and comments: what is between two marks.
struct Quoted {
  std::string_view open, close;  // close "": the end of the line
  Token token = Token::kString;
  bool lines = false;   // goes on behind the end of a line
  bool escapes = true;  // a backslash takes the next character with it
  bool nests = false;   // comments in comments
};

// How a language is cut up, where words, numbers, strings and comments are not all of it.
enum class Form {
  kCode,
  kMarkup,  // HTML, XML
  kDiff,
  kMarkdown,
};

struct Quirks {
  bool any_case = false;           // keywords
  bool first_word_only = false;    // keywords are the first word of a line (Dockerfile)
  bool preprocessor = false;       // "#" at the beginning of a line
  bool decorators = false;         // @name
  bool variables = false;          // $name, ${…}, $(…)
  bool macros = false;             // \name
  bool keys = false;               // a word at the beginning of a line before ":" or "="
  bool keyed_strings = false;      // a string before ":"
  bool sections = false;           // [name] at the beginning of a line
  bool marks_after_blank = false;  // "#" begins a comment, a quote a string, only behind a blank or a bracket
  bool short_ticks = false;        // 'x' is a character, 'x alone is not (Rust, Julia)
  bool raw_strings = false;        // R"x( )x" of C++, r#" "# of Rust
  bool heredocs = false;           // <<END
};

struct Language {
  std::string_view name;        // as shown, and in "language-…"
  std::string_view names;       // others that it goes by
  std::string_view files;       // "*.py" and whole names
  std::string_view programs{};  // behind "#!"
  Form form = Form::kCode;
  std::string_view keywords{}, literals{}, types{};
  std::span<const Quoted> quoted{};
  std::string_view word_characters{};  // beside letters, digits and "_"
  Quirks quirks{};
};

std::span<const Language> languages();

// By name in any case ("py", "C++"); nullptr: none.
const Language* language_named(std::string_view name);
// By the file's name, else by its first line ("#!/usr/bin/env python3"); nullptr: none.
const Language* language_of_file(std::string_view path, std::string_view content);

}  // namespace causeway::api::render
