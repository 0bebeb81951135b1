#pragma once
// Second factors of users: the secret of an app that makes one-time passwords, and the codes for who has lost it
// (tables `second_factors`, `recovery_codes`). What time it is the caller says. Thread-safe, between replicas too: all
// of a user's goes by one lock, so that of a code that comes twice at the same moment one is taken.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/account/sealed_secret.hpp"
#include "apiserver/session/store.hpp"

namespace causeway::api::account {

// How long after it was begun a second factor can be confirmed.
inline constexpr base::Duration kSetUpPatience = std::chrono::minutes(15);

class SecondFactorStore {
 public:
  SecondFactorStore(database::Pool& pool, session::Store& sessions, SecretKeys keys)
      : pool_(pool), sessions_(sessions), keys_(std::move(keys)) {}

  // Without a key there are none.
  bool available() const { return !keys_.empty(); }

  // A new secret, in place of one that was begun and not confirmed; raw. nullopt: the user has a second factor already.
  // There has to be a key.
  database::Result<std::optional<std::string>> begin(std::int64_t user, base::WallTime now);

  // What somebody shows: six digits, or a recovery code in parse_recovery_code()'s form.
  struct Shown {
    std::string digits, recovery_code;  // one of the two
  };
  enum class Verdict {
    kRight,
    kWrong,
    kSpent,       // right, but taken already, or older than the one that was
    kNone,        // there is no second factor; of confirm(): none was begun, or too long ago
    kUnreadable,  // its secret was sealed with a key that is not here
  };
  struct Outcome {
    Verdict verdict = Verdict::kNone;
    std::string token{};                        // of the session from now on; "": the session is gone
    std::vector<std::string> recovery_codes{};  // shown once
  };

  // Turns on what was begun, and ends the user's other sessions.
  database::Result<Outcome> confirm(std::int64_t user, std::int64_t session, const std::string& digits,
                                    base::WallTime now);
  // Completes a sign-in.
  database::Result<Outcome> give(std::int64_t user, std::int64_t session, const Shown& shown, base::WallTime now);
  // Ten others in place of those that there are.
  database::Result<Outcome> renew_recovery_codes(std::int64_t user, const Shown& shown, base::WallTime now);
  // Turns it off, and ends the user's other sessions: one of them may wait for it.
  database::Result<Outcome> remove(std::int64_t user, std::int64_t session, const Shown& shown, base::WallTime now);
  // The same without a code, and all sessions end. False: there is none.
  database::Result<bool> reset(std::int64_t user);

  // Seals anew what earlier keys have sealed, at most `limit` of each; returns how many.
  database::Result<std::size_t> reseal(std::size_t limit = 1000);
  // Removes what was begun and not confirmed in time; returns how many.
  database::Result<std::size_t> expire(base::WallTime now);

 private:
  struct Factor;
  std::optional<Factor> lock(database::Transaction& tx, std::int64_t user, bool confirmed) const;
  Verdict look(database::Transaction& tx, const Factor& factor, const Shown& shown, base::WallTime now) const;
  template <class Then>
  database::Result<Outcome> when_right(std::int64_t user, const Shown& shown, base::WallTime now, const Then& then);

  database::Pool& pool_;
  session::Store& sessions_;
  const SecretKeys keys_;
};

}  // namespace causeway::api::account
