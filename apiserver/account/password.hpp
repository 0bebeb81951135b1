#pragma once
// Passwords: argon2id (RFC 9106) with 47 MiB and one pass, as OWASP's cheat sheet has it for servers with little
// memory.
//
// Hashing takes some 55 ms of a core and 47 MiB, so it has a pool of its own: at most `threads` at a time, at most
// `queue` waiting. Who signs in with a password cannot make others wait for a session. Thread-safe.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/metrics.hpp"
#include "base/result.hpp"

namespace causeway::api::account {

// Why this is not taken as a password; "" when it is: 8 to 128 characters of valid UTF-8 that are not among the first
// million that are tried (zxcvbn's estimate, which counts words of the platform and `words`, what the account is known
// by, as common ones). No rules of composition (OWASP ASVS 5.0, 6.2). Pure.
std::string password_objection(std::string_view password, const std::vector<std::string>& words = {});

class PasswordHasher {
 public:
  struct Options {
    std::size_t threads = 1, queue = 32;
    std::uint32_t memory_kib = 47 * 1024, passes = 1;
  };
  PasswordHasher(Options options, base::MetricsRegistry& metrics);
  ~PasswordHasher();

  // A PHC string with parameters and salt in it. kUnavailable: too many are waiting.
  base::Result<std::string> hash(std::string_view password);
  // `kept`: what hash() gave, or "" where the user has no password (or there is no such user): takes as long, and is
  // false.
  base::Result<bool> verify(std::string_view password, std::string_view kept);
  // It was hashed with other parameters than today's: to be hashed again at the next login.
  bool outdated(std::string_view kept) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::api::account
