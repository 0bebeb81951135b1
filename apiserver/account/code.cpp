#include "apiserver/account/code.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/encoding.hpp"

namespace causeway::api::account {
namespace {

constexpr std::uint32_t kCodes = 1'000'000;
constexpr std::size_t kDigits = 6;

std::string hash(std::string_view salt, std::string_view code) {
  return base::sha256(std::string(salt) + std::string(code));
}

}  // namespace

std::string make_code() {
  while (true) {
    std::uint32_t number = 0;
    const auto bytes = base::random_bytes(sizeof number);
    std::memcpy(&number, bytes.data(), sizeof number);
    // Beyond the largest multiple of a million some codes would come more often than others.
    if (number >= UINT32_MAX / kCodes * kCodes) continue;
    auto code = std::to_string(number % kCodes);
    return code.insert(0, kDigits - code.size(), '0');
  }
}

std::optional<std::string> parse_code(std::string_view text) {
  std::string code;
  for (const char c : text) {
    if (c == ' ') continue;
    if (c < '0' || c > '9' || code.size() == kDigits) return std::nullopt;
    code += c;
  }
  return code.size() == kDigits ? std::optional(code) : std::nullopt;
}

HashedCode hash_code(std::string_view code) {
  auto salt = base::random_bytes(16);
  auto hashed = hash(salt, code);
  return {std::move(salt), std::move(hashed)};
}

bool matches(std::string_view code, const HashedCode& kept) {
  return base::constant_time_equal(hash(kept.salt, code), kept.hash);
}

std::optional<std::chrono::seconds> wait_before_sending(const SentBefore& before, base::WallTime now,
                                                        const SendLimits& limits) {
  using std::chrono::seconds;
  if (before.to_destination >= limits.per_destination || before.from_address >= limits.per_address)
    return std::chrono::hours(1);
  if (!before.last_to_destination) return std::nullopt;
  const auto rest =
      *before.last_to_destination + std::chrono::duration_cast<base::WallTime::duration>(limits.pause) - now;
  if (rest <= base::WallTime::duration::zero()) return std::nullopt;
  return std::chrono::ceil<seconds>(rest);
}

}  // namespace causeway::api::account
