#pragma once
// Sessions as the API server uses them: the store behind a cache that hears what other replicas do. Thread-safe.

#include <memory>
#include <optional>
#include <string>

#include "apiserver/database/event_follower.hpp"
#include "apiserver/session/cache.hpp"
#include "apiserver/session/store.hpp"
#include "base/metrics.hpp"

namespace causeway::api::session {

struct Authenticated {
  Session session;
  bool renewal_due = false;
};

class Sessions {
 public:
  // Registers with both, so before their start(). All must outlive this, and both be stopped before it goes. `cache`:
  // of its own, or null for one in this process.
  Sessions(Store& store, std::unique_ptr<Cache> cache, database::EventFollower& follower, database::Listener& listener,
           const base::Clock& clock, base::MetricsRegistry& metrics);

  // Who this token stands for; nullopt: nobody, or nobody any more. An error: the database was needed and is away.
  database::Result<std::optional<Authenticated>> authenticate(const std::string& token, const std::string& address);

  // A token in place of this one, for a session whose renewal is due; the old one holds a little longer. nullopt: none
  // is needed (or another tab was faster, and its answer sets the cookie). A session that waits for its second factor
  // is neither renewed nor prolonged by its use.
  database::Result<std::optional<std::string>> renew(const std::string& token);

  database::Result<std::string> create(Login login);
  database::Result<bool> end(std::int64_t user, std::int64_t session);
  database::Result<std::size_t> end_all(std::int64_t user, std::int64_t except = 0);
  database::Result<std::vector<SessionEntry>> list(std::int64_t user);

  // What sessions know of the user has changed, by this replica: the next request here must see it. (The others hear of
  // it by the event that belongs to the change.)
  void changed(std::int64_t user) { cache_->forget(user); }

  std::chrono::seconds cookie_age() const;

 private:
  database::Result<Cache::Lookup> find(const std::string& hash);

  Store& store_;
  const base::Clock& clock_;
  const std::unique_ptr<Cache> cache_;
  base::Counter& hits_;
  base::Counter& misses_;
};

}  // namespace causeway::api::session
