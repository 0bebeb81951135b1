#pragma once
// What a session has to do before it is good for anything else. Pure.

#include "apiserver/rest/caller.hpp"
#include "apiserver/session/store.hpp"

namespace causeway::api::session {

// Who has to have a second factor.
enum class Require { kNobody, kAdministrators, kEverybody };

// The order in which it is due: who somebody is comes first. Then a password that nobody else knows, and then a second
// factor, so that whoever was told the initial password cannot be the one who has it.
rest::Due due_in(SecondFactor second_factor, bool initial_password, bool administrator, Require require);
rest::Due due_in(const Session& session, Require require);

}  // namespace causeway::api::session
