#pragma once
// Who has a file locked (table `lfs_locks`). A lock is of a path in its repository, whatever the branch. Thread-safe.

#include <optional>
#include <string>
#include <vector>

#include "apiserver/database/pool.hpp"

namespace causeway::api::lfs {

struct Lock {
  std::int64_t id = 0, owner = 0;
  std::string path, owner_name;
  base::WallTime locked_at;
};

struct LockFilter {
  std::string path;         // "": any
  std::int64_t id = 0;      // 0: any
  std::int64_t after = 0;   // ids beyond this one
  std::size_t limit = 100;  // at most
};

class LockStore {
 public:
  explicit LockStore(database::Pool& pool) : pool_(pool) {}

  struct Taken {
    Lock lock;
    bool fresh = false;  // false: somebody had it
  };
  database::Result<Taken> take(std::int64_t repository, std::int64_t user, const std::string& path,
                               const std::string& ref);
  database::Result<std::vector<Lock>> list(std::int64_t repository, const LockFilter& filter);
  struct Released {
    std::optional<Lock> lock;  // nullopt: there is none
    bool done = false;         // false: it is somebody else's
  };
  // `any`: whoever has it.
  database::Result<Released> release(std::int64_t repository, std::int64_t id, std::int64_t user, bool any);

 private:
  database::Pool& pool_;
};

}  // namespace causeway::api::lfs
