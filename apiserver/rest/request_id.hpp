#pragma once
// The name that a request goes by: in X-Request-Id, in its log lines and in problems.

#include <string>

#include "base/http.hpp"

namespace causeway::api::rest {

// The client's own (X-Request-Id of 1 to 64 letters, digits, '-', '_', '.'), so that one name follows a request through
// proxies; else a new one. Thread-safe. Not a secret: it can be guessed.
std::string request_id(const base::HttpRequest& request);

}  // namespace causeway::api::rest
