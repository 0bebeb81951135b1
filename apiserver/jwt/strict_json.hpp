#pragma once
// JSON that everybody reads alike. A member that is there twice means one thing to one parser and another to the next,
// so it is refused (RFC 8725, 2.6 and RFC 7515, 4). Pure. Thread-safe.

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string_view>

#include "base/result.hpp"

namespace causeway::api::jwt {

namespace json = boost::json;

// One value in UTF-8, nested 32 deep at most, no member twice. The caller bounds the size. kProtocol: what is wrong.
base::Result<json::value> parse_json(std::string_view text);
// The same, and it is an object.
base::Result<json::object> parse_object(std::string_view text);

// A member that is a text; "" where there is none.
std::string_view text_member(const json::object& object, std::string_view name);

}  // namespace causeway::api::jwt
