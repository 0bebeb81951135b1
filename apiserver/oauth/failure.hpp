#pragma once
// Why somebody could not sign in with another provider: what to tell them, and what to write into the log. Values.

#include <string>
#include <string_view>
#include <utility>

#include "apiserver/rest/problem.hpp"
#include "base/result.hpp"

namespace causeway::api::oauth {

enum class FailureKind {
  kNoProvider,     // none of this name is configured
  kBadReturn,      // `return_to` is no path of ours
  kDenied,         // the person, or the provider on their behalf, said no
  kNoAttempt,      // never begun, over, used, begun in another browser or with another provider
  kUnavailable,    // the provider cannot be reached, is slow, or says that it cannot now; later it may work
  kBadAnswer,      // the provider answered what it must not: nothing of it is believed
  kBadToken,       // the ID token is not what the provider has to give us
  kMisconfigured,  // the provider refuses us: client id, secret, redirect URI or scopes are wrong
  kBusy,           // too many are talking with this provider right now
  kDatabase,       // ours is away
};
std::string_view to_string(FailureKind kind);  // "denied", "no-attempt", …: for metrics and logs

struct Failure {
  FailureKind kind = FailureKind::kBadAnswer;
  std::string message{};    // for the log: no code, token or secret is in it
  std::string provider{};   // its display name, as far as it is known
  std::string return_to{};  // where the attempt would have led; "" where there was none
};

template <class T>
using Outcome = base::Result<T, Failure>;

// What the person is told: a sentence without anything that the provider wrote.
std::string explanation(const Failure& failure);
rest::Problem to_problem(const Failure& failure);

// What others wrote, for a log line: 200 bytes of visible ASCII at most.
std::string excerpt(std::string_view text);

}  // namespace causeway::api::oauth
