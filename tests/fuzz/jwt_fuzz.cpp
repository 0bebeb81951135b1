#include <algorithm>

#include "apiserver/jwt/claims.hpp"
#include "apiserver/jwt/key_set.hpp"
#include "apiserver/jwt/token.hpp"
#include "base/encoding.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using namespace causeway;
namespace jwt = api::jwt;

// RFC 8037, A.2: its private half is nobody's secret, but no fuzzer finds a signature.
const jwt::KeySet& keys() {
  static const auto set =
      jwt::KeySet::parse(
          R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
      {"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})")
          .value();
  return set;
}

// RFC 7515, A.3: the one token that this key has signed.
constexpr std::string_view kSigned =
    "eyJhbGciOiJFUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";

void read_token(std::string_view text) {
  const auto token = jwt::parse(text);
  if (!token) {
    fuzz::require(!token.error().message.empty(), "what is refused is explained");
    return;
  }
  fuzz::require(text.size() <= jwt::kMaxToken, "a token has a bounded size");
  // One token has one text.
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find('.', at), text.size());
    const auto part = text.substr(at, end - at);
    fuzz::require(base::base64url_encode(base::base64url_decode(part).value()) == part,
                  "each part is strict base64url");
    at = end + 1;
  }
  const auto* key = keys().find(*token);
  if (key == nullptr) return;
  const auto claims = token->verify(*key);
  if (!claims) return;
  fuzz::require(text.starts_with(kSigned), "nothing else was signed");
  // Of signatures with ECDSA everybody can make a second one: s and n - s. They sign the same.
  fuzz::require(jwt::check_claims(*claims, {.issuer = "us", .audience = "us"}, {}).ok() == false, "it is for others");
}

void read_keys(std::string_view text) {
  const auto set = jwt::KeySet::parse(text);
  if (!set) {
    fuzz::require(!set.error().message.empty(), "what is refused is explained");
    return;
  }
  fuzz::require(set->size() > 0 && set->size() <= 64, "a set has some keys, and not too many");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  if (text.starts_with('{')) {
    read_keys(text);
  } else {
    read_token(text);
  }
  return 0;
}
