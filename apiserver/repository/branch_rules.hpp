#pragma once
// What may be done with a repository's branches (table `protected_branches`). Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/repository/rights.hpp"

namespace causeway::api::repository {

struct ProtectedBranch {
  std::string pattern;    // as in `git branch --list`: main, release/*
  std::string push_role;  // who may push: write, maintain, admin, nobody
  bool allow_force_push = false, allow_deletion = false;
};

// Each includes what is beyond it: who may not push may not rewrite or delete either.
enum class BranchAction { kPush, kRewrite, kDelete };

struct BranchRefusal {
  BranchAction action = BranchAction::kPush;
  std::string pattern;
  std::string why;  // for people, one line
};
// All that somebody with this right may not do. What nobody said about the default branch: it is rewritten and deleted
// by who maintains the repository.
std::vector<BranchRefusal> branch_refusals(Right right, const std::string& default_branch,
                                           const std::vector<ProtectedBranch>& rules);

// Why this may not be done with a branch; nullopt: it may.
std::optional<std::string> objection(const std::vector<BranchRefusal>& refusals, BranchAction action,
                                     const std::string& branch);

inline constexpr std::int64_t kMostProtections = 50;  // of a repository

// What is wrong with a pattern, so that no branch could ever have such a name, or git's hooks would read it as
// something else; "": nothing.
std::string pattern_fault(std::string_view pattern);

bool branch_matches(const std::string& pattern, const std::string& branch);

}  // namespace causeway::api::repository
