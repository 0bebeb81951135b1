#pragma once
// What clients are told when the database could not do what a handler asked. Pure, but for a line in the log where the
// failure is ours.

#include "apiserver/database/error.hpp"
#include "apiserver/rest/problem.hpp"

namespace causeway::api::persistence {

// For what the handler has not decided on itself (a name that is taken, say): 503 with Retry-After where it may go
// better soon, 422 for a value that the database cannot take, 500 otherwise.
rest::Problem problem_of(const database::Error& error);

}  // namespace causeway::api::persistence
