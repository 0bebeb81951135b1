#pragma once
// What git asks before it keeps a push: hooks that the server writes, in place of the repositories' own, which they
// call.
//
// They decide nothing: what this pusher may not do comes in their environment, as do how large the repository and a
// file of it may be, and who looks through what comes for malware.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/malware/clamd.hpp"
#include "apiserver/repository/branch_rules.hpp"
#include "base/result.hpp"

namespace causeway::api::git {

// Writes <data>/.hooks where it is not as it has to be, and returns that.
base::Result<std::filesystem::path> write_push_hooks(const std::filesystem::path& data);

struct PushRules {
  std::vector<repository::BranchRefusal> refusals;
  std::uint64_t quota = 0;            // bytes that the repository may take with the push; 0: no limit
  std::uint64_t max_file = 0;         // bytes that a file may have, unpacked; also a directory, a commit. 0: no limit
  malware::ClamdOptions scan;         // no socket: nothing is looked through
  std::filesystem::path scan_report;  // what the hook found goes there; "": where nothing is looked through
};
std::map<std::string, std::string> hook_environment(const PushRules& rules);

// What a hook found: lines "found NAME WHERE", and "failed" behind why.
struct ScanReport {
  struct Found {
    std::string name, where;  // the malware, and the path, or the id of what no branch leads to
  };
  std::vector<Found> found;
  std::string failure;  // why nobody knows; "": it was looked through
};
ScanReport parse_scan_report(std::string_view text);

}  // namespace causeway::api::git
