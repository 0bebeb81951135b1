#pragma once
// Files that are given as such or by the folder that has them, as where Kubernetes mounts a Secret.

#include <filesystem>
#include <vector>

namespace causeway::base {

// A folder stands for its files, in the order of their names, without those that begin with a dot (Kubernetes' own:
// "..data"); it may be empty. What is not there stays, and is told when it is read.
std::vector<std::filesystem::path> mounted_files(const std::vector<std::filesystem::path>& paths);

}  // namespace causeway::base
