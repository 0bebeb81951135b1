#pragma once
// Sign-ins that have begun (table `oauth_attempts`). What time it is the caller says. Thread-safe, between replicas
// too.

#include <cstdint>
#include <optional>
#include <string>

#include "apiserver/database/pool.hpp"
#include "apiserver/oauth/attempt.hpp"

namespace causeway::api::oauth {

class AttemptStore {
 public:
  explicit AttemptStore(database::Pool& pool) : pool_(pool) {}

  struct Begun {
    std::string provider;
    std::string browser;               // a secret that the browser has, and keeps; only its hash is kept here
    std::optional<std::int64_t> user;  // who links an identity
    std::string return_to;             // is_local_path()
  };
  // kForeignKey: there is no such user (any more).
  database::Result<void> begin(const Begun& begun, const Attempt& attempt, base::WallTime now);

  enum class Verdict { kRight, kUnknown, kOver, kOtherBrowser, kOtherProvider };
  struct Taken {
    Verdict verdict = Verdict::kUnknown;
    std::string verifier, nonce, return_to;
    std::optional<std::int64_t> user{};
  };
  // Whatever the verdict, the attempt is gone then: a state is tried once.
  database::Result<Taken> take(const std::string& state, const std::string& provider, const std::string& browser,
                               base::WallTime now);

  // Removes what is over, at most `limit`; returns how many.
  database::Result<std::size_t> expire(base::WallTime now, std::size_t limit = 10'000);

 private:
  database::Pool& pool_;
};

std::string_view to_string(AttemptStore::Verdict verdict);

}  // namespace causeway::api::oauth
