#pragma once
// Repositories as people find and use them (tables `repositories`, `collaborators`). What a repository is says its
// custom resource; rows are copies of that, so that rights are known and lists are made without the Kubernetes API.
// Thread-safe.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/database/pool.hpp"
#include "apiserver/repository/branch_rules.hpp"
#include "apiserver/repository/rights.hpp"
#include "crds/repo/repo.hpp"

namespace causeway::api::repository {

// Somebody who asks; 0: a visitor.
struct Viewer {
  std::int64_t user = 0;
  bool administrator = false;
};

struct Repository {
  std::int64_t id = 0;
  std::string path, type, visibility;
  std::string display_name, description, website, license, default_branch, sdk, head_commit;
  std::vector<std::string> tags;
  std::int64_t star_count = 0, download_count = 0, issue_count = 0, discussion_count = 0, size_bytes = 0;
  double trending_score = 0;
  bool archived = false;
  std::string resource_namespace, resource_name, resource_uid;
  base::WallTime created_at, active_at;
  Right right = Right::kNone;  // of the viewer
  bool starred = false;        // by the viewer
  bool on_hub = false;         // the viewer has a right in the Repo's namespace (tenant/)
};

// Where somebody's new repository can lie.
struct Place {
  std::string owner, ns;  // the account's name and namespace
  std::string role;       // of who asks, in an organisation; "": the account is their own
};

struct Collaborator {
  std::string user, display_name, role;
};

enum class Order { kTrending, kRecent, kStars, kDownloads };

struct Filter {
  std::string owner, type, sdk, text;  // "": any
  std::vector<std::string> tags;       // all of them
  bool mine = false;                   // the viewer owns it or has a role in it
  Order order = Order::kRecent;
};

// Where a page begins: behind this one, in the list's order.
struct Position {
  double rank = 0;  // by trending, stars or downloads
  base::WallTime active_at;
  std::int64_t id = 0;
};

class RepositoryStore {
 public:
  explicit RepositoryStore(database::Pool& pool) : pool_(pool) {}

  // The row becomes what the Repo says. False: there is no account that owns it (its name and its namespace have to be
  // the account's). kUnique, kCheck: the Repo cannot be shown (another one has its path, a name is not possible).
  database::Result<bool> follow(const crds::Repo& repo);
  // True: there was a row.
  database::Result<bool> forget(const std::string& resource_namespace, const std::string& resource_name);
  // Of all rows, (namespace, name) of their Repos.
  database::Result<std::vector<kube::ObjectKey>> followed();

  // By path in any case. nullopt: there is none, or the viewer may not know of it.
  database::Result<std::optional<Repository>> find(const std::string& path, const Viewer& viewer);
  // The user's own account, or an organisation that the user belongs to, by name in any case. nullopt: neither.
  database::Result<std::optional<Place>> place(const std::string& owner, std::int64_t user);
  // Room for a Repo of this name in the owner's namespace, which is to be made: kept until release(), or until the Repo
  // has been followed, a few minutes at most. False: with what others are making, the owner has `most`.
  database::Result<bool> reserve(const kube::ObjectKey& key, std::int64_t most);
  database::Result<void> release(const kube::ObjectKey& key);
  // Removes what is over, at most `limit`; returns how many.
  database::Result<std::size_t> expire(base::WallTime now, std::size_t limit = 10'000);
  // Those that the Repo names and who are users here, by name.
  database::Result<std::vector<Collaborator>> collaborators(std::int64_t repository);
  // A user's name as it is written, of one who may be given a role. nullopt: there is no such user.
  database::Result<std::optional<std::string>> user_name(const std::string& name);
  database::Result<std::vector<ProtectedBranch>> protected_branches(std::int64_t repository);  // by pattern
  // The rule of its pattern becomes this one. False: there are kMostProtections others.
  database::Result<bool> protect_branch(std::int64_t repository, const ProtectedBranch& rule);
  database::Result<bool> unprotect_branch(std::int64_t repository, const std::string& pattern);  // false: none there
  // Those that the viewer may see, at most `limit`.
  database::Result<std::vector<Repository>> list(const Filter& filter, const Viewer& viewer,
                                                 const std::optional<Position>& after, std::size_t limit);
  // Those of these that there are and that the viewer may see, in the order of `ids`.
  database::Result<std::vector<Repository>> some(const std::vector<std::int64_t>& ids, const Viewer& viewer);

 private:
  database::Pool& pool_;
};

}  // namespace causeway::api::repository
