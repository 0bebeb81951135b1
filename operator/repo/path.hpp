#pragma once
// What spec.path may be, and where things lie on the disk shared with the git server.

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "kube/core/resource.hpp"

namespace causeway::op::repo {

struct RepoPath {
  std::string owner, name;
  std::string text() const { return owner + "/" + name; }
};

// "owner/name", each of 1 to 100 of A–Z a–z 0–9 . _ -, beginning with a letter, digit or '_', not ending in '.', ".git"
// or ".lock", without ".." (the rules of apiserver/git/route.hpp, which serves it). The error says what would be right.
base::Result<RepoPath> parse_path(std::string_view text);

struct Layout {
  std::filesystem::path data;

  std::filesystem::path repository(const RepoPath& path) const { return data / path.owner / (path.name + ".git"); }
  std::filesystem::path events() const { return data / ".events"; }
  std::filesystem::path archive() const { return data / ".archive"; }
  std::filesystem::path temporary() const { return data / ".tmp"; }
  // A file with the path that the Repo of this UID has on the disk, which spec.path may have left behind.
  std::filesystem::path place(const std::string& uid) const { return data / ".places" / uid; }
};

// Name of a Repo's file in the events folder: "<namespace>.<name>". A namespace has no dot, so the first one divides.
std::string event_slug(const kube::ObjectKey& key);
// An empty name: not one of ours.
kube::ObjectKey key_of_slug(std::string_view slug);

}  // namespace causeway::op::repo
