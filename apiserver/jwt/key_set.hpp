#pragma once
// JSON Web Key Sets (RFC 7517, 5): the keys with which somebody signs. Immutable and thread-safe.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/jwt/key.hpp"
#include "apiserver/jwt/token.hpp"
#include "base/result.hpp"

namespace causeway::api::jwt {

class KeySet {
 public:
  // Keys of other kinds, for encryption, and broken ones are left out, as the RFC says; of more than 64 the rest is.
  // kProtocol: it is no key set, or none of its keys can be used here.
  static base::Result<KeySet> from_json(const json::object& set);
  static base::Result<KeySet> parse(std::string_view text);

  // The key that can have signed this: the one that it names; where it names none, the only one that fits. nullptr:
  // there is no such key.
  const PublicKey* find(const UnverifiedToken& token) const;
  std::size_t size() const { return keys_.size(); }

 private:
  struct Entry {
    std::string id;
    std::optional<Algorithm> algorithm;  // the only one that the key is for
    PublicKey key;
  };
  std::vector<Entry> keys_;
};

}  // namespace causeway::api::jwt
