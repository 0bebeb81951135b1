#pragma once
// How much memory libgit2 gets. For library.cpp.
//
// What is read is looked at for its size before, but a small object can be a delta of a large one, and nothing of
// libgit2 says so before it has unpacked it.

#include <cstddef>

namespace causeway::api::git_host {

// In one piece; beyond it calls of libgit2 fail, with the error class GIT_ERROR_NOMEMORY.
inline constexpr std::size_t kMaxAllocation = 65u << 20;

// Of the whole process, once. What was allocated before is freed as ever. Below 0: libgit2's error code.
int limit_allocations();

}  // namespace causeway::api::git_host
