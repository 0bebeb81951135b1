#include "apiserver/oauth/attempt.hpp"

#include "base/encoding.hpp"

namespace causeway::api::oauth {
namespace {

std::string secret() {
  return base::base64url_encode(base::random_bytes(32));
}

}  // namespace

Attempt make_attempt() {
  return {secret(), secret(), secret()};
}

std::string code_challenge(std::string_view verifier) {
  return base::base64url_encode(base::sha256(verifier));
}

}  // namespace causeway::api::oauth
