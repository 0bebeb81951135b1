#pragma once
// Runs terraform or tofu: output as it comes, a deadline, and a stop that lets it save its state.

#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/process.hpp"
#include "base/result.hpp"

namespace causeway::op::terraform {

struct Invocation {
  std::string program;  // path of terraform or tofu
  std::vector<std::string> arguments;
  std::string folder;
  std::map<std::string, std::string> environment;
  base::Duration deadline = std::chrono::minutes(5);  // then it is stopped like by `stop`
  base::Duration grace = std::chrono::minutes(9);     // from the SIGINT to the SIGKILL
  std::stop_token stop;
  std::string input;  // for standard input
  // Each line of standard output, from the calling thread; without it the output is collected.
  std::function<void(std::string_view line)> on_line;
};

struct Completion {
  base::ExitStatus status;
  std::string out;           // without on_line; at most 64 MiB
  std::string err;           // the last 16 KiB
  bool interrupted = false;  // SIGINT was sent because of `stop`
  bool timed_out = false;    // SIGINT was sent because of the deadline
  bool killed = false;       // it did not end in time after the SIGINT

  // It ended by its own decision, with what it knew saved.
  bool orderly() const { return status.signal == 0 && !interrupted && !timed_out && !killed; }
};

// The first SIGINT makes terraform stop gracefully and persist its state; a second would make it abort and lose it. So
// exactly one is sent, to the program alone (its providers share its group), and then it has time.
base::Result<Completion> invoke(const Invocation& invocation);

}  // namespace causeway::op::terraform
