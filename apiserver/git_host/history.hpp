#pragma once
// Commits. Values. Texts are UTF-8 whatever the commit says its encoding is (text.hpp).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace causeway::api::git_host {

using ObjectId = std::string;  // 40 lower-case hexadecimal digits

struct Signature {
  std::string name, email;
  base::WallTime time{};   // whole seconds
  int offset_minutes = 0;  // of the zone that it was written in, east of UTC
  bool operator==(const Signature&) const = default;
};

struct Commit {
  ObjectId id;
  ObjectId tree;
  std::vector<ObjectId> parents;
  Signature author, committer;
  std::string message;  // whole, at most kMaxMessage bytes of it
  bool operator==(const Commit&) const = default;

  std::string summary() const;  // the first paragraph on one line, as `git log --format=%s`
};
inline constexpr std::size_t kMaxMessage = 64 * 1024;

struct LogQuery {
  std::string path;        // "": all. Otherwise those that changed it, as `git log -- PATH` chooses them
  std::string after;       // LogPage::next of the page before
  std::size_t limit = 50;  // 1 to kMaxLogPage
};
inline constexpr std::size_t kMaxLogPage = 1000;

struct LogPage {
  std::vector<Commit> commits;  // the youngest first, as `git log` orders them
  // "": that was all. With a path a page may be short, even empty, with more to come: looking took too long.
  std::string next;
};

}  // namespace causeway::api::git_host
