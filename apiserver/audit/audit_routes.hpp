#pragma once
// The audit log, of a user for themselves and of all for administrators (/api/v1/me/audit, /api/v1/audit).

#include <vector>

#include "apiserver/audit/audit_log.hpp"
#include "apiserver/rest/route.hpp"

namespace causeway::api::audit {

// `log` has to outlive them.
std::vector<rest::Route> audit_routes(AuditLog& log);

}  // namespace causeway::api::audit
