#pragma once
// Organisations and who belongs to them (tables `accounts`, `organisations`, `organisation_members`). What changes
// rights on the hub is told to whoever keeps them there (tenant/). Thread-safe, between replicas too.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/database/events.hpp"
#include "apiserver/limits.hpp"
#include "apiserver/organisation/role.hpp"

namespace causeway::api::organisation {

struct Organisation {
  std::int64_t id = 0;
  std::string name, display_name, introduction, website;
  std::int64_t members = 0;
  base::WallTime created_at;
  Role role = Role::kNone;  // of who asks
};

struct Member {
  std::string name, display_name;  // the user's
  Role role = Role::kMember;
  base::WallTime since;
};

// Somebody who asks; 0: a visitor.
struct Viewer {
  std::int64_t user = 0;
  bool administrator = false;  // of the platform: sees disabled ones too
};

// The namespace of an organisation's resources.
std::string namespace_of(std::string_view name);

class OrganisationStore {
 public:
  OrganisationStore(database::Pool& pool, database::Events& events, const Limits& limits)
      : pool_(pool), events_(events), limits_(limits) {}

  struct Made {
    enum class Verdict { kDone, kTaken, kReserved, kTooMany } verdict = Verdict::kDone;
    std::int64_t id = 0;
  };
  // `user` is its owner.
  database::Result<Made> create(std::int64_t user, const std::string& name, const std::string& display_name);

  // By name in any case. nullopt: there is none.
  database::Result<std::optional<Organisation>> find(const std::string& name, const Viewer& viewer);

  struct Filter {
    std::string text;    // a part of the name; "": any
    bool mine = false;   // the viewer is a member
    std::string behind;  // the last one's name, of the page before; "": from the beginning
  };
  database::Result<std::vector<Organisation>> list(const Filter& filter, const Viewer& viewer, std::size_t limit);

  struct Change {
    std::optional<std::string> display_name, introduction, website;  // absent: as it is
  };
  database::Result<void> change(std::int64_t organisation, const Change& change);

  database::Result<std::vector<Member>> members(std::int64_t organisation);  // by name

  enum class Verdict {
    kDone,
    kNobody,     // there is no such user
    kNoMember,   // the user is none
    kLastOwner,  // nobody would own it
    kFull,
    kOwnsTooMany,  // the user owns as many organisations as one may
  };
  struct Changed {
    Verdict verdict = Verdict::kDone;
    std::string user;  // the name as it is written; "": nobody's
  };
  // `add`: also of a user who is no member yet.
  database::Result<Changed> set_role(std::int64_t organisation, const std::string& user, Role role, bool add);
  database::Result<Changed> remove(std::int64_t organisation, const std::string& user);

  // True: it is gone. False: it still owns repositories.
  database::Result<bool> erase(std::int64_t organisation);

  // As a part of a larger change: one more. kFull: there is no room, or the user is a member already; kOwnsTooMany.
  static Verdict add(database::Transaction& tx, const database::Events& events, const Limits& limits,
                     std::int64_t organisation, std::int64_t user, Role role);

  const Limits& limits() const { return limits_; }

 private:
  database::Pool& pool_;
  database::Events& events_;
  const Limits limits_;
};

}  // namespace causeway::api::organisation
