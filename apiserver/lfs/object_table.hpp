#pragma once
// Which objects a repository has (table `lfs_objects`). Thread-safe.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "apiserver/database/pool.hpp"
#include "apiserver/lfs/object_store.hpp"
#include "apiserver/lfs/quota.hpp"

namespace causeway::api::lfs {

class ObjectTable {
 public:
  explicit ObjectTable(database::Pool& pool) : pool_(pool) {}

  struct Place {
    enum class State {
      kThere,      // uploaded before
      kExpected,   // there is room for it, which is kept until it comes; see expire()
      kOtherSize,  // it is there with another size
      kTooMuch,    // `excess` says of what
    };
    State state = State::kExpected;
    Excess excess = {};
  };
  // By oid. Two that ask at once do not get the same room. `user`: 0 for the platform itself.
  database::Result<std::map<std::string, Place>> expect(const std::vector<Object>& objects, std::int64_t user,
                                                        const Quota& quota);
  // Sizes of what the repository has of these, by oid.
  database::Result<std::map<std::string, std::int64_t>> sizes(std::int64_t repository,
                                                              const std::vector<std::string>& oids);
  struct Row {
    std::int64_t size = 0;
    bool verified = false;  // it is there; else it is expected
  };
  database::Result<std::optional<Row>> find(std::int64_t repository, const std::string& oid);
  // It came, and its size and hash are right. kForeignKey: the repository is gone.
  database::Result<void> verified(const Object& object, base::WallTime now);

  // Bytes of the large files that the repository has.
  database::Result<std::int64_t> total(std::int64_t repository);

  // Of these oids those that some repository has or expects.
  database::Result<std::set<std::string>> needed(const std::vector<std::string>& oids);
  // Expected before then, and never came.
  database::Result<void> expire(base::WallTime before);

 private:
  database::Pool& pool_;
};

}  // namespace causeway::api::lfs
