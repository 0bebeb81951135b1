#pragma once
// Idempotency keys in PostgreSQL (table `idempotency_keys`): a create is done once, whichever replica is asked, and
// also when the first one dies in the middle. Thread-safe.

#include "apiserver/database/pool.hpp"
#include "apiserver/rest/idempotency.hpp"

namespace causeway::api::persistence {

// In the transaction that does what was asked with this key (null: with none): from its commit on it is not done again,
// even if the answer, or the outcome of the COMMIT, is lost. Throws where somebody else has done it meanwhile, who took
// this request for dead.
void done_under(database::Transaction& tx, const rest::IdempotencyKey* key);

class IdempotencyStore : public rest::IdempotencyStore {
 public:
  struct Options {
    base::Duration hold = std::chrono::minutes(2);  // after this, who began it counts as dead
    base::Duration keep = std::chrono::hours(24);   // the answer
  };
  IdempotencyStore(database::Pool& pool, const base::Clock& clock) : IdempotencyStore(pool, clock, Options{}) {}
  IdempotencyStore(database::Pool& pool, const base::Clock& clock, Options options)
      : pool_(pool), clock_(clock), options_(options) {}

  base::Result<Begun> begin(const rest::IdempotencyKey& key) override;
  base::Result<void> finish(const rest::IdempotencyKey& key, const base::HttpResponse& answer) override;
  void abandon(const rest::IdempotencyKey& key) override;

  // Removes what is over, at most `limit`; returns how many.
  database::Result<std::size_t> expire(base::WallTime now, std::size_t limit = 10'000);

 private:
  database::Pool& pool_;
  const base::Clock& clock_;
  const Options options_;
};

}  // namespace causeway::api::persistence
