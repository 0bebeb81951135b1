#pragma once
// A sign-in that has begun: three secrets that nobody can guess. Pure but for make_attempt(), which asks the kernel for
// randomness. Thread-safe.

#include <chrono>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace causeway::api::oauth {

inline constexpr base::Duration kAttemptLife = std::chrono::minutes(10);

struct Attempt {
  std::string state;     // comes back with the browser: the answer belongs to a question of ours
  std::string verifier;  // never leaves us before the exchange: whoever else gets the code has no use for it (RFC 7636)
  std::string nonce;     // comes back in the ID token: it was made for this attempt
};
Attempt make_attempt();  // 256 random bits each, in base64url

std::string code_challenge(std::string_view verifier);  // RFC 7636, 4.2: S256

}  // namespace causeway::api::oauth
