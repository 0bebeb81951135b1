#pragma once
// What an API answers when it cannot do what it was asked: application/problem+json (RFC 9457).
//
//   return Problem(kNotFound, "there is no repository ada/digits");
//   return Problem(kInvalid, "the name is taken").at("#/name", "is taken; choose another");
//
// A part of the API with failures of its own declares further kinds. Values; pure functions.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/http.hpp"

namespace causeway::api::rest {

inline constexpr std::string_view kProblemType = "application/problem+json";

// One kind of failure. `slug` is what programs tell kinds apart by: "urn:causeway:problem:<slug>" in `type`.
struct ProblemKind {
  int status;
  std::string_view slug, title;
};

inline constexpr ProblemKind kBadRequest{400, "bad-request", "The request is malformed"};
inline constexpr ProblemKind kBadJson{400, "bad-json", "The body is not JSON"};
inline constexpr ProblemKind kBadParameter{400, "bad-parameter", "A parameter is not valid"};
inline constexpr ProblemKind kBadCursor{400, "bad-cursor", "The cursor is not one of this list"};
inline constexpr ProblemKind kKeyMissing{400, "idempotency-key-missing", "An Idempotency-Key is needed"};
inline constexpr ProblemKind kUnauthenticated{401, "unauthenticated", "Sign in first"};
inline constexpr ProblemKind kForbidden{403, "forbidden", "You may not do this"};
inline constexpr ProblemKind kScopeMissing{403, "scope-missing", "The token was not issued for this"};
inline constexpr ProblemKind kPasswordNeeded{403, "password-needed", "Set a password of your own first"};
inline constexpr ProblemKind kSecondFactorNeeded{403, "second-factor-needed", "Give your second factor first"};
inline constexpr ProblemKind kSecondFactorSetUpNeeded{403, "second-factor-set-up-needed",
                                                      "Set up a second factor first"};
inline constexpr ProblemKind kCrossSite{403, "cross-site", "The request may come from another site"};
inline constexpr ProblemKind kNotFound{404, "not-found", "There is nothing here"};
inline constexpr ProblemKind kMethodNotAllowed{405, "method-not-allowed", "The method is not for this address"};
inline constexpr ProblemKind kNotAcceptable{406, "not-acceptable", "No content type that is accepted is offered"};
inline constexpr ProblemKind kTimeout{408, "request-timeout", "The body did not come in time"};
inline constexpr ProblemKind kConflict{409, "conflict", "The request conflicts with what is there"};
inline constexpr ProblemKind kLimitReached{409, "limit-reached", "There are as many as there may be"};
inline constexpr ProblemKind kKeyInFlight{409, "idempotency-key-in-flight", "The first request is not done yet"};
inline constexpr ProblemKind kKeyUnanswered{409, "idempotency-key-unanswered", "It was done, and its answer is lost"};
inline constexpr ProblemKind kPreconditionFailed{412, "precondition-failed", "It has changed in the meantime"};
inline constexpr ProblemKind kTooLarge{413, "too-large", "The body is too large"};
inline constexpr ProblemKind kUnsupportedMedia{415, "unsupported-media-type", "The body's content type is not taken"};
inline constexpr ProblemKind kInvalid{422, "invalid", "Some values are not valid"};
inline constexpr ProblemKind kKeyReused{422, "idempotency-key-reused", "The key belongs to another request"};
inline constexpr ProblemKind kPreconditionMissing{428, "precondition-missing", "An If-Match is needed"};
inline constexpr ProblemKind kTooManyRequests{429, "too-many-requests", "Too many requests"};
inline constexpr ProblemKind kInternal{500, "internal", "Something failed on our side"};
inline constexpr ProblemKind kUnavailable{503, "unavailable", "Not available right now"};

// Where a value is wrong: in the body (a JSON Pointer as URI fragment, "#/name") or in a parameter.
struct ProblemField {
  std::string pointer;    // one of these two is empty
  std::string parameter;  // of the path, the query or the header
  std::string detail;     // what is wrong, and what would be right
  bool operator==(const ProblemField&) const = default;
};

struct Problem {
  Problem(const ProblemKind& k, std::string detail) : kind(k), message(std::move(detail)) {}

  Problem& at(std::string pointer, std::string detail) &;
  Problem at(std::string pointer, std::string detail) &&;
  Problem& with(std::string_view header, std::string value) &;
  Problem with(std::string_view header, std::string value) &&;

  int status() const { return kind.status; }

  ProblemKind kind;
  std::string message;  // `detail`: of this case, for people
  std::vector<ProblemField> errors;
  base::Headers headers;  // WWW-Authenticate, Retry-After, Allow, …
};

// 503 with Retry-After.
Problem unavailable(std::string detail, std::chrono::seconds retry_after);

// kLimitReached: "the limit is 100 access tokens of a user: revoke one that is not needed, or …".
Problem limit_reached(std::int64_t limit, std::string_view of_what, std::string_view way_out);

// The whole answer. `request_id` becomes `instance`; texts that are not UTF-8 are left out.
base::HttpResponse to_response(const Problem& problem, std::string_view request_id);

}  // namespace causeway::api::rest
