#pragma once
// What branches and tags may be called. Pure.

#include <string>
#include <string_view>

#include "apiserver/git_host/error.hpp"

namespace causeway::api::git_host {

// The rules of git-check-ref-format(1), and some that keep names unmistakable: UTF-8, at most kMaxRefName bytes, not
// beginning with '-', not "HEAD", not "refs/…", not 40 hexadecimal digits (which would hide a commit). kInvalid says
// which rule. `what`: "branch" or "tag".
Result<void> check_ref_name(std::string_view what, std::string_view name);

inline constexpr std::size_t kMaxRefName = 200;

}  // namespace causeway::api::git_host
