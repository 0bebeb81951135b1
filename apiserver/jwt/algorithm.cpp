#include "apiserver/jwt/algorithm.hpp"

#include <array>
#include <openssl/evp.h>
#include <stdexcept>

#include "base/encoding.hpp"

namespace causeway::api::jwt {
namespace {

constexpr std::array<std::pair<Algorithm, std::string_view>, 4> kNames{{
    {Algorithm::kRs256, "RS256"},
    {Algorithm::kPs256, "PS256"},
    {Algorithm::kEs256, "ES256"},
    {Algorithm::kEdDsa, "EdDSA"},
}};

}  // namespace

std::string_view to_string(Algorithm algorithm) {
  for (const auto& [known, name] : kNames)
    if (known == algorithm) return name;
  return "";
}

std::optional<Algorithm> parse_algorithm(std::string_view name) {
  for (const auto& [algorithm, known] : kNames)
    if (known == name) return algorithm;
  return std::nullopt;
}

std::string half_hash(Algorithm algorithm, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  // Ed25519 hashes with SHA-512 (RFC 8032).
  const auto* hash = algorithm == Algorithm::kEdDsa ? EVP_sha512() : EVP_sha256();
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, hash, nullptr) != 1)
    throw std::runtime_error("OpenSSL could not compute a hash");
  return base::base64url_encode(std::string(digest.begin(), digest.begin() + size / 2));
}

}  // namespace causeway::api::jwt
