#include "apiserver/session/token.hpp"

#include <array>
#include <zlib.h>

#include "base/encoding.hpp"

namespace causeway::api::session {
namespace {

// No "-" or "_": a double click takes all of it.
constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kRandom = 43;  // log2(62) * 43 = 256.03
constexpr std::size_t kChecksum = 6;
constexpr std::size_t kPrefix = 4;

constexpr std::array<std::pair<TokenKind, std::string_view>, 2> kPrefixes{{
    {TokenKind::kSession, "cws_"},
    {TokenKind::kAccess, "cwt_"},
}};

std::string checksum(std::string_view text) {
  auto rest = crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size()));
  std::string out(kChecksum, kAlphabet[0]);
  for (auto c = out.rbegin(); c != out.rend(); ++c) {
    *c = kAlphabet[rest % kAlphabet.size()];
    rest /= kAlphabet.size();
  }
  return out;
}

}  // namespace

std::string make_token(TokenKind kind) {
  std::string token;
  for (const auto& [known, prefix] : kPrefixes)
    if (known == kind) token = prefix;
  while (token.size() < kPrefix + kRandom) {
    for (const unsigned char byte : base::random_bytes(kRandom)) {
      // 248 is four times 62: every character is as likely as any other.
      if (byte < 248 && token.size() < kPrefix + kRandom) token += kAlphabet[byte % kAlphabet.size()];
    }
  }
  return token + checksum(token);
}

std::optional<TokenKind> token_kind(std::string_view token) {
  if (token.size() != kPrefix + kRandom + kChecksum) return std::nullopt;
  if (token.substr(kPrefix).find_first_not_of(kAlphabet) != std::string_view::npos) return std::nullopt;
  const auto said = token.substr(kPrefix + kRandom);
  if (said != checksum(token.substr(0, kPrefix + kRandom))) return std::nullopt;
  for (const auto& [kind, prefix] : kPrefixes)
    if (token.starts_with(prefix)) return kind;
  return std::nullopt;
}

std::string token_hash(std::string_view token) {
  return base::sha256(token);
}

std::string token_hint(std::string_view token) {
  return std::string(token.substr(0, kPrefix + 5)) + "…";
}

}  // namespace causeway::api::session
