#include "apiserver/account/second_factor_routes.hpp"

#include "apiserver/account/base32.hpp"
#include "apiserver/account/code.hpp"
#include "apiserver/account/owner_notice.hpp"
#include "apiserver/account/recovery_code.hpp"
#include "apiserver/account/signing_in.hpp"
#include "apiserver/account/totp.hpp"
#include "apiserver/account/views.hpp"
#include "apiserver/persistence/problem.hpp"
#include "apiserver/rest/client_address.hpp"
#include "base/log.hpp"

namespace causeway::api::account {

using persistence::problem_of;
using rest::Answer, rest::Body, rest::Call, rest::Method, rest::Outcome, rest::Path, rest::Problem;
using Verdict = SecondFactorStore::Verdict;

namespace {

constexpr rest::ProblemKind kNoKey{409, "second-factors-unavailable", "Nobody can set up a second factor here"};

struct ShownCode {
  std::string code;
};
BOOST_DESCRIBE_STRUCT(ShownCode, (), (code))
constexpr auto field_rows(const ShownCode*) {
  return std::array{kube::Row{.member = "code",
                              .doc = "The six digits that the app shows, or a recovery code.",
                              .required = true,
                              .min_length = 1,
                              .max_length = 64}};
}

struct FirstCode {
  std::string code;
};
BOOST_DESCRIBE_STRUCT(FirstCode, (), (code))
constexpr auto field_rows(const FirstCode*) {
  return std::array{kube::Row{.member = "code",
                              .doc = "The six digits that the app shows.",
                              .required = true,
                              .min_length = 1,
                              .max_length = 20}};
}

struct NewSecret {
  std::string secret, uri;
};
BOOST_DESCRIBE_STRUCT(NewSecret, (), (secret, uri))
constexpr auto field_rows(const NewSecret*) {
  return std::array{
      kube::Row{.member = "secret", .doc = "To be typed into the app: 160 bits in base32.", .required = true},
      kube::Row{.member = "uri",
                .doc = "The same for a QR code: `otpauth://totp/…`, SHA-1, 30 seconds, six digits.",
                .required = true},
  };
}

struct RecoveryCodes {
  std::vector<std::string> recovery_codes;
};
BOOST_DESCRIBE_STRUCT(RecoveryCodes, (), (recovery_codes))
constexpr auto field_rows(const RecoveryCodes*) {
  return std::array{kube::Row{.member = "recovery_codes",
                              .doc = "Ten, each of use once in place of the app's code. They are shown this once.",
                              .required = true}};
}

std::string_view kind_of(const SecondFactorStore::Shown& shown) {
  return shown.digits.empty() ? "recovery code" : "app";
}

std::string_view reason_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kSpent:
      return "code used before";
    case Verdict::kNone:
      return "there is none";
    case Verdict::kUnreadable:
      return "its key is missing";
    case Verdict::kWrong:
    case Verdict::kRight:
      break;
  }
  return "wrong code";
}

class SecondFactorRoutes {
 public:
  explicit SecondFactorRoutes(Accounts& accounts) : accounts_(accounts) {}

  Outcome<LoggedIn> give(Call& call, const Body<ShownCode>& body) const {
    const auto me = session::in_person(call);
    if (!me) return me.error();
    if ((*me)->due != rest::Due::kSecondFactor)
      return Problem(rest::kConflict, "this session does not wait for a second factor");
    const auto user = (*me)->person.id;
    const auto shown = take(call, user, body->code);
    if (!shown) return shown.error();
    auto given = accounts_.second_factors.give(user, (*me)->session_id, *shown, accounts_.clock.wall());
    if (!given) return problem_of(given.error());
    note(call, user, "factor.given", given->verdict, {{"method", kind_of(*shown)}});
    if (given->verdict != Verdict::kRight) return refusal(given->verdict, kWrongProof);
    accounts_.sessions.changed(user);
    if (given->token.empty()) return Problem(kWrongProof, "the session has ended meanwhile: sign in again");
    set_cookie(call, given->token);
    if (shown->digits.empty()) tell_owner(accounts_, user, Notice::kRecoveryCodeUsed);
    auto profile = accounts_.store.profile(user);
    if (!profile) return problem_of(profile.error());
    if (!*profile) return Problem(kWrongProof, "the account has just been deleted");
    return Answer<LoggedIn>{{false, "", me_of(**profile)}};
  }

  Outcome<NewSecret> begin(Call& call) const {
    const auto me = session::recently_in_person(call, accounts_.clock.wall());
    if (!me) return me.error();
    if (!accounts_.second_factors.available())
      return Problem(kNoKey,
                     "this server has no key to keep secrets with: whoever runs it has to give --second-factor-keys");
    auto secret = accounts_.second_factors.begin((*me)->person.id, accounts_.clock.wall());
    if (!secret) return problem_of(secret.error());
    if (!*secret)
      return Problem(rest::kConflict,
                     "you have a second factor: to use another app, turn it off first (POST "
                     "/api/v1/me/second-factor/removal)");
    return Answer<NewSecret>{{base32_encode(**secret), otpauth_uri(**secret, accounts_.site, (*me)->person.name)}};
  }

  Outcome<RecoveryCodes> confirm(Call& call, const Body<FirstCode>& body) const {
    const auto me = session::recently_in_person(call, accounts_.clock.wall());
    if (!me) return me.error();
    const auto user = (*me)->person.id;
    const auto digits = parse_code(body->code);
    if (!digits) return Problem(rest::kInvalid, "the code cannot be right").at("#/code", "has to be six digits");
    if (auto refused = too_many(call, user, {*digits, {}})) return std::move(*refused);
    auto on = accounts_.second_factors.confirm(user, (*me)->session_id, *digits, accounts_.clock.wall());
    if (!on) return problem_of(on.error());
    note(call, user, "factor.on", on->verdict);
    if (on->verdict == Verdict::kNone)
      return Problem(rest::kConflict,
                     "nothing was begun in the last 15 minutes, or it is turned on already: begin with POST "
                     "/api/v1/me/second-factor");
    if (on->verdict != Verdict::kRight) return refusal(on->verdict, rest::kInvalid);
    accounts_.sessions.changed(user);
    if (!on->token.empty()) set_cookie(call, on->token);
    tell_owner(accounts_, user, Notice::kSecondFactorOn);
    return Answer<RecoveryCodes>{{std::move(on->recovery_codes)}};
  }

  Outcome<RecoveryCodes> renew(Call& call, const Body<ShownCode>& body) const {
    const auto me = session::recently_in_person(call, accounts_.clock.wall());
    if (!me) return me.error();
    const auto user = (*me)->person.id;
    const auto shown = take(call, user, body->code);
    if (!shown) return shown.error();
    auto made = accounts_.second_factors.renew_recovery_codes(user, *shown, accounts_.clock.wall());
    if (!made) return problem_of(made.error());
    note(call, user, "factor.codes_made", made->verdict);
    if (made->verdict != Verdict::kRight) return refusal(made->verdict, rest::kInvalid);
    tell_owner(accounts_, user, Notice::kRecoveryCodesMade);
    return Answer<RecoveryCodes>{{std::move(made->recovery_codes)}};
  }

  Outcome<void> remove(Call& call, const Body<ShownCode>& body) const {
    const auto me = session::recently_in_person(call, accounts_.clock.wall());
    if (!me) return me.error();
    const auto user = (*me)->person.id;
    const auto shown = take(call, user, body->code);
    if (!shown) return shown.error();
    auto off = accounts_.second_factors.remove(user, (*me)->session_id, *shown, accounts_.clock.wall());
    if (!off) return problem_of(off.error());
    note(call, user, "factor.off", off->verdict);
    if (off->verdict != Verdict::kRight) return refusal(off->verdict, rest::kInvalid);
    accounts_.sessions.changed(user);
    tell_owner(accounts_, user, Notice::kSecondFactorOff);
    return Answer<void>{};
  }

  // It takes a proof away that somebody else's account is protected by, so a token, or a screen left open, is not
  // enough.
  Outcome<void> reset(Call& call, const Path<UserPath>& path) const {
    const auto me = session::recently_in_person(call, accounts_.clock.wall());
    if (!me) return me.error();
    const auto known = accounts_.store.by_login(path->name);
    if (!known) return problem_of(known.error());
    if (!*known) return Problem(rest::kNotFound, "there is no such user");
    const auto user = (*known)->id;
    if (user == (*me)->person.id)
      return Problem(rest::kConflict,
                     "your own is turned off with a code of it: POST /api/v1/me/second-factor/removal");
    auto was = accounts_.second_factors.reset(user);
    if (!was) return problem_of(was.error());
    if (!*was) return Problem(rest::kNotFound, "the user has no second factor");
    accounts_.sessions.changed(user);
    const bool told = tell_owner(accounts_, user, Notice::kSecondFactorReset);
    accounts_.audit.write(call, {.action = "factor.reset",
                                 .target = audit::account_target(user),
                                 .detail = {{"name", path->name}, {"told", told}}});
    base::log::info("removed a user's second factor", {{"user", user}, {"by", (*me)->person.id}});
    return Answer<void>{};
  }

 private:
  // What is typed, as an attempt with that account.
  base::Result<SecondFactorStore::Shown, Problem> take(const Call& call, std::int64_t user,
                                                       const std::string& code) const {
    SecondFactorStore::Shown shown;
    if (auto digits = parse_code(code))
      shown.digits = std::move(*digits);
    else if (auto recovery = parse_recovery_code(code))
      shown.recovery_code = std::move(*recovery);
    else
      return Problem(rest::kInvalid, "the code cannot be right")
          .at("#/code", "has to be the six digits that the app shows, or a recovery code of 24 letters and digits");
    if (auto refused = too_many(call, user, shown)) return std::move(*refused);
    return shown;
  }

  // As of passwords: who guesses from one network keeps nobody out elsewhere, and a recovery code, which nobody
  // guesses, lets its owner in nevertheless.
  std::optional<Problem> too_many(const Call& call, std::int64_t user, const SecondFactorStore::Shown& shown) const {
    static const auto kHere = accounts_.attempts.index_of("second-factor"),
                      kInAll = accounts_.attempts.index_of("second-factor-account");
    const auto who = std::to_string(user);
    auto allowed = accounts_.attempts.take(kHere, who + "\n" + rest::rate_key(call.client_address()));
    if (allowed.allowed && !shown.digits.empty()) allowed = accounts_.attempts.take(kInAll, who);
    if (allowed.allowed) return std::nullopt;
    // Whoever it is has the first factor already. Once a day is enough to know.
    static const auto kTold = accounts_.attempts.index_of("second-factor-told");
    if (accounts_.attempts.take(kTold, who).allowed) tell_owner(accounts_, user, Notice::kSecondFactorGuessed);
    return Problem(rest::kTooManyRequests, "too many codes were tried with this account; wait, or use a recovery code")
        .with("Retry-After", std::to_string(allowed.retry_after.count()));
  }

  static Problem refusal(Verdict verdict, const rest::ProblemKind& wrong) {
    const auto with = [&](std::string detail) {
      Problem problem(wrong, std::move(detail));
      if (wrong.status == rest::kInvalid.status) problem.at("#/code", "is not one that is taken");
      return problem;
    };
    switch (verdict) {
      case Verdict::kNone:
        return {rest::kConflict, "there is no second factor"};
      case Verdict::kUnreadable:
        base::log::error(
            "a second factor cannot be read: its secret was sealed with a key that --second-factor-keys does "
            "not have");
        return rest::unavailable("codes of the app cannot be looked at right now; a recovery code can",
                                 std::chrono::seconds(60));
      case Verdict::kSpent:
        return with("this code was used already; wait for the next one of the app, or take another recovery code");
      case Verdict::kWrong:
      case Verdict::kRight:
        break;
    }
    return with("this is not the code; the clock of the device that shows it may be wrong");
  }

  void note(const Call& call, std::int64_t user, std::string_view action, Verdict verdict,
            boost::json::object detail = {}) const {
    if (verdict != Verdict::kRight) detail["reason"] = reason_of(verdict);
    accounts_.audit.write(call,
                          {.action = action,
                           .outcome = verdict == Verdict::kRight ? audit::Outcome::kAllowed : audit::Outcome::kRefused,
                           .target = audit::account_target(user),
                           .detail = std::move(detail)});
  }

  void set_cookie(Call& call, const std::string& token) const {
    call.answer_headers().set("Set-Cookie", accounts_.session_cookie.set(token, accounts_.sessions.cookie_age()));
  }

  Accounts& accounts_;
};

}  // namespace

std::vector<rest::Route> second_factor_routes(Accounts& accounts) {
  const SecondFactorRoutes mine(accounts);
  const rest::Access user{rest::Role::kUser, {}}, setting_up{rest::Role::kUser, {}, {.set_up = true}};
  std::vector<rest::Route> routes;
  routes.push_back(
      {.method = Method::kPost,
       .path = "/second_factor",
       .summary = "Complete a sign-in with the second factor",
       .tag = "sign-in",
       .description =
           "Where `POST /login`, or a provider's sign-in, says that the session needs it, within 15 minutes. "
           "The answer sets another cookie. A code is taken once.",
       .access = {rest::Role::kUser, {}, {.second_factor = true}},
       .problems = {kWrongProof, rest::kConflict, rest::kForbidden, rest::kTooManyRequests, rest::kUnavailable},
       .rate = "login",
       .run = rest::answers([=](Call& call, const Body<ShownCode>& body) { return mine.give(call, body); })});
  routes.push_back({.method = Method::kPost,
                    .path = "/api/v1/me/second-factor",
                    .summary = "Begin to set up a second factor",
                    .tag = "accounts",
                    .description = "A secret for an authenticator app (RFC 6238), which has to be confirmed within 15 "
                                   "minutes. The last sign-in must not be older than 15 minutes.",
                    .access = setting_up,
                    .problems = {rest::kConflict, kNoKey, rest::kForbidden, rest::kUnavailable},
                    .rate = "login",
                    .run = rest::answers([=](Call& call) { return mine.begin(call); })});
  routes.push_back(
      {.method = Method::kPut,
       .path = "/api/v1/me/second-factor",
       .summary = "Turn the second factor on",
       .tag = "accounts",
       .description = "With a code of the app. From then on each sign-in takes one. Ends all other sessions, and sets "
                      "another cookie for this one. The last sign-in must not be older than 15 minutes.",
       .access = setting_up,
       .problems = {rest::kConflict, rest::kForbidden, rest::kTooManyRequests, rest::kUnavailable},
       .rate = "login",
       .run = rest::answers([=](Call& call, const Body<FirstCode>& body) { return mine.confirm(call, body); })});
  routes.push_back(
      {.method = Method::kPost,
       .path = "/api/v1/me/second-factor/recovery-codes",
       .summary = "Other recovery codes",
       .tag = "accounts",
       .description = "Those until now are of no use any more. The last sign-in must not be older than 15 minutes.",
       .access = user,
       .problems = {rest::kConflict, rest::kForbidden, rest::kTooManyRequests, rest::kUnavailable},
       .rate = "login",
       .run = rest::answers([=](Call& call, const Body<ShownCode>& body) { return mine.renew(call, body); })});
  routes.push_back(
      {.method = Method::kPost,
       .path = "/api/v1/me/second-factor/removal",
       .summary = "Turn the second factor off",
       .tag = "accounts",
       .description = "Ends all other sessions. The last sign-in must not be older than 15 minutes.",
       .access = user,
       .problems = {rest::kConflict, rest::kForbidden, rest::kTooManyRequests, rest::kUnavailable},
       .rate = "login",
       .run = rest::answers([=](Call& call, const Body<ShownCode>& body) { return mine.remove(call, body); })});
  routes.push_back(
      {.method = Method::kDelete,
       .path = "/api/v1/users/{name}/second-factor",
       .summary = "Remove a user's second factor",
       .tag = "administration",
       .description =
           "For who has lost the app and the recovery codes, and has proven who they are otherwise. Ends all of "
           "the user's sessions, and tells them. Only with a session, within 15 minutes of signing in.",
       .access = {rest::Role::kAdministrator, {}},
       .problems = {rest::kConflict, rest::kForbidden, rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<UserPath>& path) { return mine.reset(call, path); })});
  return routes;
}

}  // namespace causeway::api::account
