#pragma once
// The environment of git as a client: nothing of the machine's configuration, no prompts, credentials from files.

#include <filesystem>
#include <map>
#include <string>

#include "base/result.hpp"

namespace causeway::op::build {

// A program for GIT_ASKPASS in `scratch` (a folder of ours alone): it reads the files `username` and `password` of
// `credentials`, so that a password is in no argument, variable or configuration. Its path.
base::Result<std::string> write_askpass(const std::filesystem::path& scratch, const std::filesystem::path& credentials);

// The same with a token of the platform's own (apiserver/git/platform_tokens.hpp): the user is its audience. The file
// is read each time, as it is renewed.
base::Result<std::string> write_token_askpass(const std::filesystem::path& scratch, const std::string& audience,
                                              const std::filesystem::path& token);

// `askpass`: a program, or "/bin/false" for no credentials. The machine's authorities and proxies are passed on.
std::map<std::string, std::string> git_environment(const std::string& askpass = "/bin/false");

}  // namespace causeway::op::build
