#pragma once
// Rows that end by themselves: tables with a column `expires_at`.

#include <cstddef>
#include <string_view>

#include "apiserver/database/pool.hpp"

namespace causeway::api::database {

// Removes the rows of `table` whose `expires_at` is not after `until`, the oldest first, at most `limit`; returns how
// many. Replicas that do so at the same time take different ones. `table`: a name of ours, never a value.
Result<std::size_t> remove_expired(Pool& pool, std::string_view table, base::WallTime until, std::size_t limit);

}  // namespace causeway::api::database
