#pragma once
// A caller who is somebody: what a route knows of the person beyond rest::Caller.

#include "apiserver/rest/call.hpp"
#include "apiserver/session/store.hpp"

namespace causeway::api::session {

struct SignedIn : rest::Caller {
  Person person;
  std::int64_t session_id = 0;      // 0: it came with an access token
  base::WallTime authenticated_at;  // when the person gave a proof last; of a session
  bool renewal_due = false;         // GET /pre_login would give the session a new token
};

// nullptr: a visitor. Lives as long as the call.
const SignedIn* signed_in(const rest::Call& call);

// What only a person in front of a browser may do, and no program with a token; `since`: the last proof is not older.
base::Result<const SignedIn*, rest::Problem> in_person(const rest::Call& call);
base::Result<const SignedIn*, rest::Problem> recently_in_person(const rest::Call& call, base::WallTime now);

}  // namespace causeway::api::session
