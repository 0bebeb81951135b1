#pragma once
// The subcommand `causeway-operator build-run`, which a build's pod runs.

#include <filesystem>
#include <stop_token>

#include "operator/build/spec.hpp"

namespace causeway::op::build {

struct RunPaths {
  std::filesystem::path registry_certs, git_credentials;
  std::filesystem::path git_token;  // file with a token for the repository; "" or absent: none
  std::filesystem::path git_ca;     // who signs for the git server; "" = the system's authorities
  std::filesystem::path work;       // checkout and scratch are made below it
};

// Fetches, builds, pushes. Prints the log to standard output.
BuildResult run_build(const BuildSpec& spec, const RunPaths& paths, std::stop_token stop);

int build_run_main(int argc, char** argv);

}  // namespace causeway::op::build
