#include "apiserver/rest/json_body.hpp"

#include <algorithm>

#include "base/http.hpp"

namespace causeway::api::rest {
namespace {

Problem not_json(std::string_view text, std::size_t offset, const std::string& why) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t start = before.rfind('\n');
  const std::size_t column = 1 + before.size() - (start == std::string_view::npos ? 0 : start + 1);
  return Problem(kBadJson, "line " + std::to_string(line) + ", byte " + std::to_string(column) + ": " + why);
}

// A value takes some forty bytes, however short its text is: "[0,0,…" becomes twenty times as much. So there are at
// most as many as the longest list of a body needs, counted before anything is built of them.
constexpr std::size_t kMostValues = 20'000;
// While it is parsed: itself, its place on the parser's stack, which grows by doubling, and the head of a list.
constexpr std::size_t kBytesOfAValue = 160, kBytesOfAParser = 1024;

// At least as many as there are; stops once they are too many.
std::size_t count_values(std::string_view text) {
  std::size_t values = 1;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == ',' || c == '[' || c == '{') {
      if (++values > kMostValues) break;
    }
  }
  return values;
}

bool holds_nul(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

void find_nul(const json::value& value, const std::string& pointer, std::vector<SchemaError>& errors) {
  if (value.is_string()) {
    if (holds_nul({value.get_string().data(), value.get_string().size()}))
      errors.push_back({pointer, "must not hold a NUL character"});
  } else if (value.is_array()) {
    std::size_t i = 0;
    for (const json::value& item : value.get_array()) find_nul(item, pointer + "/" + std::to_string(i++), errors);
  } else if (value.is_object()) {
    for (const auto& member : value.get_object()) {
      const std::string_view key(member.key().data(), member.key().size());
      std::string inside = pointer;
      append_pointer(inside, key);
      if (holds_nul(key)) errors.push_back({inside, "must not hold a NUL character"});
      find_nul(member.value(), inside, errors);
    }
  }
}

// RFC 6901, 6: a pointer in a URI fragment.
std::string fragment(std::string_view pointer) {
  std::string out = "#";
  for (const char c : pointer) {
    if (c == '/' || c == '~') {
      out += c;
    } else {
      out += base::percent_encode(std::string_view(&c, 1));
    }
  }
  return out;
}

}  // namespace

std::size_t parsed_bytes(std::string_view text) {
  const std::size_t values = count_values(text);
  // Texts are there twice for a moment, on the parser's stack and in their place.
  return values > kMostValues ? 0 : kBytesOfAParser + values * kBytesOfAValue + 3 * text.size();
}

base::Result<json::value, Problem> parse_body(std::string_view text, const SchemaCheck::Node& schema,
                                              json::storage_ptr storage) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return Problem(kBadJson, "the body is empty; a JSON value is needed");
  if (count_values(text) > kMostValues)
    return Problem(kTooLarge, "a body has at most " + std::to_string(kMostValues) + " values");
  json::parser parser(storage);
  parser.reset(storage);
  boost::system::error_code error;
  const std::size_t consumed = parser.write(text.data(), text.size(), error);
  if (error) return not_json(text, consumed, error.message());
  json::value value = parser.release();

  std::vector<SchemaError> errors = SchemaCheck::check(schema, value);
  // The escape is the only way a NUL gets in: the parser refuses the byte.
  if (text.find("\\u0000") != std::string_view::npos) find_nul(value, "", errors);
  if (errors.empty()) return value;
  Problem problem(kInvalid, errors.size() == 1 ? "one value is not valid"
                                               : std::to_string(errors.size()) + " values are not valid");
  for (SchemaError& wrong : errors) problem.at(fragment(wrong.pointer), std::move(wrong.detail));
  return problem;
}

}  // namespace causeway::api::rest
