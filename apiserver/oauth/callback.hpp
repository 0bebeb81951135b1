#pragma once
// What a browser brings back from a provider (RFC 6749, 4.1.2; RFC 9207). Pure. Thread-safe.

#include <string>
#include <string_view>

#include "apiserver/oauth/failure.hpp"

namespace causeway::api::oauth {

struct Callback {
  std::string code, state, iss, error, error_description;  // "": not there
};

// Parameters that are not known are left out, as the RFC wants: providers add "session_state", "scope" and others.
// kNoAttempt: one of ours is there twice, cannot be decoded, or is longer than 8 KiB.
Outcome<Callback> parse_callback(std::string_view query);

}  // namespace causeway::api::oauth
