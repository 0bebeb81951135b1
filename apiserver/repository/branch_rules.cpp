#include "apiserver/repository/branch_rules.hpp"

#include <algorithm>
#include <fnmatch.h>

#include "kube/core/text_cursor.hpp"

namespace causeway::api::repository {
namespace {

// nullopt: no right is enough.
std::optional<Right> right_for(std::string_view role) {
  if (role == "write") return Right::kWrite;
  if (role == "maintain") return Right::kMaintain;
  if (role == "admin") return Right::kAdmin;
  return std::nullopt;
}

}  // namespace

// git-check-ref-format(1), with *, ? and [ as in fnmatch(3).
std::string pattern_fault(std::string_view pattern) {
  if (pattern.empty()) return "is empty";
  if (pattern.size() > 255) return "is longer than 255 bytes";
  if (!kube::codec::valid_utf8(pattern)) return "is not UTF-8";
  if (pattern.starts_with("refs/")) return "begins with refs/: say the branch's name alone";
  for (const char c : pattern) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f) return "has a space or a control character";
    if (std::string_view("~^:\\").find(c) != std::string_view::npos) return "has one of ~ ^ : \\";
  }
  if (pattern.front() == '/' || pattern.back() == '/' || pattern.find("//") != std::string_view::npos)
    return "begins or ends with a slash, or has two in a row";
  if (pattern.find("..") != std::string_view::npos) return "has two dots in a row";
  for (auto open = pattern.find('['); open != std::string_view::npos;) {
    const auto close = pattern.find(']', open + 2);
    if (close == std::string_view::npos) return "has a [ without its ]";
    open = pattern.find('[', close);
  }
  return "";
}

bool branch_matches(const std::string& pattern, const std::string& branch) {
  return ::fnmatch(pattern.c_str(), branch.c_str(), 0) == 0;
}

std::vector<BranchRefusal> branch_refusals(Right right, const std::string& default_branch,
                                           const std::vector<ProtectedBranch>& rules) {
  std::vector<BranchRefusal> refusals;
  const auto refuse = [&](BranchAction action, const std::string& pattern, std::string why) {
    refusals.push_back({action, pattern, std::move(why)});
  };
  for (const auto& rule : rules) {
    const std::string name = rule.pattern + " is protected: ";
    const auto needed = right_for(rule.push_role);
    if (!needed || right < *needed)
      refuse(BranchAction::kPush, rule.pattern,
             name + (needed ? "pushing needs the role " + rule.push_role : "nobody pushes to it"));
    if (!rule.allow_force_push) refuse(BranchAction::kRewrite, rule.pattern, name + "its history is not rewritten");
    if (!rule.allow_deletion) refuse(BranchAction::kDelete, rule.pattern, name + "it is not deleted");
  }
  const bool said = std::any_of(rules.begin(), rules.end(),
                                [&](const auto& rule) { return branch_matches(rule.pattern, default_branch); });
  if (!said && right < Right::kMaintain) {
    const std::string name = default_branch + " is the default branch: ";
    refuse(BranchAction::kRewrite, default_branch, name + "rewriting its history needs the role maintain");
    refuse(BranchAction::kDelete, default_branch, name + "deleting it needs the role maintain");
  }
  return refusals;
}

std::optional<std::string> objection(const std::vector<BranchRefusal>& refusals, BranchAction action,
                                     const std::string& branch) {
  for (const auto& refusal : refusals) {
    const bool includes = refusal.action == BranchAction::kPush || refusal.action == action;
    if (includes && branch_matches(refusal.pattern, branch)) return refusal.why;
  }
  return std::nullopt;
}

}  // namespace causeway::api::repository
