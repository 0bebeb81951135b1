#pragma once
// Why a request of git or Git LFS is not done. Each of the two says it in its own form.

#include <string>

namespace causeway::api::git {

struct Refusal {
  int status = 500;
  std::string message;     // for people
  std::string log = {};    // where that says more than people are told
  int retry_after = 0;     // seconds; 0: not said
  std::string allow = {};  // of a 405
};

// 401 with the header that makes git ask for a user and a password.
inline constexpr const char* kChallenge = "Basic realm=\"causeway git\", charset=\"UTF-8\"";

}  // namespace causeway::api::git
