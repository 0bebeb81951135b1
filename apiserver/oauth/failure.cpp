#include "apiserver/oauth/failure.hpp"

namespace causeway::api::oauth {
namespace {

constexpr rest::ProblemKind kRefused{403, "oauth-denied", "The provider did not confirm who you are"};
constexpr rest::ProblemKind kExpired{409, "oauth-attempt", "The sign-in has to begin again"};
constexpr rest::ProblemKind kUpstream{502, "oauth-provider", "The provider's answer cannot be used"};

}  // namespace

std::string_view to_string(FailureKind kind) {
  switch (kind) {
    case FailureKind::kNoProvider:
      return "no-provider";
    case FailureKind::kBadReturn:
      return "bad-return";
    case FailureKind::kDenied:
      return "denied";
    case FailureKind::kNoAttempt:
      return "no-attempt";
    case FailureKind::kUnavailable:
      return "unavailable";
    case FailureKind::kBadAnswer:
      return "bad-answer";
    case FailureKind::kBadToken:
      return "bad-token";
    case FailureKind::kMisconfigured:
      return "misconfigured";
    case FailureKind::kBusy:
      return "busy";
    case FailureKind::kDatabase:
      return "database";
  }
  return "";
}

std::string explanation(const Failure& failure) {
  const std::string provider = failure.provider.empty() ? "The provider" : failure.provider;
  switch (failure.kind) {
    case FailureKind::kNoProvider:
      return "There is no sign-in with this provider here.";
    case FailureKind::kBadReturn:
      return "The address to return to has to be a path of this site, like /workshop.";
    case FailureKind::kDenied:
      return provider + " was not allowed to tell who you are. Nothing has changed.";
    case FailureKind::kNoAttempt:
      return "This sign-in was begun in another browser, took more than ten minutes, or was used before. Please begin "
             "again.";
    case FailureKind::kUnavailable:
      return provider + " does not answer right now. Please try again in a moment, or sign in another way.";
    case FailureKind::kBusy:
      return "Many people are signing in with " + provider + " right now. Please try again in a moment.";
    case FailureKind::kBadAnswer:
    case FailureKind::kBadToken:
      return provider + " answered something that cannot be trusted. Please try again, or sign in another way.";
    case FailureKind::kMisconfigured:
      return "The sign-in with " + provider +
             " is not set up correctly. Its administrator finds the reason in the log.";
    case FailureKind::kDatabase:
      return "This did not work because of us. Please try again in a moment.";
  }
  return "";
}

rest::Problem to_problem(const Failure& failure) {
  const auto text = explanation(failure);
  switch (failure.kind) {
    case FailureKind::kNoProvider:
      return {rest::kNotFound, text};
    case FailureKind::kBadReturn:
      return {rest::kBadParameter, text};
    case FailureKind::kDenied:
      return {kRefused, text};
    case FailureKind::kNoAttempt:
      return {kExpired, text};
    case FailureKind::kUnavailable:
    case FailureKind::kBusy:
    case FailureKind::kDatabase:
      return rest::unavailable(text, std::chrono::seconds(10));
    case FailureKind::kBadAnswer:
    case FailureKind::kBadToken:
    case FailureKind::kMisconfigured:
      return {kUpstream, text};
  }
  return {rest::kInternal, text};
}

std::string excerpt(std::string_view text) {
  std::string out = "\"";
  for (const char c : text.substr(0, 200)) out += c >= ' ' && c <= '~' && c != '"' && c != '\\' ? c : '?';
  return out + '"';
}

}  // namespace causeway::api::oauth
