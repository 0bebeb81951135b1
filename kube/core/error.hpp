#pragma once
// Failures of the Kubernetes API: a Status object of the server, or no answer at all.

#include <boost/json/fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/http.hpp"
#include "base/result.hpp"

namespace causeway::kube {

struct StatusCause {
  std::string reason, message, field;
};

struct Error {
  int code = 0;         // HTTP status, or 0 when the server did not answer
  std::string reason;   // metav1.StatusReason: "NotFound", "Conflict", "AlreadyExists", "Invalid", "Expired", …
  std::string message;  // for people
  std::vector<StatusCause> causes;
  std::optional<int> retry_after_seconds;
  base::ErrorCode transport = base::ErrorCode::kInternal;  // why there was no answer, when code == 0

  bool not_found() const { return code == 404; }
  bool already_exists() const { return code == 409 && reason == "AlreadyExists"; }
  bool conflict() const { return code == 409 && reason != "AlreadyExists"; }  // read again, decide again
  bool invalid() const { return code == 422 || code == 400; }  // the object is wrong; retrying cannot help
  bool forbidden() const { return code == 403; }
  bool expired() const { return code == 410; }  // list again from scratch
  bool namespace_terminating() const;
  bool unanswered() const { return code == 0; }
  bool cancelled() const { return code == 0 && transport == base::ErrorCode::kCancelled; }
  // The same call may succeed later without anybody changing anything: 429, 5xx, no answer.
  bool transient() const { return code == 0 || code == 429 || code >= 500; }

  static Error from_response(const base::HttpResponse& response);
  static Error from_status(const boost::json::object& status);  // a Status object, e.g. of a watch ERROR event
  static Error from_transport(const base::Error& error);
  static Error local(std::string message);  // decoding or configuration failed on our side; reason "Internal"
};

template <class T>
using Result = base::Result<T, Error>;

}  // namespace causeway::kube
