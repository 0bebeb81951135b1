#pragma once
// Why the database did not do what was asked, as far as a caller can decide on it.

#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"

namespace causeway::api::database {

enum class ErrorKind {
  kUnique,          // there is such a row already: `constraint` says by which rule
  kForeignKey,      // it names a row that is not there, or a row that others still name
  kCheck,           // a rule of the schema: `constraint` says which
  kNotNull,         // `column` says where
  kInvalid,         // a value PostgreSQL cannot take: too large, not UTF-8, NUL in a text (SQLSTATE class 22)
  kConflict,        // others changed the same rows, still after the retries; the whole request may be tried again
  kTimeout,         // a statement, a lock or the whole transaction took longer than allowed; nothing was kept
  kUnavailable,     // no connection, or the server cannot work now (disk full, shutting down); nothing was kept
  kUnknownOutcome,  // the connection was lost during COMMIT: kept or not, nobody knows. Never retried here
  kOther,           // a mistake in a statement, or in the database
};
std::string_view to_string(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::kOther;
  std::string message;                    // for the log; without the rows' values that PostgreSQL puts into DETAIL
  std::string sqlstate;                   // "" where the server said nothing
  std::string constraint, table, column;  // "" where they do not apply

  bool violates(std::string_view name) const { return constraint == name; }
  // For callers that know no database: kUnavailable and kConflict are kUnavailable (503 + Retry-After in rest).
  base::Error to_base() const;
};

template <class T>
using Result = base::Result<T, Error>;

// What Transaction throws through the function given to Pool::read() or write(), which return its error. Let it pass:
// after a failed statement a transaction can do nothing more.
class Failure : public std::exception {
 public:
  explicit Failure(Error error) : error_(std::move(error)) {}
  const Error& error() const { return error_; }
  const char* what() const noexcept override { return error_.message.c_str(); }

 private:
  Error error_;
};

// An error out of what PostgreSQL reported with verbosity `verbose` ("ERROR:  23505: duplicate key …\nDETAIL: …"). The
// labels of the lines are libpq's, so they are English whatever language the server speaks.
Error parse_report(std::string_view report);
// The kind that belongs to a SQLSTATE (PostgreSQL's appendix A).
ErrorKind kind_of(std::string_view sqlstate);

}  // namespace causeway::api::database
