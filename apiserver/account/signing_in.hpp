#pragma once
// What every way to sign in has in common.

#include <string>
#include <string_view>

#include "apiserver/account/accounts.hpp"
#include "apiserver/rest/call.hpp"

namespace causeway::api::account {

inline constexpr rest::ProblemKind kWrongProof{401, "wrong-proof", "This does not prove who you are"};
// Told to nobody but who gave the right one.
inline constexpr rest::ProblemKind kInitialPasswordOver{403, "initial-password-over",
                                                        "The initial password has run out"};
inline constexpr rest::ProblemKind kDisabled{403, "account-disabled", "The account is disabled"};

// Of routes that sign in and out: who has to do something first may also turn to another account.
inline constexpr rest::Access kForAnybody{.before = rest::kBeforeAnything};

// The secret that ties a proof which is under way (a code, a visit to another provider) to the browser that asked for
// it. The answer's cookie has it for 15 minutes from now on; a browser that has one keeps it.
std::string browser_secret(const Accounts& accounts, rest::Call& call);

struct Begun {
  Profile profile;
  rest::Due due = rest::Due::kNothing;  // what has to be done in the session first
};
// A session for somebody who has proven who they are, in place of the one that the browser had; the answer sets its
// cookie. kDisabled, kWrongProof: the account is disabled, or has just been deleted.
base::Result<Begun, rest::Problem> begin_session(const Accounts& accounts, rest::Call& call,
                                                 const AccountStore::Arrival& who, session::Method method);

// What the audit log says of a proof that was not taken; whether there is such an account or not.
void note_refusal(const Accounts& accounts, const rest::Call& call, session::Method method, audit::Target target,
                  std::string_view why);

}  // namespace causeway::api::account
