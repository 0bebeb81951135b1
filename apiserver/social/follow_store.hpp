#pragma once
// Who follows whom (table `follows`). Thread-safe.

#include <cstdint>
#include <vector>

#include "apiserver/database/pool.hpp"
#include "apiserver/social/person.hpp"

namespace causeway::api::social {

class FollowStore {
 public:
  explicit FollowStore(database::Pool& pool) : pool_(pool) {}

  // Both are as often as one likes. kCheck (follows_self_check): nobody follows themselves.
  database::Result<void> follow(std::int64_t user, std::int64_t account);
  database::Result<void> unfollow(std::int64_t user, std::int64_t account);
  database::Result<bool> follows(std::int64_t user, std::int64_t account);

  // The latest first, behind the row `after` (0: from the beginning), at most `limit`; without accounts that are
  // disabled.
  database::Result<std::vector<Listed>> followers(std::int64_t account, std::int64_t after, std::size_t limit);
  database::Result<std::vector<Listed>> following(std::int64_t user, std::int64_t after, std::size_t limit);

 private:
  database::Pool& pool_;
};

}  // namespace causeway::api::social
