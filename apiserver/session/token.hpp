#pragma once
// Reference tokens: what sessions and programs show for a proof that was given before. They carry no meaning; what they
// stand for is in the database, under their hash.
//
//   cws_<43 characters><6 characters>     cwt_… : a personal access token
//   kind 256 random bits  checksum
//
// The prefix lets secret scanners find leaked ones, the checksum tells a mistyped or made-up one without asking
// anybody. Pure but for make_token(), which asks the kernel for randomness. Thread-safe.

#include <optional>
#include <string>
#include <string_view>

namespace causeway::api::session {

enum class TokenKind { kSession, kAccess };

std::string make_token(TokenKind kind);

// nullopt: it is no token, whatever the database says.
std::optional<TokenKind> token_kind(std::string_view token);

// What is kept of it: 32 raw bytes. No salt: there is nothing to guess.
std::string token_hash(std::string_view token);

// What its owner may see of it later, to tell it from others: "cwt_AbCd…" (twelve bytes).
std::string token_hint(std::string_view token);

}  // namespace causeway::api::session
