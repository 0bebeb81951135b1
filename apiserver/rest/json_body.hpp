#pragma once
// A request's body as JSON. Pure.

#include <boost/json.hpp>
#include <string_view>

#include "apiserver/rest/problem.hpp"
#include "apiserver/rest/schema_check.hpp"
#include "base/result.hpp"

namespace causeway::api::rest {

// The most memory in bytes that parse_body() takes for `text`, what it gives included. 0: there are too many values in
// it for it to be parsed at all.
std::size_t parsed_bytes(std::string_view text);

// UTF-8 text → the value that `schema` accepts.
// 400: not JSON (line and column), nested deeper than 32. 422: every member that is wrong, at once; a text with a NUL,
// which the database cannot hold, is. Of a member that is there twice the last counts. `storage`: where the value is.
base::Result<json::value, Problem> parse_body(std::string_view text, const SchemaCheck::Node& schema,
                                              json::storage_ptr storage = {});

}  // namespace causeway::api::rest
