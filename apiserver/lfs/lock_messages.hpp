#pragma once
// The locking API's messages (git-lfs, docs/api/locking.md). Pure.

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "apiserver/git/refusal.hpp"
#include "apiserver/lfs/lock_store.hpp"
#include "base/result.hpp"

namespace causeway::api::lfs {

inline constexpr std::size_t kMaxLocks = 1000;  // of one page

struct LockRequest {
  std::string path, ref;
};
base::Result<LockRequest, git::Refusal> parse_lock(std::string_view body);

// `force`: also what somebody else has locked.
base::Result<bool, git::Refusal> parse_unlock(std::string_view body);

// Of locks/verify.
base::Result<LockFilter, git::Refusal> parse_verify_locks(std::string_view body);
// The query of a list: path, id, cursor, limit. A refspec is not looked at: a lock is of a path on every branch.
base::Result<LockFilter, git::Refusal> parse_list_locks(std::string_view query);

std::string lock_answer(const Lock& lock, std::string_view message = {});
// A page, and where the next one begins if `locks` has one more than `limit`.
std::string locks_answer(std::vector<Lock> locks, std::size_t limit);
std::string verified_locks_answer(std::vector<Lock> locks, std::size_t limit, std::int64_t user);

}  // namespace causeway::api::lfs
