#pragma once
// What somebody did that others may want to know of: kept for who looks (table `activities`), told to those whom it
// concerns (table `notifications`). Both in the transaction that does it, so that there is one without the other never.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "apiserver/database/transaction.hpp"

namespace causeway::api::activity {

struct Happening {
  std::string_view kind;  // "issue.commented": what it is called in both tables and in the API
  std::int64_t actor = 0;
  std::optional<std::int64_t> repository{}, account{};  // what was done something to
  std::optional<std::int64_t> issue{}, number{};        // an issue's or a discussion's id and number
  std::optional<std::int64_t> comment{};
};

// These throw database::Failure.
void record(database::Transaction& tx, const Happening& what);
// As if it had not happened: a star that was taken back. Who was told of it stays told.
void take_back(database::Transaction& tx, const Happening& what);
// Who was told of this comment is so no longer.
void forget_comment(database::Transaction& tx, std::int64_t issue, std::int64_t comment);

// kOnce: who was told by the same actor of the same thing before is not told again, as often as it is done and undone.
enum class Repeat { kAlways, kOnce };
// Tells users by their ids; left out are the actor, who is disabled and who may not see the repository. What they are
// told goes on to the channels that they have chosen.
void notify(database::Transaction& tx, const Happening& what, const std::vector<std::int64_t>& receivers,
            Repeat repeat = Repeat::kAlways);

}  // namespace causeway::api::activity
