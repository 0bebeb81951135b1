#pragma once
// From a list of changes to what becomes of each directory. Pure: what the repository holds is asked later.

#include <map>
#include <optional>
#include <string>

#include "apiserver/git_host/change.hpp"
#include "apiserver/git_host/error.hpp"

namespace causeway::api::git_host {

// What becomes of one name in a directory, and below it. First what is there is removed, then what is put is put.
struct PlanNode {
  std::map<std::string, PlanNode, std::less<>> below;
  bool removed = false;            // it has to be there
  std::optional<std::size_t> put;  // index into the changes, which says what. Nothing is below it then
};

// kInvalid: no changes, a path that may not be written (path_rules.hpp) or is named twice, a file where another change
// wants a directory, a bad pointer. kTooLarge. The message names the path.
Result<PlanNode> plan_changes(const std::vector<Change>& changes);

// kInvalid: no name or e-mail, or characters in them that a commit cannot hold; no message, not UTF-8, too long.
Result<void> check_signature(std::string_view who, const Signature& signature);
Result<void> check_message(std::string_view message);

}  // namespace causeway::api::git_host
