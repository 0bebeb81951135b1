#pragma once
// The objects of a repository, packed and loose, with those of its alternates. For .cpp files of this folder.

#include <filesystem>

#include "apiserver/git_host/library.hpp"

namespace causeway::api::git_host {

// `directory`: the repository's objects/. Loose objects are unpacked here: libgit2 1.5 turns in circles for ever when
// one was cut short (git_zstream_get_output does not notice that no input is left).
Result<OdbPtr> open_objects(const std::filesystem::path& directory);

}  // namespace causeway::api::git_host
