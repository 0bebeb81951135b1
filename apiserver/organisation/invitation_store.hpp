#pragma once
// Who was asked to join an organisation (table `organisation_invitations`). Thread-safe, between replicas too.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/organisation/organisation_store.hpp"

namespace causeway::api::organisation {

struct Invitation {
  std::string organisation, display_name;  // the organisation's
  std::string user, invited_by;            // names; "": who invited is gone
  Role role = Role::kMember;
  base::WallTime created_at;
};

class InvitationStore {
 public:
  InvitationStore(database::Pool& pool, database::Events& events, const Limits& limits)
      : pool_(pool), events_(events), limits_(limits) {}

  enum class Verdict {
    kDone,
    kNobody,       // there is no such user
    kMember,       // the user is one already
    kFull,         // there are too many invitations, or members
    kOwnsTooMany,  // the user owns as many organisations as one may
    kNone,         // there is no such invitation
  };
  // One that there is becomes this one.
  database::Result<Verdict> invite(std::int64_t organisation, const std::string& user, Role role, std::int64_t by);
  database::Result<Verdict> withdraw(std::int64_t organisation, const std::string& user);
  database::Result<std::vector<Invitation>> of_organisation(std::int64_t organisation);  // the oldest first

  database::Result<std::vector<Invitation>> of_user(std::int64_t user);
  struct Accepted {
    Verdict verdict = Verdict::kNone;
    std::int64_t organisation = 0;
    Role role = Role::kNone;
  };
  database::Result<Accepted> accept(std::int64_t user, const std::string& organisation);
  database::Result<Verdict> decline(std::int64_t user, const std::string& organisation);

 private:
  database::Pool& pool_;
  database::Events& events_;
  const Limits limits_;
};

}  // namespace causeway::api::organisation
