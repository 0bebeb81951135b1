#include "apiserver/repository/repository_store.hpp"

#include <boost/json/serialize.hpp>

#include "apiserver/database/expire.hpp"
#include "apiserver/database/like.hpp"
#include "apiserver/repository/import_store.hpp"
#include "apiserver/repository/visibility.hpp"
#include "apiserver/rest/field_value.hpp"
#include "base/encoding.hpp"
#include "kube/core/codec.hpp"

namespace causeway::api::repository {

namespace json = boost::json;
using database::Parameter;
using database::Row;
using database::Transaction;

namespace {

template <class Enum>
std::string word(Enum value) {
  return rest::lower_case(kube::codec::enum_name(value));
}

// What README.md declares is the user's: of what is no object, or no text, nothing is kept.
json::value metadata_of(const crds::Repo& repo) {
  return repo.status.metadata.is_object() ? json::value(repo.status.metadata) : json::value(json::object{});
}

std::string sdk_of(const crds::Repo& repo) {
  if (!repo.status.metadata.is_object()) return {};
  const auto* sdk = repo.status.metadata.as_object().if_contains("sdk");
  return sdk && sdk->is_string() ? std::string(base::utf8_prefix(std::string_view(sdk->as_string()), 64))
                                 : std::string();
}

constexpr std::string_view kColumns =
    "r.id, r.path, r.type, r.visibility, r.display_name, r.description, r.website, r.license, r.default_branch, r.sdk,"
    " coalesce(r.head_commit, '') AS head_commit, r.tags, r.star_count, r.download_count, r.issue_count, "
    "r.discussion_count, r.size_bytes,"
    " r.trending_score, r.archived, r.resource_namespace, r.resource_name, coalesce(r.resource_uid::text, '') AS "
    "resource_uid, r.created_at, r.active_at,"
    " EXISTS (SELECT FROM stars s WHERE s.repository_id = r.id AND s.user_id = $1) AS starred,"
    " r.owner_id = $1 AS owns, m.role AS member, c.role AS collaborator FROM repositories r"
    " LEFT JOIN organisation_members m ON m.organisation_id = r.owner_id AND m.user_id = $1"
    " LEFT JOIN collaborators c ON c.repository_id = r.id AND c.user_id = $1 ";

const std::string& viewer_may_see() {
  static const std::string kCondition = may_see("$1", "$2");
  return kCondition;
}

Repository repository_of(const Row& row, const Viewer& viewer) {
  Repository r;
  r.id = row.get<std::int64_t>("id");
  r.path = row.get<std::string>("path");
  r.type = row.get<std::string>("type");
  r.visibility = row.get<std::string>("visibility");
  r.display_name = row.get<std::string>("display_name");
  r.description = row.get<std::string>("description");
  r.website = row.get<std::string>("website");
  r.license = row.get<std::string>("license");
  r.default_branch = row.get<std::string>("default_branch");
  r.sdk = row.get<std::string>("sdk");
  r.head_commit = row.get<std::string>("head_commit");
  r.tags = row.get<std::vector<std::string>>("tags");
  r.star_count = row.get<std::int64_t>("star_count");
  r.download_count = row.get<std::int64_t>("download_count");
  r.issue_count = row.get<std::int64_t>("issue_count");
  r.discussion_count = row.get<std::int64_t>("discussion_count");
  r.size_bytes = row.get<std::int64_t>("size_bytes");
  r.trending_score = row.get<double>("trending_score");
  r.archived = row.get<bool>("archived");
  r.starred = row.get<bool>("starred");
  r.resource_namespace = row.get<std::string>("resource_namespace");
  r.resource_name = row.get<std::string>("resource_name");
  r.resource_uid = row.get<std::string>("resource_uid");
  r.created_at = row.get<base::WallTime>("created_at");
  r.active_at = row.get<base::WallTime>("active_at");
  const bool owns = row.get<bool>("owns");
  const auto member = row.get<std::optional<std::string>>("member");
  r.on_hub = owns || member == "owner" || member == "maintainer";
  r.right = right_of({.is_public = r.visibility == "public",
                      .owns = owns,
                      .administrator = viewer.administrator,
                      .member = member,
                      .collaborator = row.get<std::optional<std::string>>("collaborator")});
  return r;
}

std::string_view column_of(Order order) {
  switch (order) {
    case Order::kTrending:
      return "r.trending_score";
    case Order::kStars:
      return "r.star_count";
    case Order::kDownloads:
      return "r.download_count";
    case Order::kRecent:
      return "r.active_at";
  }
  return "";
}

void follow_collaborators(Transaction& tx, std::int64_t repository, const crds::Repo& repo) {
  std::vector<std::string> names, roles;
  for (const auto& collaborator : repo.spec.collaborators) {
    names.push_back(collaborator.user);
    roles.push_back(word(collaborator.role));
  }
  tx.execute(
      "WITH wanted AS (SELECT DISTINCT ON (a.id) a.id AS user_id, w.role FROM unnest($2::text[], $3::text[]) AS "
      "w(name, role)"
      " JOIN accounts a ON lower(a.name) = lower(w.name) AND a.kind = 'user' ORDER BY a.id),"
      " gone AS (DELETE FROM collaborators c WHERE repository_id = $1"
      "  AND NOT EXISTS (SELECT FROM wanted w WHERE w.user_id = c.user_id))"
      " INSERT INTO collaborators AS c (repository_id, user_id, role) SELECT $1, user_id, role FROM wanted"
      " ON CONFLICT ON CONSTRAINT collaborators_key DO UPDATE SET role = excluded.role WHERE c.role <> excluded.role",
      repository, names, roles);
}

}  // namespace

database::Result<bool> RepositoryStore::follow(const crds::Repo& repo) {
  const auto& spec = repo.spec;
  const auto key = repo.metadata.key();
  const auto slash = spec.path.find('/');
  const std::string name = slash == std::string::npos ? spec.path : spec.path.substr(slash + 1);
  const auto head = repo.status.head ? std::optional(repo.status.head->commit) : std::nullopt;
  return pool_.write([&](Transaction& tx) {
    // Replicas follow at the same time; of the rules that an INSERT can break, ON CONFLICT knows one.
    tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('repository ' || $1, 0))", key.to_string());
    // Another Repo of the same name is another repository: what people left at the old one went with it.
    tx.execute(
        "DELETE FROM repositories WHERE resource_namespace = $1 AND resource_name = $2 AND resource_uid <> $3::uuid",
        key.ns, key.name, repo.metadata.uid);
    tx.execute(
        "INSERT INTO repositories AS r (owner_id, type, name, resource_namespace, resource_name, resource_uid,"
        " resource_generation, visibility, display_name, description, website, license, tags, default_branch, host,"
        " archived, host_id, head_commit, sdk, metadata, size_bytes)"
        " SELECT a.id, $2, $3, $4, $5, $6::uuid, $7, $8, $9, $10, $11, $12, $13::text[], $14, $15, $16, $17, $18, $19,"
        " $20::jsonb, $21 FROM accounts a WHERE lower(a.name) = lower($1) AND a.namespace = $4"
        " ON CONFLICT ON CONSTRAINT repositories_resource_key DO UPDATE SET owner_id = excluded.owner_id,"
        " type = excluded.type, name = excluded.name, resource_uid = excluded.resource_uid,"
        " resource_generation = excluded.resource_generation, visibility = excluded.visibility,"
        " display_name = excluded.display_name, description = excluded.description, website = excluded.website,"
        " license = excluded.license, tags = excluded.tags, default_branch = excluded.default_branch,"
        " host = excluded.host, archived = excluded.archived, host_id = excluded.host_id,"
        " head_commit = excluded.head_commit, sdk = excluded.sdk, metadata = excluded.metadata,"
        " size_bytes = excluded.size_bytes,"
        " active_at = CASE WHEN r.head_commit IS DISTINCT FROM excluded.head_commit THEN clock_timestamp()"
        "  ELSE r.active_at END"
        // Two replicas follow, and a Repo says the same again and again; one that lags must not undo what is newer.
        " WHERE r.resource_generation <= excluded.resource_generation AND"
        " (r.owner_id, r.type, r.name, r.resource_uid, r.resource_generation, r.head_commit, r.metadata,"
        "  r.size_bytes, r.host_id) IS DISTINCT FROM (excluded.owner_id, excluded.type, excluded.name,"
        "  excluded.resource_uid, excluded.resource_generation, excluded.head_commit, excluded.metadata,"
        "  excluded.size_bytes, excluded.host_id)",
        spec.owner, word(spec.type), name, key.ns, key.name, repo.metadata.uid, repo.metadata.generation,
        word(spec.visibility), spec.display_name, spec.description, spec.website, spec.license, spec.tags,
        spec.default_branch, word(spec.host), spec.archived, repo.status.repo_id, head, sdk_of(repo), metadata_of(repo),
        repo.status.size_bytes);
    const auto rows = tx.execute(
        "SELECT r.id, r.resource_generation FROM repositories r JOIN accounts a ON a.id = r.owner_id"
        " WHERE r.resource_namespace = $1"
        " AND r.resource_name = $2 AND lower(a.name) = lower($3)",
        key.ns, key.name, spec.owner);
    if (rows.empty()) return false;
    if (rows.front().get<std::int64_t>(1) <= repo.metadata.generation) {
      follow_collaborators(tx, rows.front().get<std::int64_t>(0), repo);
      follow_import(tx, rows.front().get<std::int64_t>(0), repo);
    }
    return true;
  });
}

database::Result<bool> RepositoryStore::forget(const std::string& resource_namespace,
                                               const std::string& resource_name) {
  return pool_.write([&](Transaction& tx) {
    return tx.execute("DELETE FROM repositories WHERE resource_namespace = $1 AND resource_name = $2",
                      resource_namespace, resource_name)
               .affected() > 0;
  });
}

database::Result<std::vector<kube::ObjectKey>> RepositoryStore::followed() {
  return pool_.read([&](Transaction& tx) {
    std::vector<kube::ObjectKey> keys;
    for (const auto row : tx.execute("SELECT resource_namespace, resource_name FROM repositories"))
      keys.push_back({row.get<std::string>(0), row.get<std::string>(1)});
    return keys;
  });
}

database::Result<std::optional<Repository>> RepositoryStore::find(const std::string& path, const Viewer& viewer) {
  static const std::string kSql = "SELECT " + std::string(kColumns) + "WHERE lower(r.path) = lower($3) AND " +
                                  viewer_may_see() + " ORDER BY r.id LIMIT 1";
  return pool_.read([&](Transaction& tx) -> std::optional<Repository> {
    const auto rows = tx.execute(kSql, viewer.user, viewer.administrator, path);
    if (rows.empty()) return std::nullopt;
    return repository_of(rows.front(), viewer);
  });
}

database::Result<std::optional<Place>> RepositoryStore::place(const std::string& owner, std::int64_t user) {
  return pool_.read([&](Transaction& tx) -> std::optional<Place> {
    const auto rows = tx.execute(
        "SELECT a.name, a.namespace, coalesce(m.role, '') AS role FROM accounts a"
        " LEFT JOIN organisation_members m ON m.organisation_id = a.id AND m.user_id = $2"
        " WHERE lower(a.name) = lower($1) AND a.disabled_at IS NULL AND (a.id = $2 OR m.id IS NOT NULL)",
        owner, user);
    if (rows.empty()) return std::nullopt;
    return Place{rows.front().get<std::string>("name"), rows.front().get<std::string>("namespace"),
                 rows.front().get<std::string>("role")};
  });
}

database::Result<bool> RepositoryStore::reserve(const kube::ObjectKey& key, std::int64_t most) {
  return pool_.write([&](Transaction& tx) {
    // Two for the same owner come one after the other, so that they count each other.
    const auto owner = tx.execute("SELECT id FROM accounts WHERE namespace = $1 FOR NO KEY UPDATE", key.ns);
    if (owner.empty()) return false;
    return tx.execute(
                 "INSERT INTO repository_reservations (owner_id, resource_name, expires_at)"
                 " SELECT $1, $2, clock_timestamp() + interval '5 minutes'"
                 " WHERE (SELECT count(*) FROM repositories WHERE owner_id = $1 AND resource_name <> $2)"
                 " + (SELECT count(*) FROM repository_reservations v WHERE v.owner_id = $1 AND v.resource_name <> $2"
                 "  AND v.expires_at > clock_timestamp() AND NOT EXISTS (SELECT FROM repositories r"
                 "   WHERE r.owner_id = $1 AND r.resource_name = v.resource_name)) < $3"
                 " ON CONFLICT ON CONSTRAINT repository_reservations_key DO UPDATE SET expires_at = "
                 "excluded.expires_at",
                 owner.front().get<std::int64_t>(0), key.name, most)
               .affected() > 0;
  });
}

database::Result<void> RepositoryStore::release(const kube::ObjectKey& key) {
  return pool_.write([&](Transaction& tx) {
    tx.execute(
        "DELETE FROM repository_reservations v USING accounts a WHERE a.id = v.owner_id AND a.namespace = $1"
        " AND v.resource_name = $2",
        key.ns, key.name);
  });
}

database::Result<std::size_t> RepositoryStore::expire(base::WallTime now, std::size_t limit) {
  return database::remove_expired(pool_, "repository_reservations", now, limit);
}

database::Result<std::vector<Collaborator>> RepositoryStore::collaborators(std::int64_t repository) {
  return pool_.read([&](Transaction& tx) {
    std::vector<Collaborator> all;
    for (const auto row : tx.execute("SELECT a.name, a.display_name, c.role FROM collaborators c"
                                     " JOIN accounts a ON a.id = c.user_id WHERE c.repository_id = $1"
                                     " ORDER BY lower(a.name)",
                                     repository))
      all.push_back({row.get<std::string>("name"), row.get<std::string>("display_name"), row.get<std::string>("role")});
    return all;
  });
}

database::Result<std::optional<std::string>> RepositoryStore::user_name(const std::string& name) {
  return pool_.read([&](Transaction& tx) -> std::optional<std::string> {
    const auto rows = tx.execute(
        "SELECT a.name FROM accounts a JOIN users u ON u.id = a.id WHERE lower(a.name) = lower($1)"
        " AND a.disabled_at IS NULL AND u.initialised_at IS NOT NULL",
        name);
    if (rows.empty()) return std::nullopt;
    return rows.front().get<std::string>(0);
  });
}

database::Result<std::vector<ProtectedBranch>> RepositoryStore::protected_branches(std::int64_t repository) {
  return pool_.read([&](Transaction& tx) {
    std::vector<ProtectedBranch> branches;
    for (const auto row :
         tx.execute("SELECT pattern, push_role, allow_force_push, allow_deletion FROM protected_branches"
                    " WHERE repository_id = $1 ORDER BY pattern",
                    repository))
      branches.push_back({row.get<std::string>("pattern"), row.get<std::string>("push_role"),
                          row.get<bool>("allow_force_push"), row.get<bool>("allow_deletion")});
    return branches;
  });
}

database::Result<bool> RepositoryStore::protect_branch(std::int64_t repository, const ProtectedBranch& rule) {
  return pool_.write([&](Transaction& tx) {
    tx.execute("SELECT FROM repositories WHERE id = $1 FOR UPDATE",
               repository);  // of two at once, each counts the other
    return tx.execute(
                 "INSERT INTO protected_branches AS p (repository_id, pattern, push_role, allow_force_push,"
                 " allow_deletion) SELECT $1, $2, $3, $4, $5 WHERE (SELECT count(*) FROM protected_branches"
                 "  WHERE repository_id = $1 AND pattern <> $2) < $6"
                 " ON CONFLICT ON CONSTRAINT protected_branches_key DO UPDATE SET push_role = excluded.push_role,"
                 " allow_force_push = excluded.allow_force_push, allow_deletion = excluded.allow_deletion",
                 repository, rule.pattern, rule.push_role, rule.allow_force_push, rule.allow_deletion, kMostProtections)
               .affected() > 0;
  });
}

database::Result<bool> RepositoryStore::unprotect_branch(std::int64_t repository, const std::string& pattern) {
  return pool_.write([&](Transaction& tx) {
    return tx.execute("DELETE FROM protected_branches WHERE repository_id = $1 AND pattern = $2", repository, pattern)
               .affected() > 0;
  });
}

database::Result<std::vector<Repository>> RepositoryStore::list(const Filter& filter, const Viewer& viewer,
                                                                const std::optional<Position>& after,
                                                                std::size_t limit) {
  std::string sql = "SELECT " + std::string(kColumns) + "WHERE " + viewer_may_see();
  std::vector<Parameter> parameters{viewer.user, viewer.administrator};
  const auto add = [&](std::string_view before, Parameter value, std::string_view behind = {}) {
    parameters.push_back(std::move(value));
    sql.append(" AND ").append(before).append("$").append(std::to_string(parameters.size())).append(behind);
  };
  if (!filter.owner.empty())
    add("r.owner_id = (SELECT id FROM accounts WHERE lower(name) = lower(", filter.owner, "))");
  if (!filter.type.empty()) add("r.type = ", filter.type);
  if (!filter.sdk.empty()) add("r.sdk = ", filter.sdk);
  if (!filter.text.empty()) add("r.search_text LIKE '%' || lower(", database::escaped_like(filter.text), ") || '%'");
  if (!filter.tags.empty()) add("r.tags @> ", filter.tags, "::text[]");
  if (filter.mine) sql += " AND (r.owner_id = $1 OR m.id IS NOT NULL OR c.id IS NOT NULL)";
  const std::string column(column_of(filter.order));
  if (after) {
    parameters.push_back(filter.order == Order::kRecent ? Parameter(after->active_at) : Parameter(after->rank));
    parameters.emplace_back(after->id);
    sql += " AND (" + column + ", r.id) < ($" + std::to_string(parameters.size() - 1) + ", $" +
           std::to_string(parameters.size()) + ")";
  }
  parameters.emplace_back(static_cast<std::int64_t>(limit));
  sql += " ORDER BY " + column + " DESC, r.id DESC LIMIT $" + std::to_string(parameters.size());
  return pool_.read([&](Transaction& tx) {
    std::vector<Repository> found;
    for (const auto row : tx.search(sql, parameters)) found.push_back(repository_of(row, viewer));
    return found;
  });
}

database::Result<std::vector<Repository>> RepositoryStore::some(const std::vector<std::int64_t>& ids,
                                                                const Viewer& viewer) {
  static const std::string kSql = "SELECT " + std::string(kColumns) + "WHERE r.id = ANY($3::bigint[]) AND " +
                                  viewer_may_see() + " ORDER BY array_position($3::bigint[], r.id)";
  return pool_.read([&](Transaction& tx) {
    std::vector<Repository> found;
    for (const auto row : tx.execute(kSql, viewer.user, viewer.administrator, ids))
      found.push_back(repository_of(row, viewer));
    return found;
  });
}

}  // namespace causeway::api::repository
