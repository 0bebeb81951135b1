#include "apiserver/discussion/permission.hpp"

namespace causeway::api::discussion {

using repository::Right;

std::string objection(Deed deed, const Standing& standing) {
  if (standing.archived) return "the repository is archived: nothing is written there any more";
  const bool writes = standing.right >= Right::kWrite, maintains = standing.right >= Right::kMaintain;
  switch (deed) {
    case Deed::kOpen:
      return "";
    case Deed::kComment:
      return standing.locked && !writes ? "it is locked: only those who may write to the repository comment" : "";
    case Deed::kEdit:
    case Deed::kRemove:
      return standing.author || maintains ? "" : "this is for its author, and for those who maintain the repository";
    case Deed::kClose:
      if (writes || (standing.author && !standing.locked)) return "";
      return standing.author ? "it is locked: those who may write to the repository decide"
                             : "this is for its author, and for those who may write to the repository";
    case Deed::kLabel:
      return writes ? "" : "labels are for those who may write to the repository";
    case Deed::kManage:
      return maintains ? "" : "locking, pinning and hiding are for those who maintain the repository";
  }
  return "this is not known";
}

}  // namespace causeway::api::discussion
