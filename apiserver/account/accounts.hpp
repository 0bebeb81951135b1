#pragma once
// What the routes of people work with. All of it is thread-safe, and outlives the routes.

#include "apiserver/account/account_store.hpp"
#include "apiserver/account/breached_passwords.hpp"
#include "apiserver/account/code_store.hpp"
#include "apiserver/account/delivery.hpp"
#include "apiserver/account/password.hpp"
#include "apiserver/account/second_factor_store.hpp"
#include "apiserver/audit/audit_log.hpp"
#include "apiserver/oauth/identity_store.hpp"
#include "apiserver/oauth/sign_in.hpp"
#include "apiserver/rest/rate_limit.hpp"
#include "apiserver/session/access_tokens.hpp"
#include "apiserver/session/cookie.hpp"
#include "apiserver/session/due.hpp"
#include "apiserver/session/sessions.hpp"
#include "apiserver/tenant/hub_access.hpp"
#include "apiserver/tenant/keeper.hpp"

namespace causeway::api::account {

struct Accounts {
  AccountStore& store;
  CodeStore& codes;
  CodeDelivery& delivery;
  PasswordHasher& passwords;
  session::Sessions& sessions;
  session::AccessTokens& tokens;
  const session::SessionCookie& session_cookie;
  const session::SessionCookie& browser_cookie;  // the secret that ties a code to the browser which asked for it
  // Classes "password" and "second-factor", by account and network; "account", "second-factor-account" and
  // "second-factor-told" (of the attempts), by account.
  rest::RateLimiter& attempts;
  audit::AuditLog& audit;
  const base::Clock& clock;
  std::string default_country;        // of numbers without one: "86"; "": they need one
  tenant::Keeper* tenants = nullptr;  // null: there is no cluster
  tenant::HubAccess* hub = nullptr;   // the same
  oauth::SignIn& providers;
  oauth::IdentityStore& identities;
  SecondFactorStore& second_factors;
  session::Require require_second_factor = session::Require::kNobody;
  const BreachedPasswords* breached = nullptr;  // null: there is no list
  std::string site;                             // what apps call this platform: the public URL's host
};

// Why this is not taken as a password; "" when it is: password_objection(), and the list of breached ones. An error:
// the list cannot be read.
base::Result<std::string> objection_to(std::string_view password, const std::vector<std::string>& words,
                                       const BreachedPasswords* breached);

}  // namespace causeway::api::account
