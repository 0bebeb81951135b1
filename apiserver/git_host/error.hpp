#pragma once
// Why a repository did not give or take what it was asked to, as far as a caller can decide on it.

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace causeway::api::git_host {

enum class ErrorKind {
  kNoRepository,
  kNoRevision,   // no such branch, tag or commit; or the repository has no commits yet
  kNoPath,       // the commit has no such file or directory
  kConflict,     // it is not (any more) as the caller expected, or the name is taken. Look again before a retry
  kInvalid,      // the request can never be right: a forbidden name, an ambiguous revision, nothing to do
  kTooLarge,     // beyond a limit that the message names
  kCorrupt,      // the repository is damaged; a retry cannot help
  kUnavailable,  // the disk, a lock or the program git failed; a retry may help
  kCancelled,    // by the caller's stop token
};
std::string_view to_string(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::kUnavailable;
  std::string message;  // for people. Names and paths in it may hold any bytes: see text.hpp

  base::Error to_base() const;  // for callers that know nothing of repositories
};

template <class T>
using Result = base::Result<T, Error>;

}  // namespace causeway::api::git_host
