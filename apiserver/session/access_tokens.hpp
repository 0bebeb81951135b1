#pragma once
// Personal access tokens: what programs, git and docker show in place of a session (table `access_tokens`). They may do
// what their scopes say of what their owner may. Only hashes are kept. Thread-safe.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/database/pool.hpp"
#include "apiserver/limits.hpp"
#include "apiserver/session/store.hpp"

namespace causeway::api::session {

// What a token can be made for. "…:write" includes "…:read".
inline constexpr std::array<std::string_view, 8> kScopes{"account:read",     "account:write", "repository:read",
                                                         "repository:write", "demo:read",     "demo:write",
                                                         "administration",   "kubernetes"};
bool is_scope(std::string_view text);

struct AccessToken {
  std::int64_t id = 0;
  std::string name, hint;  // `hint`: its first characters
  std::vector<std::string> scopes;
  base::WallTime created_at, expires_at;
  std::optional<base::WallTime> last_used_at;
};

class AccessTokens {
 public:
  // `most`: of a user, that can be used.
  AccessTokens(database::Pool& pool, const base::Clock& clock, std::int64_t most = Limits{}.tokens)
      : pool_(pool), clock_(clock), most_(most) {}

  struct Wanted {
    std::int64_t user = 0;
    std::string name;                 // 1 to 100 characters, unique among the user's
    std::vector<std::string> scopes;  // of kScopes
    base::Duration life{};            // at most 366 days
  };
  struct Created {
    std::string token;  // shown once
    AccessToken entry;
  };
  // nullopt: the user has as many as one may have. kUnique (access_tokens_name_key): the user has one of that name.
  database::Result<std::optional<Created>> create(const Wanted& wanted);
  std::int64_t most() const { return most_; }

  struct Found {
    std::int64_t id = 0;
    Person person;
    std::vector<std::string> scopes;  // the implied ones among them
  };
  // nullopt: no token, one that has ended, or one whose owner is disabled. Its use is written down once a minute.
  database::Result<std::optional<Found>> authenticate(const std::string& token, const std::string& address);

  database::Result<std::vector<AccessToken>> list(std::int64_t user);
  // What it was for; nullopt: the user has no such token.
  database::Result<std::optional<std::vector<std::string>>> revoke(std::int64_t user, std::int64_t token);

 private:
  database::Pool& pool_;
  const base::Clock& clock_;
  const std::int64_t most_;
};

}  // namespace causeway::api::session
