#pragma once
// Who may do what in a discussion of a repository. Pure.

#include <string>

#include "apiserver/repository/rights.hpp"

namespace causeway::api::discussion {

enum class Deed {
  kOpen,     // begin an issue or a discussion
  kComment,  // write a comment
  kEdit,     // change a text
  kClose,    // close, or open again
  kLabel,    // change labels
  kManage,   // lock, pin; hide a comment
  kRemove,   // delete a comment
};

struct Standing {
  repository::Right right = repository::Right::kNone;  // towards the repository
  bool author = false;                                 // of what it is done to
  bool archived = false;                               // the repository
  bool locked = false;                                 // the discussion
};

// Why they may not; "": they may. Presumes the right to read.
std::string objection(Deed deed, const Standing& standing);

}  // namespace causeway::api::discussion
