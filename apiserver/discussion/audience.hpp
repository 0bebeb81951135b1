#pragma once
// Who is told of what is written: who is mentioned, who takes part, who takes care of the repository.

#include <cstdint>
#include <string>
#include <vector>

#include "apiserver/activity/happening.hpp"

namespace causeway::api::discussion {

// Of an issue or a discussion in which this was written. All of these throw database::Failure.
//
// Tells those whom `mentioned` names that they are mentioned ("issue.mentioned"), and the others that `what` happened;
// nobody twice, and nobody who does not want to hear of it (watch_store.hpp).
void tell(database::Transaction& tx, const activity::Happening& what, const std::vector<std::string>& mentioned);
// Tells only those whom `mentioned` names.
void tell_mentioned(database::Transaction& tx, const activity::Happening& what,
                    const std::vector<std::string>& mentioned);

}  // namespace causeway::api::discussion
