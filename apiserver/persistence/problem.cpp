#include "apiserver/persistence/problem.hpp"

#include "base/log.hpp"

namespace causeway::api::persistence {

using database::ErrorKind;

rest::Problem problem_of(const database::Error& error) {
  switch (error.kind) {
    case ErrorKind::kUnavailable:
    case ErrorKind::kTimeout:
    case ErrorKind::kConflict:
      base::log::warn("the database could not be used", {{"error", error.message}});
      return rest::unavailable("the database does not answer right now", std::chrono::seconds(1));
    case ErrorKind::kUnknownOutcome:
      base::log::warn("the connection was lost while the database kept something", {{"error", error.message}});
      return rest::unavailable(
          "the database was lost in the middle of it: look whether it was done, then try "
          "again; with the same Idempotency-Key nothing is done twice",
          std::chrono::seconds(1));
    case ErrorKind::kInvalid:
      return {rest::kInvalid, "a value cannot be kept: too long, or with characters that are not text"};
    case ErrorKind::kUnique:
    case ErrorKind::kForeignKey:
    case ErrorKind::kCheck:
    case ErrorKind::kNotNull:
    case ErrorKind::kOther:
      break;
  }
  base::log::error(
      "a statement failed",
      {{"error", error.message}, {"kind", std::string(to_string(error.kind))}, {"constraint", error.constraint}});
  return {rest::kInternal, "this failed on our side; it is in our log under this request's id"};
}

}  // namespace causeway::api::persistence
