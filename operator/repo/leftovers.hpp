#pragma once
// What a push or a copy that was killed left in a repository. It counts to what the repository may take, and git itself
// removes it only where it collects garbage.

#include <cstddef>
#include <filesystem>

#include "base/clock.hpp"

namespace causeway::op::repo {

// Who works there writes: a pack comes in pieces, and a push is over minutes after its last one.
inline constexpr base::Duration kAbandoned = std::chrono::hours(6);

// Removes the quarantines of pushes (objects/tmp_objdir-…) and halves of packs (objects/pack/tmp_…) in which nothing
// was written for kAbandoned. How many; what cannot be removed stays for the next time.
std::size_t remove_leftovers(const std::filesystem::path& repository, base::WallTime now);

}  // namespace causeway::op::repo
