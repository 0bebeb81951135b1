#pragma once
// Word to the owner of an account of what was done to it.

#include "apiserver/account/accounts.hpp"

namespace causeway::api::account {

// To the verified address or, where there is none, to the number. It is done whether or not: false where nobody was
// told, which stands in the log.
bool tell_owner(const Accounts& accounts, std::int64_t user, Notice notice);

}  // namespace causeway::api::account
