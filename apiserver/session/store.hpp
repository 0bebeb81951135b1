#pragma once
// Sessions in PostgreSQL: table `sessions` (thesis table 4.3). What time it is the caller says; nothing here decides by
// the database's clock. Thread-safe.

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/database/events.hpp"
#include "apiserver/limits.hpp"
#include "apiserver/session/lifetime.hpp"

namespace causeway::api::session {

enum class Method { kCode, kPassword, kOauth };
std::string_view to_string(Method method);

// The person behind a session, as far as every request has to know them.
struct Person {
  std::int64_t id = 0;
  std::string name, ns;  // `ns`: the namespace of their resources
  bool administrator = false;
  bool initialised = false;  // has chosen name and avatar
};

// The one that the account has, in a session.
enum class SecondFactor { kNone, kMissing, kGiven };

// How long a session waits for it, in which it is good for nothing else.
inline constexpr base::Duration kSecondFactorPatience = std::chrono::minutes(15);

struct Session {
  std::int64_t id = 0;
  Person person;
  Times times;
  base::WallTime created_at, authenticated_at;
  std::string method;
  // It began with an initial password, which still is the account's: until then it is there to set another.
  std::optional<base::WallTime> initial_until{};
  SecondFactor second_factor = SecondFactor::kNone;
};

// A session as its owner sees it in the list of theirs.
struct SessionEntry {
  std::int64_t id = 0;
  base::WallTime created_at, last_used_at, expires_at;
  std::string method;
  std::vector<std::string> addresses;  // where it was used from, the latest first, twenty at most
  boost::json::object user_agent;      // {"header": …}
};

struct Login {
  std::int64_t user = 0;
  Method method = Method::kCode;
  std::string address, user_agent;  // of the request; "" where there is none
  std::string replaces;             // hash of the token that the browser had; its session ends. "": none
};

class Store {
 public:
  static constexpr std::string_view kTopic = "session";  // events: {"user": id} whose sessions have changed

  // `most`: of a user.
  Store(database::Pool& pool, database::Events& events, Lifetimes lifetimes, std::int64_t most = Limits{}.sessions)
      : pool_(pool), events_(events), lifetimes_(lifetimes), most_(most) {}

  // A new session, in place of those not used for the longest time where there are too many; its token, of which only
  // the hash is kept. Where the user has a second factor it ends soon, until that is given in it. kForeignKey: there is
  // no such user (any more).
  database::Result<std::string> create(const Login& login, base::WallTime now);

  struct Found {
    Session session;
    bool previous = false;  // by the token before the last renewal
  };
  // Over or not: judge() says. nullopt: there is no session with this token, or its account is disabled.
  database::Result<std::optional<Found>> find(const std::string& hash);

  // A new token in place of the one with this hash, which holds for `overlap` longer. nullopt: it is not the session's
  // token any more; another request was faster.
  database::Result<std::optional<std::string>> renew(const Session& session, const std::string& hash,
                                                     base::WallTime now);

  // It was used, from `address`.
  database::Result<void> touch(const Session& session, const std::string& address, base::WallTime now);

  // False: the user has no such session.
  database::Result<bool> end(std::int64_t user, std::int64_t session);
  // How many; all but `except` (0: all).
  database::Result<std::size_t> end_all(std::int64_t user, std::int64_t except = 0);
  database::Result<std::vector<SessionEntry>> list(std::int64_t user, base::WallTime now);

  // Inside of a transaction that has found the user's second factor to be right: it is given in this session, which
  // gets another token, as the one until now is of somebody who had not proven all; that one ends at once. The new
  // token; nullopt: there is no such session (any more), or it was given there before.
  std::optional<std::string> second_factor_given(database::Transaction& tx, std::int64_t user, std::int64_t session,
                                                 std::int64_t second_factor, base::WallTime now);
  // Inside of a transaction that changes what the user's sessions are good for: replicas forget what they know of them.
  void changed(database::Transaction& tx, std::int64_t user);

  // Removes what is over, at most `limit`; returns how many.
  database::Result<std::size_t> expire(base::WallTime now, std::size_t limit = 10'000);

  const Lifetimes& lifetimes() const { return lifetimes_; }

 private:
  void end_beyond(database::Transaction& tx, std::int64_t user, std::optional<bool> given);

  database::Pool& pool_;
  database::Events& events_;
  const Lifetimes lifetimes_;
  const std::int64_t most_;
};

}  // namespace causeway::api::session
