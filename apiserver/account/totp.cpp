#include "apiserver/account/totp.hpp"

#include <algorithm>
#include <array>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdexcept>

#include "apiserver/account/base32.hpp"
#include "base/encoding.hpp"
#include "base/http.hpp"

namespace causeway::api::account {
namespace {

constexpr std::size_t kSecret = 20, kDigits = 6;
constexpr std::uint32_t kCodes = 1'000'000;

std::array<unsigned char, 20> hmac_sha1(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  if (!HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
            text.size(), digest.data(), &size) ||
      size != 20)
    throw std::runtime_error("OpenSSL could not compute HMAC-SHA-1");
  std::array<unsigned char, 20> whole;
  std::copy_n(digest.begin(), whole.size(), whole.begin());
  return whole;
}

}  // namespace

std::string make_totp_secret() {
  return base::random_bytes(kSecret);
}

std::int64_t totp_step(base::WallTime now) {
  return std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()) / kTotpStep;
}

std::string totp_code(std::string_view secret, std::int64_t step) {
  std::string counter(8, '\0');  // big endian
  for (std::size_t i = 0; i < counter.size(); ++i)
    counter[i] = static_cast<char>((static_cast<std::uint64_t>(step) >> (8 * (7 - i))) & 0xFF);
  const auto digest = hmac_sha1(secret, counter);
  // RFC 4226, 5.3: 31 bits from where the last four say.
  const std::size_t at = digest.back() & 0x0F;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i) bits = bits << 8 | digest[at + i];
  auto code = std::to_string((bits & 0x7FFF'FFFF) % kCodes);
  return code.insert(0, kDigits - code.size(), '0');
}

std::optional<TotpMatch> match_totp(std::string_view secret, std::string_view code, base::WallTime now,
                                    std::int64_t after) {
  const auto current = totp_step(now);
  std::optional<TotpMatch> found;
  for (auto step = current - kTotpWindow; step <= current + kTotpWindow; ++step) {
    if (!base::constant_time_equal(code, totp_code(secret, step))) continue;
    // Of two steps with the same code, the one that is not spent.
    if (!found || found->spent) found = TotpMatch{step, step <= after};
  }
  return found;
}

std::string otpauth_uri(std::string_view secret, std::string_view site, std::string_view name) {
  const auto issuer = base::percent_encode(site);
  return "otpauth://totp/" + issuer + ":" + base::percent_encode(name) + "?secret=" + base32_encode(secret) +
         "&issuer=" + issuer + "&algorithm=SHA1&digits=6&period=30";
}

}  // namespace causeway::api::account
