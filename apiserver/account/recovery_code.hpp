#pragma once
// Recovery codes: what lets in who has lost the app that makes one-time passwords, each once. 120 random bits, so that
// a hash without a salt keeps them (OWASP ASVS 5.0, 6.5.2), and nobody guesses one however often they try. Pure, but
// for make_recovery_codes(), which asks the kernel for randomness. Thread-safe.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace causeway::api::account {

inline constexpr int kRecoveryCodes = 10;

// As people write them down: "ABCDEF-GHIJKL-MNOPQR-STUVWX".
std::vector<std::string> make_recovery_codes();

// As people type it: letters of any case; blanks and "-" are left out. nullopt: it is none.
std::optional<std::string> parse_recovery_code(std::string_view text);

// What is kept: 32 raw bytes. Of parse_recovery_code()'s form.
std::string recovery_code_hash(std::string_view code);

}  // namespace causeway::api::account
