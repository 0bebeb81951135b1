#pragma once
// One git child process behind one HTTP exchange.

#include <cstdint>
#include <string>

#include "apiserver/git/child_limits.hpp"
#include "apiserver/git/repository.hpp"
#include "apiserver/git/route.hpp"
#include "base/http_server.hpp"

namespace causeway::api::git {

struct BackendLimits {
  std::uint64_t max_push_bytes = std::uint64_t{2} << 30;  // of one pack (receive.maxInputSize)
  std::uint64_t max_fetch_request_bytes = 32u << 20;      // of a negotiation, inflated
  ChildLimits child;
};

// How a push is judged; of what is read nothing.
struct PushContext {
  std::filesystem::path hooks;                     // folder; push_hooks.hpp
  std::map<std::string, std::string> environment;  // theirs
};

struct Outcome {
  int status = 0;  // answered; 0: the peer went away before an answer
  std::uint64_t bytes_in = 0, bytes_out = 0;
  std::string error;  // for the log
};

// Runs the service of `route` on `repository` and streams: the request's body (inflated if gzip) into git, git's output
// into the response. The answer starts with git's first byte, so that a git that fails at once gives a 500. When the
// peer goes away, git's input ends, so that it tidies up,
// and what is left of its process group is killed. Blocks; answers the exchange
// in every case.
Outcome serve(base::HttpExchange& exchange, const Route& route, const Repository& repository,
              const std::string& git_protocol, const BackendLimits& limits, const PushContext& push);

}  // namespace causeway::api::git
