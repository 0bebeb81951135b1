#pragma once
// Which address of Git LFS a request means: everything under /<owner>/<name>.git/info/lfs. Pure.

#include <cstdint>
#include <string>
#include <string_view>

#include "apiserver/git/refusal.hpp"
#include "base/result.hpp"

namespace causeway::api::lfs {

struct Route {
  enum class Kind {
    kBatch,        // POST objects/batch
    kUpload,       // PUT objects/<oid>
    kDownload,     // GET, HEAD objects/<oid>
    kVerify,       // POST objects/verify
    kLock,         // POST locks
    kListLocks,    // GET locks
    kVerifyLocks,  // POST locks/verify
    kUnlock,       // POST locks/<id>/unlock
  };
  Kind kind = Kind::kBatch;
  std::string owner, name;
  std::string oid;        // of kUpload, kDownload
  std::int64_t lock = 0;  // of kUnlock
};

bool is_lfs(std::string_view path);
// 404: no such address; 405 with what is allowed.
base::Result<Route, git::Refusal> parse_route(std::string_view method, std::string_view path);

// SHA-256 as git-lfs writes it: 64 lower-case hexadecimal digits.
bool valid_oid(std::string_view text);

}  // namespace causeway::api::lfs
