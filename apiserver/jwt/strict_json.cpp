#include "apiserver/jwt/strict_json.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <string>

namespace causeway::api::jwt {
namespace {

base::Error wrong(std::string message) {
  return {base::ErrorCode::kProtocol, std::move(message)};
}

// How many members a text has, counted as they are written.
struct MemberCounter {
  static constexpr std::size_t max_object_size = -1, max_array_size = -1, max_key_size = -1, max_string_size = -1;
  using Error = boost::system::error_code;
  using Text = json::string_view;

  bool on_document_begin(Error&) { return true; }
  bool on_document_end(Error&) { return true; }
  bool on_object_begin(Error&) { return true; }
  bool on_object_end(std::size_t n, Error&) {
    members += n;
    return true;
  }
  bool on_array_begin(Error&) { return true; }
  bool on_array_end(std::size_t, Error&) { return true; }
  bool on_key_part(Text, std::size_t, Error&) { return true; }
  bool on_key(Text, std::size_t, Error&) { return true; }
  bool on_string_part(Text, std::size_t, Error&) { return true; }
  bool on_string(Text, std::size_t, Error&) { return true; }
  bool on_number_part(Text, Error&) { return true; }
  bool on_int64(std::int64_t, Text, Error&) { return true; }
  bool on_uint64(std::uint64_t, Text, Error&) { return true; }
  bool on_double(double, Text, Error&) { return true; }
  bool on_bool(bool, Error&) { return true; }
  bool on_null(Error&) { return true; }
  bool on_comment_part(Text, Error&) { return true; }
  bool on_comment(Text, Error&) { return true; }

  std::size_t members = 0;
};

std::size_t written_members(std::string_view text) {
  json::basic_parser<MemberCounter> parser{json::parse_options{}};
  boost::system::error_code error;
  parser.write_some(false, text.data(), text.size(), error);
  return parser.handler().members;
}

std::size_t kept_members(const json::value& value) {
  std::size_t count = 0;
  if (value.is_array()) {
    for (const auto& item : value.get_array()) count += kept_members(item);
  } else if (value.is_object()) {
    for (const auto& member : value.get_object()) count += 1 + kept_members(member.value());
  }
  return count;
}

}  // namespace

base::Result<json::value> parse_json(std::string_view text) {
  boost::system::error_code error;
  auto value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error) return wrong("it is not JSON: " + error.message());
  // Of a member that is there twice Boost.JSON keeps the last.
  if (written_members(text) != kept_members(value)) return wrong("a member of its JSON is there twice");
  return value;
}

base::Result<json::object> parse_object(std::string_view text) {
  auto value = parse_json(text);
  if (!value) return value.error();
  if (!value->is_object()) return wrong("it is not a JSON object");
  return std::move(value->get_object());
}

std::string_view text_member(const json::object& object, std::string_view name) {
  const auto* member = object.if_contains(json::string_view(name.data(), name.size()));
  if (!member || !member->is_string()) return {};
  return {member->get_string().data(), member->get_string().size()};
}

}  // namespace causeway::api::jwt
