#include "apiserver/rest/call.hpp"

#include <algorithm>

#include "apiserver/rest/etag.hpp"
#include "apiserver/rest/route.hpp"

namespace causeway::api::rest {

base::Result<void, Problem> Call::require(const std::optional<std::string>& current_etag) const {
  switch (judge(request().headers, request().method, current_etag)) {
    case Precondition::kMalformed:
      return Problem(kBadRequest, "If-Match or If-None-Match is not a list of entity tags");
    case Precondition::kFails:
      return Problem(kPreconditionFailed, "it is not as it was when you read it; read it again and decide again");
    case Precondition::kNotModified:
    case Precondition::kHolds:
      break;
  }
  return {};
}

std::string Call::list_name() const {
  std::vector<std::string> parameters;
  for (const auto& [name, value] : query_) {
    if (name == "cursor" || name == "limit") continue;
    parameters.push_back(base::percent_encode(name) + "=" + base::percent_encode(value));
  }
  std::sort(parameters.begin(), parameters.end());
  std::string list(request().path());
  for (const std::string& parameter : parameters) list.append("&").append(parameter);
  return list;
}

base::Result<std::optional<json::array>, Problem> Call::after(const std::string& cursor) const {
  if (cursor.empty()) return std::optional<json::array>();
  auto position = parts_.cursors.open(list_name(), cursor);
  if (position) return position;
  Problem problem(kBadCursor, "take the cursor from `next` or the Link of a page of the same list, unchanged");
  problem.errors.push_back({{}, "cursor", "is not a cursor of this list"});
  return problem;
}

std::string Call::next_cursor(const json::array& position) const {
  return parts_.cursors.seal(list_name(), position);
}

std::string Call::next_link(std::string_view cursor) const {
  std::string link = "<" + std::string(request().path()) + "?";
  for (const auto& [name, value] : query_) {
    if (name != "cursor") link += base::percent_encode(name) + "=" + base::percent_encode(value) + "&";
  }
  return link.append("cursor=").append(cursor).append(">; rel=\"next\"");
}

}  // namespace causeway::api::rest
