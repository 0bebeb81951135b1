#pragma once
// The account that a name in a path means, a user's or an organisation's: what routes about other people begin with.

#include <cstdint>
#include <string>

#include "apiserver/database/pool.hpp"
#include "apiserver/rest/problem.hpp"

namespace causeway::api::account {

struct KnownAccount {
  std::int64_t id = 0;
  std::string name;
  bool user = false;  // not an organisation
};

// By its name in any case, or one that it had before. 404: there is none, nobody has chosen the name yet, or the
// account is disabled.
base::Result<KnownAccount, rest::Problem> lookup_account(database::Pool& pool, const std::string& name);

}  // namespace causeway::api::account
