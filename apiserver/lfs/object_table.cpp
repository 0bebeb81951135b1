#include "apiserver/lfs/object_table.hpp"

namespace causeway::api::lfs {

using database::Transaction;
using State = ObjectTable::Place::State;

namespace {

Used used(Transaction& tx, std::int64_t repository, const Quota& quota) {
  Used sums;
  if (quota.repository > 0)
    sums.repository =
        tx.execute("SELECT coalesce(sum(size), 0)::bigint FROM lfs_objects WHERE repository_id = $1", repository)
            .front()
            .get<std::int64_t>(0);
  if (quota.owner > 0)
    sums.owner = tx.execute(
                       "SELECT coalesce(sum(o.size), 0)::bigint FROM lfs_objects o JOIN repositories r"
                       " ON r.id = o.repository_id WHERE r.owner_id ="
                       " (SELECT owner_id FROM repositories WHERE id = $1)",
                       repository)
                     .front()
                     .get<std::int64_t>(0);
  return sums;
}

}  // namespace

database::Result<std::map<std::string, ObjectTable::Place>> ObjectTable::expect(const std::vector<Object>& objects,
                                                                                std::int64_t user, const Quota& quota) {
  return pool_.write([&](Transaction& tx) {
    std::map<std::string, Place> places;
    if (objects.empty()) return places;
    const auto repository = objects.front().repository;
    // One at a time of an owner's: two must not both see the last free place.
    tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('lfs_objects', owner_id)) FROM repositories WHERE id = $1",
        repository);
    std::vector<std::string> oids;
    for (const auto& object : objects) oids.push_back(object.oid);
    std::map<std::string, Row> known;
    for (const auto row : tx.execute("SELECT oid, size, verified_at IS NOT NULL AS verified FROM lfs_objects"
                                     " WHERE repository_id = $1 AND oid = ANY($2)",
                                     repository, oids))
      known[row.get<std::string>("oid")] = {row.get<std::int64_t>("size"), row.get<bool>("verified")};

    auto sums = used(tx, repository, quota);
    std::vector<std::string> expected;
    std::vector<std::int64_t> sizes;
    for (const auto& object : objects) {
      const auto found = known.find(object.oid);
      if (found != known.end() && found->second.verified) {
        places[object.oid] = {found->second.size == object.size ? State::kThere : State::kOtherSize};
        continue;
      }
      // What was expected already is in the sums.
      const auto counted = found == known.end() ? 0 : found->second.size;
      const Used others{sums.repository - counted, sums.owner - counted};
      if (auto over = excess(quota, others, object.size)) {
        places[object.oid] = {State::kTooMuch, std::move(*over)};
        continue;
      }
      sums = {others.repository + object.size, others.owner + object.size};
      expected.push_back(object.oid);
      sizes.push_back(object.size);
      places[object.oid] = {State::kExpected};
    }
    if (!expected.empty())
      tx.execute(
          "INSERT INTO lfs_objects (repository_id, oid, size, uploaded_by)"
          " SELECT $1::bigint, o, s, $4::bigint FROM unnest($2::text[], $3::bigint[]) AS t (o, s)"
          " ON CONFLICT (repository_id, oid) DO UPDATE SET size = EXCLUDED.size, uploaded_by = EXCLUDED.uploaded_by"
          " WHERE lfs_objects.verified_at IS NULL",
          repository, expected, sizes, user > 0 ? std::optional(user) : std::nullopt);
    return places;
  });
}

database::Result<std::map<std::string, std::int64_t>> ObjectTable::sizes(std::int64_t repository,
                                                                         const std::vector<std::string>& oids) {
  return pool_.read([&](Transaction& tx) {
    std::map<std::string, std::int64_t> sizes;
    for (const auto row : tx.execute("SELECT oid, size FROM lfs_objects WHERE repository_id = $1 AND oid = ANY($2)"
                                     " AND verified_at IS NOT NULL",
                                     repository, oids))
      sizes[row.get<std::string>("oid")] = row.get<std::int64_t>("size");
    return sizes;
  });
}

database::Result<std::optional<ObjectTable::Row>> ObjectTable::find(std::int64_t repository, const std::string& oid) {
  return pool_.read([&](Transaction& tx) {
    const auto rows = tx.execute(
        "SELECT size, verified_at IS NOT NULL AS verified FROM lfs_objects WHERE repository_id = $1 AND oid = $2",
        repository, oid);
    return rows.empty() ? std::optional<Row>()
                        : Row{rows.front().get<std::int64_t>("size"), rows.front().get<bool>("verified")};
  });
}

database::Result<void> ObjectTable::verified(const Object& object, base::WallTime now) {
  return pool_.write([&](Transaction& tx) {
    // An upload can take longer than its row was kept.
    tx.execute(
        "INSERT INTO lfs_objects (repository_id, oid, size, verified_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (repository_id, oid) DO UPDATE SET size = EXCLUDED.size, verified_at = EXCLUDED.verified_at"
        " WHERE lfs_objects.verified_at IS NULL",
        object.repository, object.oid, object.size, now);
  });
}

database::Result<std::int64_t> ObjectTable::total(std::int64_t repository) {
  return pool_.read([&](Transaction& tx) {
    return tx
        .execute(
            "SELECT coalesce(sum(size), 0)::bigint FROM lfs_objects WHERE repository_id = $1 AND verified_at IS NOT "
            "NULL",
            repository)
        .front()
        .get<std::int64_t>(0);
  });
}

database::Result<std::set<std::string>> ObjectTable::needed(const std::vector<std::string>& oids) {
  return pool_.read([&](Transaction& tx) {
    std::set<std::string> needed;
    for (const auto row : tx.execute("SELECT DISTINCT oid FROM lfs_objects WHERE oid = ANY($1)", oids))
      needed.insert(row.get<std::string>(0));
    return needed;
  });
}

database::Result<void> ObjectTable::expire(base::WallTime before) {
  return pool_.write([&](Transaction& tx) {
    tx.execute("DELETE FROM lfs_objects WHERE verified_at IS NULL AND created_at < $1", before);
  });
}

}  // namespace causeway::api::lfs
