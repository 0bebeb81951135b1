#include "apiserver/account/signing_in.hpp"

#include "apiserver/persistence/problem.hpp"
#include "apiserver/session/token.hpp"
#include "base/encoding.hpp"
#include "base/log.hpp"

namespace causeway::api::account {

using persistence::problem_of;
using rest::Problem;

namespace {

// Longer than what it is tied to: codes and visits are over after ten minutes.
constexpr std::chrono::seconds kBrowserSecretLife = std::chrono::minutes(15);

}  // namespace

std::string browser_secret(const Accounts& accounts, rest::Call& call) {
  auto secret = accounts.browser_cookie.read(call.request().headers).value_or("");
  if (secret.size() < 32) secret = base::random_hex(64);
  call.answer_headers().add("Set-Cookie", accounts.browser_cookie.set(secret, kBrowserSecretLife));
  return secret;
}

base::Result<Begun, Problem> begin_session(const Accounts& accounts, rest::Call& call, const AccountStore::Arrival& who,
                                           session::Method method) {
  if (who.disabled) {
    note_refusal(accounts, call, method, audit::account_target(who.id), "disabled");
    return Problem(kDisabled, "an administrator has disabled this account");
  }
  const auto& request = call.request().headers;
  const auto before = accounts.session_cookie.read(request);
  auto token = accounts.sessions.create({.user = who.id,
                                         .method = method,
                                         .address = std::string(call.client_address()),
                                         .user_agent = std::string(request.get("User-Agent").value_or("")),
                                         .replaces = before ? session::token_hash(*before) : std::string()});
  if (!token) return problem_of(token.error());
  auto profile = accounts.store.profile(who.id);
  if (!profile) return problem_of(profile.error());
  if (!*profile) return Problem(kWrongProof, "the account has just been deleted");
  // In place of what the authenticator may have said about the session before.
  call.answer_headers().set("Set-Cookie", accounts.session_cookie.set(*token, accounts.sessions.cookie_age()));
  boost::json::object detail{{"method", to_string(method)}, {"new", who.fresh}};
  if (who.needs_password) detail["initialPassword"] = true;
  using session::SecondFactor;
  const auto due = due_in((*profile)->second_factor ? SecondFactor::kMissing : SecondFactor::kNone, who.needs_password,
                          (*profile)->administrator, accounts.require_second_factor);
  if (due != rest::Due::kNothing) detail["needs"] = to_string(due);
  accounts.audit.write(call, {.action = "session.begun",
                              .target = audit::account_target(who.id),
                              .detail = std::move(detail),
                              .actor = who.id});
  base::log::info("signed in", {{"user", who.id}, {"method", std::string(to_string(method))}, {"new", who.fresh}});
  return Begun{std::move(**profile), due};
}

void note_refusal(const Accounts& accounts, const rest::Call& call, session::Method method, audit::Target target,
                  std::string_view why) {
  accounts.audit.write(call, {.action = "session.begun",
                              .outcome = audit::Outcome::kRefused,
                              .target = std::move(target),
                              .detail = {{"method", to_string(method)}, {"reason", why}}});
}

}  // namespace causeway::api::account
