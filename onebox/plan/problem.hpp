#pragma once
// Errors of the REST APIs: application/problem+json (RFC 9457) whose `detail` a person can act on.

#include "base/http.hpp"
#include "base/result.hpp"

namespace causeway::onebox {

base::HttpResponse problem(int status, const std::string& detail);
// The status follows from the code: kInvalidArgument 422, kNotFound 404, kAlreadyExists 409, kPermission 403,
// kTimeout 504, kUnavailable and kConnect 503, else 500.
base::HttpResponse problem_of(const base::Error& error);
// The reverse, for clients: the detail of a problem, or the body.
base::Error error_of(const base::HttpResponse& response);

}  // namespace causeway::onebox
