#pragma once
// The signature algorithms that are taken (RFC 7518, RFC 8037). All have a key pair: "none" and the HS family, with
// which whoever can verify can also sign, are not among them and cannot be named. Pure. Thread-safe.

#include <optional>
#include <string>
#include <string_view>

namespace causeway::api::jwt {

enum class Algorithm { kRs256, kPs256, kEs256, kEdDsa };  // EdDSA: with Ed25519
std::string_view to_string(Algorithm algorithm);
std::optional<Algorithm> parse_algorithm(std::string_view name);  // as a header's "alg" has it

// The left half of the algorithm's hash, in base64url: `at_hash` and `c_hash` (OpenID Connect Core, 3.1.3.6).
std::string half_hash(Algorithm algorithm, std::string_view text);

}  // namespace causeway::api::jwt
