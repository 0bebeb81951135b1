#pragma once
// The environment of git children: nothing of ours, nothing of the machine's configuration, no prompts.

#include <map>
#include <string>

namespace causeway::api::git {

// `git_protocol` empty: GIT_PROTOCOL is not set.
std::map<std::string, std::string> clean_environment(const std::string& git_protocol = {});

}  // namespace causeway::api::git
