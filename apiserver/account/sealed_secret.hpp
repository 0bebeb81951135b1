#pragma once
// Secrets that have to be read again, as they lie in the database: AES-256-GCM (NIST SP 800-38D) with a key that is not
// there, so that who has the database, or a backup of it, has none of them. Immutable, thread-safe.
//
// A sealed secret says which key it was sealed with. To change the key: the new one second, in all replicas; then
// first; what the old one sealed is sealed anew (reseal in second_factor_store), and the old one can go.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace causeway::api::account {

struct SealedSecret {
  std::string key;    // which, eight bytes; says nothing of the key itself
  std::string bytes;  // nonce (12), ciphertext, tag (16)
};

class SecretKeys {
 public:
  // None: nothing can be sealed, nor opened.
  SecretKeys() = default;
  // Of files with 32 random bytes or more (`openssl rand -hex 32`), a blank line at the end does not count; or of the
  // folder that has them, in the order of their names, which may be empty. kInvalidArgument: the file that has none.
  static base::Result<SecretKeys> read(const std::vector<std::filesystem::path>& paths);
  // Of their contents. kInvalidArgument: one is too short, or there twice.
  static base::Result<SecretKeys> make(const std::vector<std::string>& contents);

  bool empty() const { return keys_.empty(); }
  // Of the first key, which seals; "": there is none.
  std::string current() const { return keys_.empty() ? std::string() : keys_.front().id; }
  // Of the others.
  std::vector<std::string> earlier() const;

  // With the first key. `of`: what the secret belongs to; it opens for that and for nothing else. There has to be a
  // key.
  SealedSecret seal(std::string_view secret, std::string_view of) const;
  // nullopt: its key is none of these, or it was changed, or sealed for something else.
  std::optional<std::string> open(const SealedSecret& sealed, std::string_view of) const;

 private:
  struct Key {
    std::string id, key;  // 8 and 32 bytes
  };
  std::vector<Key> keys_;
};

}  // namespace causeway::api::account
