#pragma once
// One-time codes: six digits that are sent to a telephone or an e-mail address. Thread-safe.
//
// 20 bits are little, so all of what protects them counts (OWASP ASVS 5.0, 6.5 and 6.6): ten minutes, one use, five
// attempts, of use only to the browser that asked (`request`), and few sends for a destination and an address.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace causeway::api::account {

inline constexpr base::Duration kCodeLife = std::chrono::minutes(10);
inline constexpr int kCodeAttempts = 5;

// Every one of "000000" … "999999" is as likely.
std::string make_code();
// As people type it: blanks around and between the digits are left out. nullopt: it is not six digits.
std::optional<std::string> parse_code(std::string_view text);

// What is kept. The salt keeps one table of a million hashes from telling all codes of a stolen database; what protects
// a code is that it ends soon.
struct HashedCode {
  std::string salt, hash;  // raw bytes, 16 and 32
};
HashedCode hash_code(std::string_view code);
bool matches(std::string_view code, const HashedCode& kept);  // in constant time

// How many codes may be sent.
struct SendLimits {
  base::Duration pause = std::chrono::seconds(60);  // between two for one destination
  int per_destination = 5;                          // in an hour
  int per_address = 50;                             // in an hour
};
struct SentBefore {
  std::optional<base::WallTime> last_to_destination;
  int to_destination = 0, from_address = 0;  // in the last hour
};
// nullopt: it may be sent; else how long to wait. Pure.
std::optional<std::chrono::seconds> wait_before_sending(const SentBefore& before, base::WallTime now,
                                                        const SendLimits& limits);

}  // namespace causeway::api::account
