#pragma once
// How much people want to be told of a repository, or of an issue in it (table `watches`). Thread-safe.

#include <cstdint>
#include <optional>
#include <string>

#include "apiserver/database/pool.hpp"

namespace causeway::api::discussion {

struct Watched {
  std::int64_t user = 0, repository = 0;
  std::optional<std::int64_t> issue{};  // nullopt: all of the repository
};

class WatchStore {
 public:
  explicit WatchStore(database::Pool& pool) : pool_(&pool) {}

  struct Level {
    std::string level;  // all, participating, none
    bool own = false;   // said of this; else it is the repository's, or what holds where nothing was said
  };
  database::Result<Level> level(const Watched& what) const;
  // kForeignKey: one of them is gone.
  database::Result<void> set(const Watched& what, const std::string& level) const;
  database::Result<void> forget(const Watched& what) const;

 private:
  database::Pool* pool_;
};

}  // namespace causeway::api::discussion
