#pragma once
// The real git as somebody uses it, with settings of its own.

#include <cstdlib>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "base/process.hpp"

namespace causeway::test {

inline base::ProcessSpec git_client(std::vector<std::string> argv, const std::string& cwd, const std::string& home) {
  base::ProcessSpec spec;
  spec.argv = std::move(argv);
  spec.cwd = cwd;
  spec.env = {{"PATH", std::getenv("PATH")},
              {"HOME", home},
              {"GIT_CONFIG_NOSYSTEM", "1"},
              {"GIT_TERMINAL_PROMPT", "0"},
              {"GIT_AUTHOR_NAME", "Ada"},
              {"GIT_AUTHOR_EMAIL", "ada@example.org"},
              {"GIT_COMMITTER_NAME", "Ada"},
              {"GIT_COMMITTER_EMAIL", "ada@example.org"},
              {"LC_ALL", "C"}};
  return spec;
}

// To its end, which large files take minutes to come to.
inline base::RunOutput run_to_end(const base::ProcessSpec& spec) {
  base::RunOptions options;
  options.timeout = std::chrono::minutes(30);
  auto ran = base::run(spec, options);
  EXPECT_TRUE(ran.ok()) << (ran ? "" : ran.error().message);
  return ran ? *ran : base::RunOutput{};
}

}  // namespace causeway::test
