#pragma once
// Follows a folder with inotify: somebody wrote a file of some name.

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "base/result.hpp"

namespace causeway::op::repo {

// Makes the folder if need be and calls `changed` with the names of files that are written or made in it, until `stop`.
// When the kernel's queue overflows or the folder is replaced, `lost` is called: anything may have changed.
base::Result<void> follow_folder(const std::filesystem::path& folder,
                                 const std::function<void(const std::string& name)>& changed,
                                 const std::function<void()>& lost, std::stop_token stop);

}  // namespace causeway::op::repo
