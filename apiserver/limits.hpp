#pragma once
// How much an account may have of what is made here, administrators' too. Whoever applies custom resources with kubectl
// is held by the ResourceQuotas of the cluster instead.

#include <cstdint>

namespace causeway::api {

struct Limits {
  std::int64_t repositories = 1000;  // of an owner: a user, or an organisation
  std::int64_t collaborators = 100;  // of a repository
  std::int64_t organisations = 20;   // that a user owns
  std::int64_t members = 500;        // of an organisation
  std::int64_t invitations = 100;    // of an organisation, that are open
  std::int64_t tokens = 100;         // of a user, that can be used
  std::int64_t webhooks = 10;        // of a user
  std::int64_t sessions = 100;       // of a user; one more ends the one that was not used for the longest time
};

inline constexpr std::int64_t kMostCollaborators = 256;  // that a Repo takes (crds/repo)

}  // namespace causeway::api
