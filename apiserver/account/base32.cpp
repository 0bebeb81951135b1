#include "apiserver/account/base32.hpp"

#include <cstdint>

namespace causeway::api::account {

std::string base32_encode(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  std::uint32_t waiting = 0;
  int bits = 0;
  for (const char byte : bytes) {
    waiting = (waiting << 8 | static_cast<unsigned char>(byte)) & 0xFFF;
    for (bits += 8; bits >= 5; bits -= 5) text += kAlphabet[waiting >> (bits - 5) & 0x1F];
  }
  if (bits > 0) text += kAlphabet[waiting << (5 - bits) & 0x1F];
  return text;
}

}  // namespace causeway::api::account
