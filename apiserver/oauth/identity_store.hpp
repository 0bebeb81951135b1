#pragma once
// Accounts at other providers that belong to users here (table `identities`). What time it is the caller says.
// Thread-safe, between replicas too.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/database/pool.hpp"
#include "apiserver/oauth/identity.hpp"

namespace causeway::api::oauth {

class IdentityStore {
 public:
  // `issuers`: those that people can sign in with today, of the configuration.
  IdentityStore(database::Pool& pool, std::vector<std::string> issuers) : pool_(pool), issuers_(std::move(issuers)) {}

  struct Owner {
    std::int64_t identity = 0, user = 0;
    bool disabled = false;  // the account is
  };
  // Whose this is, by issuer and subject alone. nullopt: nobody's yet.
  database::Result<std::optional<Owner>> find(const Identity& identity);
  static std::optional<Owner> find(database::Transaction& tx, const Identity& identity);

  // Its owner signed in with it; what the provider told is kept in place of what it told before. False: it was unlinked
  // meanwhile.
  database::Result<bool> used(std::int64_t id, const Identity& identity, base::WallTime now);
  static bool used(database::Transaction& tx, std::int64_t id, const Identity& identity, base::WallTime now);

  enum class Linked {
    kDone,
    kAlready,    // it was this user's before
    kSomebodys,  // it is another user's: they would have to unlink it first
  };
  // kForeignKey: there is no such user (any more).
  database::Result<Linked> link(std::int64_t user, const Identity& identity, base::WallTime now);
  // The same as a part of a larger change: registering a user together with their identity. Between lock() and the end
  // of the transaction it is linked by nobody else.
  static void lock(database::Transaction& tx, const Identity& identity);
  static Linked link(database::Transaction& tx, std::int64_t user, const Identity& identity, base::WallTime now);

  enum class Unlinked {
    kDone,
    kNone,     // the user has no such identity
    kLastWay,  // without it they could not sign in any more
  };
  // Ways to sign in are a telephone number, a verified e-mail address, a password (with the account's name), and an
  // identity at one of today's issuers.
  database::Result<Unlinked> unlink(std::int64_t user, std::int64_t id);

  // An identity as its owner sees it in the list of theirs.
  struct Entry {
    std::int64_t id = 0;
    std::string provider, issuer, subject;
    json::object claims;
    base::WallTime created_at;
    std::optional<base::WallTime> last_login_at;
  };
  database::Result<std::vector<Entry>> list(std::int64_t user);  // the oldest first

 private:
  database::Pool& pool_;
  const std::vector<std::string> issuers_;
};

}  // namespace causeway::api::oauth
