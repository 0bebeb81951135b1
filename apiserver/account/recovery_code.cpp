#include "apiserver/account/recovery_code.hpp"

#include "apiserver/account/base32.hpp"
#include "base/encoding.hpp"

namespace causeway::api::account {
namespace {

constexpr std::size_t kBytes = 15, kLetters = 24, kGroup = 6;

}  // namespace

std::vector<std::string> make_recovery_codes() {
  std::vector<std::string> codes;
  for (int i = 0; i < kRecoveryCodes; ++i) {
    auto code = base32_encode(base::random_bytes(kBytes));
    for (std::size_t at = kGroup; at < code.size(); at += kGroup + 1) code.insert(at, "-");
    codes.push_back(std::move(code));
  }
  return codes;
}

std::optional<std::string> parse_recovery_code(std::string_view text) {
  std::string code;
  for (char c : text) {
    if (c == ' ' || c == '-') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!((c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7')) || code.size() == kLetters) return std::nullopt;
    code += c;
  }
  return code.size() == kLetters ? std::optional(code) : std::nullopt;
}

std::string recovery_code_hash(std::string_view code) {
  return base::sha256("recovery code " + std::string(code));
}

}  // namespace causeway::api::account
