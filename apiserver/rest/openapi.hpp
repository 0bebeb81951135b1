#pragma once
// The OpenAPI 3.1 document of a table of routes. Pure.

#include <string>
#include <vector>

#include "apiserver/rest/route.hpp"

namespace causeway::api::rest {

struct ApiInfo {
  std::string title, version, description;
  std::string session_cookie;  // the name of the cookie that carries a session
};

// Routes that are hidden are left out. std::logic_error: a route contradicts itself (its path's parameters are not
// those of its type, a GET has a body, …).
json::object openapi_document(const std::vector<Route>& routes, const ApiInfo& info);

// Adds GET /openapi.json, which answers the document of the whole table, itself included: to be called last. It is made
// when it is first asked for.
void serve_openapi(std::vector<Route>& routes, const ApiInfo& info);

// As it is kept in the tree and served: members in order, two spaces a level, a line break at the end.
std::string pretty(const json::value& value);

}  // namespace causeway::api::rest
