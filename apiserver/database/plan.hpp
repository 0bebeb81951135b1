#pragma once

namespace causeway::api::database {

// How PostgreSQL comes to a statement's plan. Kept: it is prepared on first use, and the first 500 texts of a session
// stay so; after some executions, one plan may serve all values. For its values: it is planned each time.
enum class Plan { kKept, kForValues };

}  // namespace causeway::api::database
