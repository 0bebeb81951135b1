#include "apiserver/git/environment.hpp"

#include <cstdlib>

namespace causeway::api::git {

std::map<std::string, std::string> clean_environment(const std::string& git_protocol) {
  const char* path = std::getenv("PATH");
  std::map<std::string, std::string> env{
      {"PATH", path ? path : "/usr/local/bin:/usr/bin:/bin"},
      {"HOME", "/nonexistent"},
      {"LC_ALL", "C.UTF-8"},
      {"GIT_CONFIG_NOSYSTEM", "1"},
      {"GIT_CONFIG_GLOBAL", "/dev/null"},
      {"GIT_TERMINAL_PROMPT", "0"},
      {"GIT_ASKPASS", "/bin/false"},
      {"GIT_OPTIONAL_LOCKS", "0"},
  };
  if (!git_protocol.empty()) env["GIT_PROTOCOL"] = git_protocol;
  return env;
}

}  // namespace causeway::api::git
