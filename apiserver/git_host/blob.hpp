#pragma once
// Contents of files. For .cpp files of this folder.
//
// libgit2 unpacks an object of a pack whole into memory, whatever part is asked for. So large ones are read by
// `git cat-file`, which streams loose objects and those that a pack holds undeltified (every one beyond
// core.bigFileThreshold, 512 MiB, when git packs it; mostly smaller ones that do not compress, too). A large deltified
// object is whole in the memory of that child, which is limited (git/child_limits), never in ours. So is a small one
// that is a delta of a large one: kTooLarge where even that does not do.

#include <functional>
#include <stop_token>
#include <string>

#include "apiserver/git_host/content.hpp"
#include "apiserver/git_host/library.hpp"

namespace causeway::api::git_host {

// What is larger is streamed from a child.
inline constexpr std::uint64_t kReadInProcess = 1u << 20;

struct Blob {
  git_oid id{};
  std::uint64_t size = 0;  // as its header says
};

// Calls `sink` with pieces of 64 KiB at most, until the end of the range or until it returns false.
Result<void> stream_blob(const Opened& repository, const Blob& blob, const ByteRange& range,
                         const std::function<bool(std::string_view)>& sink, const std::stop_token& stop);

// Whether git would call it binary: a NUL in the first 8000 bytes.
bool looks_binary(std::string_view bytes);
Result<bool> is_binary(const Opened& repository, const Blob& blob);

}  // namespace causeway::api::git_host
