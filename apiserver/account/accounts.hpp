#pragma once
// What the routes of people work with. All of it is thread-safe, and outlives the routes.

#include "apiserver/account/account_store.hpp"
#include "apiserver/account/code_store.hpp"
#include "apiserver/account/delivery.hpp"
#include "apiserver/account/password.hpp"
#include "apiserver/audit/audit_log.hpp"
#include "apiserver/oauth/identity_store.hpp"
#include "apiserver/oauth/sign_in.hpp"
#include "apiserver/rest/rate_limit.hpp"
#include "apiserver/session/access_tokens.hpp"
#include "apiserver/session/cookie.hpp"
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
  rest::RateLimiter& password_attempts;          // class "password", by account
  audit::AuditLog& audit;
  const base::Clock& clock;
  std::string default_country;        // of numbers without one: "86"; "": they need one
  tenant::Keeper* tenants = nullptr;  // null: there is no cluster
  tenant::HubAccess* hub = nullptr;   // the same
  oauth::SignIn& providers;
  oauth::IdentityStore& identities;
};

}  // namespace causeway::api::account
