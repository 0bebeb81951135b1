#include "base/encoding.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>
#include <system_error>

namespace causeway::base {
namespace {

constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlSafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::uint32_t byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

std::string encode(std::string_view bytes, std::string_view alphabet, bool pad) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = bytes.size() - i;
    std::uint32_t group = byte_at(bytes, i) << 16;
    if (left > 1) group |= byte_at(bytes, i + 1) << 8;
    if (left > 2) group |= byte_at(bytes, i + 2);
    out += alphabet[group >> 18];
    out += alphabet[group >> 12 & 63];
    if (left > 1) out += alphabet[group >> 6 & 63];
    if (left > 2) out += alphabet[group & 63];
  }
  while (pad && out.size() % 4 != 0) out += '=';
  return out;
}

constexpr std::array<std::int8_t, 256> reverse(std::string_view alphabet) {
  std::array<std::int8_t, 256> table{};
  for (auto& entry : table) entry = -1;
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  }
  return table;
}

// `text` without padding. Bits that no byte uses must be zero: one value has one encoding (RFC 4648, 3.5).
Result<std::string> decode(std::string_view text, const std::array<std::int8_t, 256>& table, std::string_view what) {
  if (text.size() % 4 == 1) {
    return Error{ErrorCode::kInvalidArgument, std::string(what) + ": the text is cut short"};
  }
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  int count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int value = table[static_cast<unsigned char>(text[i])];
    if (value < 0) {
      return Error{ErrorCode::kInvalidArgument,
                   std::string(what) + ": character " + std::to_string(i + 1) + " is not in the alphabet"};
    }
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 255);
    }
  }
  if ((bits & ((1u << count) - 1)) != 0) {
    return Error{ErrorCode::kInvalidArgument, std::string(what) + ": unused bits at the end are not zero"};
  }
  return out;
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
  return encode(bytes, kStandard, true);
}
std::string base64url_encode(std::string_view bytes) {
  return encode(bytes, kUrlSafe, false);
}

Result<std::string> base64_decode(std::string_view text) {
  static constexpr auto kTable = reverse(kStandard);
  if (text.size() % 4 != 0) {
    return Error{ErrorCode::kInvalidArgument,
                 "base64: the length is not a multiple of four (padding missing, or white space in the text)"};
  }
  if (text.ends_with("==")) {
    text.remove_suffix(2);
  } else if (text.ends_with('=')) {
    text.remove_suffix(1);
  }
  return decode(text, kTable, "base64");
}

Result<std::string> base64url_decode(std::string_view text) {
  static constexpr auto kTable = reverse(kUrlSafe);
  return decode(text, kTable, "base64url");
}

std::string hex_encode(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out += kDigits[byte_at(bytes, i) >> 4];
    out += kDigits[byte_at(bytes, i) & 15];
  }
  return out;
}

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1 || size != 32) {
    throw std::runtime_error("OpenSSL could not compute SHA-256");
  }
  return std::string(digest.begin(), digest.begin() + size);
}

std::string sha256_hex(std::string_view bytes) {
  return hex_encode(sha256(bytes));
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  const auto* text = reinterpret_cast<const unsigned char*>(bytes.data());
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), text, bytes.size(), digest.data(), &size) ==
          nullptr ||
      size != 32) {
    throw std::runtime_error("OpenSSL could not compute HMAC-SHA-256");
  }
  return std::string(digest.begin(), digest.begin() + size);
}

std::string random_bytes(std::size_t n) {
  std::string out(n, '\0');
  std::size_t filled = 0;
  while (filled < n) {
    const ssize_t got = getrandom(out.data() + filled, n - filled, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      throw std::system_error(errno, std::generic_category(), "getrandom");
    }
    filled += static_cast<std::size_t>(got);
  }
  return out;
}

std::string random_hex(std::size_t characters) {
  std::string out = hex_encode(random_bytes((characters + 1) / 2));
  out.resize(characters);
  return out;
}

std::string uuid4() {
  std::string bytes = random_bytes(16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);  // version 4
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);  // RFC 4122 variant
  const std::string hex = hex_encode(bytes);
  return hex.substr(0, 8) + '-' + hex.substr(8, 4) + '-' + hex.substr(12, 4) + '-' + hex.substr(16, 4) + '-' +
         hex.substr(20);
}

std::string_view utf8_prefix(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace causeway::base
