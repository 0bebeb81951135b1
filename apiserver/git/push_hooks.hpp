#pragma once
// What git asks before it keeps a push: hooks that the server writes, in place of the repositories' own, which they
// call.
//
// They decide nothing: what this pusher may not do comes in their environment, as does how large the repository and a
// file of it may be.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "apiserver/repository/branch_rules.hpp"
#include "base/result.hpp"

namespace causeway::api::git {

// Writes <data>/.hooks where it is not as it has to be, and returns that.
base::Result<std::filesystem::path> write_push_hooks(const std::filesystem::path& data);

struct PushRules {
  std::vector<repository::BranchRefusal> refusals;
  std::uint64_t quota = 0;     // bytes that the repository may take with the push; 0: no limit
  std::uint64_t max_file = 0;  // bytes that a file may have, unpacked; also a directory, a commit. 0: no limit
};
std::map<std::string, std::string> hook_environment(const PushRules& rules);

}  // namespace causeway::api::git
