#include "apiserver/rest/route.hpp"

#include <set>

namespace causeway::api::rest {

std::string_view to_string(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kPatch:
      return "PATCH";
    case Method::kDelete:
      return "DELETE";
    case Method::kAny:
      return "ANY";
  }
  return "";
}

bool changes_state(const Route& route) {
  return route.changes_state || (route.method != Method::kGet && route.method != Method::kAny);
}

int success_status(const Route& route) {
  if (route.success != 0) return route.success;
  return route.run.answer || route.run.raw_answer || route.run.stream ? 200 : 204;
}

std::vector<int> declared_statuses(const Route& route) {
  std::set<int> statuses{success_status(route), 400, 500, 503};
  statuses.insert(route.more_success.begin(), route.more_success.end());
  for (const ProblemKind& kind : route.problems) statuses.insert(kind.status);
  if (!route.quiet) statuses.insert(401);  // a wrong proof is one everywhere
  const bool for_anybody = route.access.before == kBeforeAnything || route.own_proof || route.quiet;
  if (!for_anybody || route.access.role != Role::kVisitor || changes_state(route)) statuses.insert(403);
  if (route.run.path) statuses.insert(404);
  if (route.run.answer || route.run.raw_answer) statuses.insert(406);
  if (route.run.body) statuses.insert({408, 413, 415, 422});
  if (route.idempotency_key) statuses.insert({409, 422});
  if (route.etag) statuses.insert(412);
  if (route.etag && route.method == Method::kGet) statuses.insert(304);
  if (route.if_match) statuses.insert({412, 428});
  if (!route.rate.empty()) statuses.insert(429);
  return {statuses.begin(), statuses.end()};
}

}  // namespace causeway::api::rest
