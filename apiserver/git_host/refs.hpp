#pragma once
// Branches and tags. Values.

#include <optional>
#include <string>
#include <vector>

#include "apiserver/git_host/history.hpp"

namespace causeway::api::git_host {

struct Branch {
  std::string name;  // without refs/heads/
  ObjectId commit;
  bool is_default = false;
  bool operator==(const Branch&) const = default;
};

struct Tag {
  std::string name;     // without refs/tags/
  ObjectId target;      // the commit at last, of annotated ones too; rarely a tree or a blob
  std::string message;  // "" of lightweight ones
  std::optional<Signature> tagger;
  bool operator==(const Tag&) const = default;
};

struct RefQuery {
  std::string after;        // a name: begin behind it
  std::size_t limit = 100;  // 1 to kMaxRefPage
};
inline constexpr std::size_t kMaxRefPage = 1000;

template <class T>
struct RefPage {
  std::vector<T> items;  // by the bytes of their names
  std::string next;      // `after` of the next page; "": that was the last one
};

// HEAD.
struct Head {
  std::string branch;  // "": detached
  ObjectId commit;     // "": the branch has no commit yet
};

struct NewTag {
  std::string name, revision;
  std::string message;              // "": a lightweight tag
  std::optional<Signature> tagger;  // needed with a message
};

}  // namespace causeway::api::git_host
