#pragma once
// Accounts of users (tables `accounts`, `users`, `credentials`, `avatars`; thesis table 4.2). Thread-safe.
//
// What changes what a session knows of its person (name, rights, disabled) is told to every replica's sessions.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/account/identifier.hpp"
#include "apiserver/database/events.hpp"
#include "apiserver/oauth/identity.hpp"

namespace causeway::api::account {

// What everybody may see of a user.
struct PublicProfile {
  std::int64_t id = 0;
  std::string name, display_name, introduction, website;
  std::string avatar;  // SHA-256 of the picture, hexadecimal; "": none
  base::WallTime created_at;
  std::int64_t followers = 0, following = 0;
};

// What the user sees besides.
struct Profile : PublicProfile {
  std::string mobile, email;  // "": none
  bool email_verified = false, notification = true, initialised = false, administrator = false, has_password = false;
  bool second_factor = false;
  std::int64_t recovery_codes = 0;  // that can be used
  base::WallTime updated_at;        // the later one of both tables
  std::optional<base::WallTime> last_login_at;
};

// Absent members stay as they are.
struct ProfileChange {
  std::optional<std::string> display_name, introduction, website;
  std::optional<bool> notification;
};

struct Avatar {
  std::string content_type, content;
};

// The namespace that a user of this name gets, unless another account has it from a name it had before.
std::string namespace_of(std::string_view name);

class AccountStore {
 public:
  AccountStore(database::Pool& pool, database::Events& events) : pool_(pool), events_(events) {}

  struct Arrival {
    std::int64_t id = 0;
    bool fresh = false;     // made just now
    bool disabled = false;  // may not sign in
    // With a password that is only for setting another: the session can do nothing else.
    bool needs_password = false;
  };
  // The user with this number or verified address, which a code has just proven; one is made where there is none, with
  // a name that is to be chosen later (initialise).
  database::Result<Arrival> arrive(const Identifier& identifier, const std::string& address, base::WallTime now);
  // The user whose identity at another provider this is; one is made where there is none. An address that the provider
  // tells makes nobody somebody, and is not taken over.
  database::Result<Arrival> arrive(const oauth::Identity& identity, const std::string& address, base::WallTime now);

  struct Known {
    std::int64_t id = 0;
    bool disabled = false;
    std::string password_hash;                      // "": none
    std::optional<base::WallTime> initial_until{};  // the password is an initial one, and holds until then
  };
  // By name, number or verified address, as people type it; nullopt: nobody.
  database::Result<std::optional<Known>> by_login(const std::string& account);
  database::Result<std::optional<Known>> by_id(std::int64_t user);

  enum class NameVerdict { kTaken, kReserved, kAlreadyInitialised, kDone };
  // The name, and with it the namespace of the user's resources: once, before anything stands in it.
  database::Result<NameVerdict> initialise(std::int64_t user, const std::string& name, const std::string& display_name,
                                           base::WallTime now);

  database::Result<std::optional<Profile>> profile(std::int64_t user);
  // By name, in any case, and by names that were theirs before.
  database::Result<std::optional<PublicProfile>> public_profile(const std::string& name);
  // False: there is no such user.
  database::Result<bool> change(std::int64_t user, const ProfileChange& change);

  struct ContactChange {
    bool taken = false;  // by another account; nothing was changed then
    // Where codes went until now: the one that was replaced and, where there was none, the other one.
    std::optional<Identifier> before{};
  };
  // The number or address, which a code has just proven to be the user's. nullopt: there is no such user.
  database::Result<std::optional<ContactChange>> set_contact(std::int64_t user, const Identifier& contact,
                                                             base::WallTime now);

  // One that the user has chosen: it is no initial one (any more).
  database::Result<void> set_password(std::int64_t user, const std::string& password_hash, base::WallTime now);
  // The same password, hashed anew.
  database::Result<void> rehash(std::int64_t user, const std::string& from, const std::string& to);
  database::Result<void> set_avatar(std::int64_t user, const Avatar& avatar);
  database::Result<bool> remove_avatar(std::int64_t user);
  database::Result<std::optional<Avatar>> avatar(const std::string& name);

  // Disabled users have no sessions and no tokens. False: there is no such user.
  database::Result<bool> set_disabled(const std::string& name, bool disabled, base::WallTime now);

  enum class Farewell {
    kDone,
    kOwnsRepositories,
    kOwnsOrganisation,   // which nobody else owns
    kLastAdministrator,  // nobody would administer the platform
  };
  // The user is gone, with all that was theirs alone; what they wrote stays without them.
  database::Result<Farewell> erase(std::int64_t user);

  struct First {
    std::string name, email, password_hash;
    base::WallTime initial_until;  // how long the password holds, if nobody signs in and sets another
  };
  // The platform's first administrator; false: there is an administrator already.
  database::Result<bool> create_first(const First& first, base::WallTime now);
  // The administrator of this name, while the password is an initial one and nobody has signed in.
  database::Result<std::optional<Known>> awaited(const std::string& name);
  // Another initial password of that one. False: somebody signed in meanwhile, or it has been changed already.
  database::Result<bool> renew_initial(const Known& awaited, const std::string& password_hash,
                                       base::WallTime initial_until);

 private:
  void tell_sessions(database::Transaction& tx, std::int64_t user);
  void tell_tenants(database::Transaction& tx, std::int64_t account);

  database::Pool& pool_;
  database::Events& events_;
};

}  // namespace causeway::api::account
