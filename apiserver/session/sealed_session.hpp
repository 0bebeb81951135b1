#pragma once
// What the store said of a token, as text in a cache that others may write to: signed, so that whoever can write there
// signs nobody in. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "apiserver/session/store.hpp"

namespace causeway::api::session {

// `key`: the replicas' secret. `of`: what the text is for, and for nothing else (the token's hash, and when it was
// true).
std::string seal(const Store::Found& found, std::string_view of, std::string_view key);
// nullopt: it is none of ours, or for something else.
std::optional<Store::Found> unseal(std::string_view text, std::string_view of, std::string_view key);

}  // namespace causeway::api::session
