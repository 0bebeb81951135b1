#pragma once
// What an import brings, looked through for malware: by causeway-scan-objects, which stands beside this program
// (apiserver/malware).

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>

#include "base/result.hpp"

namespace causeway::op::repo {

struct ScanOptions {
  std::string clamd;             // unix socket of clamd(8); "": nothing is looked through
  std::uint64_t most_mib = 256;  // of a file that is looked at
};

// Where git writes down whose objects a repository has besides its own.
std::filesystem::path alternates_of(const std::filesystem::path& directory);

// The files in a repository's own objects, all of them, and none that it borrows. kInvalidArgument: one is malware, and
// the message says which; kUnavailable: nobody knows, and the log says why; kCancelled.
base::Result<void> scan_repository(const std::filesystem::path& directory, const ScanOptions& options,
                                   std::stop_token stop);

}  // namespace causeway::op::repo
