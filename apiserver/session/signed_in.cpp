#include "apiserver/session/signed_in.hpp"

namespace causeway::api::session {
namespace {

constexpr auto kRecently = std::chrono::minutes(15);

}  // namespace

const SignedIn* signed_in(const rest::Call& call) {
  return dynamic_cast<const SignedIn*>(&call.caller());
}

base::Result<const SignedIn*, rest::Problem> in_person(const rest::Call& call) {
  const auto* me = signed_in(call);
  if (!me) return rest::Problem(rest::kUnauthenticated, "this needs a session");
  if (me->session_id == 0)
    return rest::Problem(rest::kForbidden, "this cannot be done with an access token: sign in with a browser");
  return me;
}

base::Result<const SignedIn*, rest::Problem> recently_in_person(const rest::Call& call, base::WallTime now) {
  auto me = in_person(call);
  if (me && now - (*me)->authenticated_at > kRecently)
    return rest::Problem(rest::kForbidden, "sign in again first: your last sign-in was more than 15 minutes ago")
        .with("X-Causeway-Sign-In", "again");
  return me;
}

}  // namespace causeway::api::session
