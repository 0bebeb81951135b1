#include "apiserver/database/error.hpp"

#include <algorithm>
#include <array>

namespace causeway::api::database {
namespace {

// The last line with that label: what users wrote can stand in lines before it (DETAIL), never behind it.
std::string labelled(std::string_view report, std::string_view label) {
  const std::string begin = "\n" + std::string(label) + ":  ";
  const auto found = report.rfind(begin);
  if (found == std::string_view::npos) return {};
  const auto value = report.substr(found + begin.size());
  return std::string(value.substr(0, value.find('\n')));
}

bool is_sqlstate(std::string_view text) {
  return text.size() == 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

}  // namespace

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUnique:
      return "unique";
    case ErrorKind::kForeignKey:
      return "foreign_key";
    case ErrorKind::kCheck:
      return "check";
    case ErrorKind::kNotNull:
      return "not_null";
    case ErrorKind::kInvalid:
      return "invalid";
    case ErrorKind::kConflict:
      return "conflict";
    case ErrorKind::kTimeout:
      return "timeout";
    case ErrorKind::kUnavailable:
      return "unavailable";
    case ErrorKind::kUnknownOutcome:
      return "unknown_outcome";
    case ErrorKind::kOther:
      break;
  }
  return "other";
}

base::Error Error::to_base() const {
  const auto code = [this] {
    switch (kind) {
      case ErrorKind::kUnique:
        return base::ErrorCode::kAlreadyExists;
      case ErrorKind::kForeignKey:
      case ErrorKind::kCheck:
      case ErrorKind::kNotNull:
      case ErrorKind::kInvalid:
        return base::ErrorCode::kInvalidArgument;
      case ErrorKind::kConflict:
      case ErrorKind::kUnavailable:
        return base::ErrorCode::kUnavailable;
      case ErrorKind::kTimeout:
        return base::ErrorCode::kTimeout;
      case ErrorKind::kUnknownOutcome:
      case ErrorKind::kOther:
        break;
    }
    return base::ErrorCode::kInternal;
  };
  return {code(), "database: " + message};
}

ErrorKind kind_of(std::string_view sqlstate) {
  struct Known {
    std::string_view prefix;
    ErrorKind kind;
  };
  static constexpr std::array kKnown{
      Known{"23505", ErrorKind::kUnique},     Known{"23P01", ErrorKind::kUnique},
      Known{"23503", ErrorKind::kForeignKey}, Known{"23001", ErrorKind::kForeignKey},
      Known{"23514", ErrorKind::kCheck},      Known{"23502", ErrorKind::kNotNull},
      Known{"22", ErrorKind::kInvalid},       Known{"40001", ErrorKind::kConflict},
      Known{"40P01", ErrorKind::kConflict},   Known{"40003", ErrorKind::kUnknownOutcome},
      Known{"57014", ErrorKind::kTimeout},                                              // statement_timeout
      Known{"55P03", ErrorKind::kTimeout},                                              // lock_timeout
      Known{"25P03", ErrorKind::kTimeout},                                              // idle in transaction
      Known{"08", ErrorKind::kUnavailable},   Known{"57P", ErrorKind::kUnavailable},    // shutting down, starting
      Known{"53", ErrorKind::kUnavailable},   Known{"58030", ErrorKind::kUnavailable},  // disk, connections; I/O
  };
  for (const auto& known : kKnown) {
    if (sqlstate.starts_with(known.prefix)) return known.kind;
  }
  return ErrorKind::kOther;
}

Error parse_report(std::string_view report) {
  Error error;
  // "SEVERITY:  SQLSTATE: text"; what libpq says by itself has no such beginning.
  const std::string_view first = report.substr(0, report.find('\n'));
  std::string_view text = first;
  if (const auto severity = first.find(":  "); severity != std::string_view::npos) {
    const std::string_view rest = first.substr(severity + 3);
    if (rest.size() > 7 && is_sqlstate(rest.substr(0, 5)) && rest.substr(5, 2) == ": ") {
      error.sqlstate = rest.substr(0, 5);
      text = rest.substr(7);
    }
  }
  error.message = text.empty() ? "the server gave no reason" : std::string(text);
  error.kind = kind_of(error.sqlstate);
  if (error.sqlstate.starts_with("23")) {
    error.constraint = labelled(report, "CONSTRAINT NAME");
    error.table = labelled(report, "TABLE NAME");
    error.column = labelled(report, "COLUMN NAME");
  }
  return error;
}

}  // namespace causeway::api::database
