#include "apiserver/repository/rights.hpp"

#include <algorithm>

namespace causeway::api::repository {
namespace {

Right of_member(std::string_view role) {
  if (role == "owner") return Right::kAdmin;
  if (role == "maintainer") return Right::kMaintain;
  return role == "member" ? Right::kWrite : Right::kNone;
}

Right of_collaborator(std::string_view role) {
  if (role == "admin") return Right::kAdmin;
  if (role == "maintain") return Right::kMaintain;
  if (role == "write") return Right::kWrite;
  return role == "read" ? Right::kRead : Right::kNone;
}

}  // namespace

std::string_view to_string(Right right) {
  switch (right) {
    case Right::kNone:
      return "none";
    case Right::kRead:
      return "read";
    case Right::kWrite:
      return "write";
    case Right::kMaintain:
      return "maintain";
    case Right::kAdmin:
      return "admin";
  }
  return "";
}

Right right_of(const Standing& standing) {
  if (standing.owns || standing.administrator) return Right::kAdmin;
  return std::max({standing.is_public ? Right::kRead : Right::kNone,
                   standing.member ? of_member(*standing.member) : Right::kNone,
                   standing.collaborator ? of_collaborator(*standing.collaborator) : Right::kNone});
}

}  // namespace causeway::api::repository
