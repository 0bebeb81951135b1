#pragma once
// One-time passwords by the time of day, as authenticator apps make them: RFC 6238 on RFC 4226, with what every app
// knows, SHA-1, 30 seconds and six digits. (HMAC with SHA-1 is not what SHA-1 is broken for.) Pure, but for
// make_totp_secret(), which asks the kernel for randomness. Thread-safe.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace causeway::api::account {

inline constexpr std::chrono::seconds kTotpStep{30};
// How far the clock of a telephone may be off, in steps, before or after (RFC 6238, 5.2).
inline constexpr std::int64_t kTotpWindow = 1;

std::string make_totp_secret();  // 20 raw bytes: 160 bits, as RFC 4226 (4, R6) recommends

// The step that `now` is in: since the epoch, whole.
std::int64_t totp_step(base::WallTime now);
// Six digits. `step`: RFC 4226's counter.
std::string totp_code(std::string_view secret, std::int64_t step);

// The step whose code `code` is: within the window around `now`, and later than `after`, the step of the one that was
// taken last, so that none is taken twice, nor an earlier one after it (RFC 6238, 5.2). Compares with the whole window
// in constant time.
struct TotpMatch {
  std::int64_t step = 0;
  bool spent = false;  // it is a code of the window, and not later than `after`
};
std::optional<TotpMatch> match_totp(std::string_view secret, std::string_view code, base::WallTime now,
                                    std::int64_t after);

// What apps read, as a QR code or a link: otpauth://totp/<site>:<name>?secret=…&issuer=<site>&…
std::string otpauth_uri(std::string_view secret, std::string_view site, std::string_view name);

}  // namespace causeway::api::account
