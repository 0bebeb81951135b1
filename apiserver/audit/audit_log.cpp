#include "apiserver/audit/audit_log.hpp"

#include <boost/json/serialize.hpp>
#include <limits>

#include "apiserver/session/signed_in.hpp"
#include "base/encoding.hpp"
#include "base/log.hpp"

namespace causeway::api::audit {

namespace json = boost::json;
using database::Parameter;
using database::Row;
using database::Transaction;

namespace {

constexpr std::string_view kColumns =
    "SELECT id, created_at, actor_id, actor_name, action, outcome, target_kind, target_id,"
    " coalesce(host(address), '') AS address, user_agent, request_id, detail FROM audit_log";
constexpr std::size_t kMostOfUserAgent = 512;  // bytes; the table counts characters

Record record_of(const Row& row) {
  return {.id = row.get<std::int64_t>("id"),
          .created_at = row.get<base::WallTime>("created_at"),
          .actor = row.get<std::optional<std::int64_t>>("actor_id"),
          .actor_name = row.get<std::string>("actor_name"),
          .action = row.get<std::string>("action"),
          .outcome = row.get<std::string>("outcome"),
          .target_kind = row.get<std::string>("target_kind"),
          .target_id = row.get<std::string>("target_id"),
          .address = row.get<std::string>("address"),
          .user_agent = row.get<std::string>("user_agent"),
          .request_id = row.get<std::string>("request_id"),
          .detail = row.get<json::value>("detail")};
}

std::int64_t before(std::int64_t after) {
  return after == 0 ? std::numeric_limits<std::int64_t>::max() : after;
}

}  // namespace

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::kAllowed:
      return "allowed";
    case Outcome::kRefused:
      return "refused";
    case Outcome::kFailed:
      return "failed";
  }
  return "";
}

Target account_target(std::int64_t account) {
  return {"account", std::to_string(account)};
}

void AuditLog::write(const rest::Call& call, const Deed& deed) {
  std::optional<std::int64_t> actor;
  if (deed.actor != 0) {
    actor = deed.actor;
  } else if (const auto* me = session::signed_in(call)) {
    actor = me->person.id;
  }
  const auto agent = base::utf8_prefix(call.request().headers.get("User-Agent").value_or(""), kMostOfUserAgent);
  const json::value detail(deed.detail);
  auto written = pool_.write([&](Transaction& tx) {
    tx.execute(
        "INSERT INTO audit_log (actor_id, actor_name, action, outcome, target_kind, target_id, address, user_agent,"
        " request_id, detail) VALUES ($1::bigint, coalesce((SELECT name FROM accounts WHERE id = $1::bigint), ''), $2,"
        " $3, $4, $5, $6::inet, $7, $8, $9)",
        actor, deed.action, to_string(deed.outcome), deed.target.kind, deed.target.id,
        database::as_inet(call.client_address()), agent, call.request_id(), detail);
  });
  // Also where the database is not: whoever owns that cannot take a line back that was sent on.
  const auto address = call.client_address();
  if (written) {
    base::log::info("a deed", {{"actor", actor.value_or(0)},
                               {"action", deed.action},
                               {"outcome", to_string(deed.outcome)},
                               {"target", deed.target.kind + " " + deed.target.id},
                               {"address", address}});
    return;
  }
  base::log::error("a deed is not in the audit log", {{"error", written.error().message},
                                                      {"actor", actor.value_or(0)},
                                                      {"action", deed.action},
                                                      {"outcome", to_string(deed.outcome)},
                                                      {"target", deed.target.kind + " " + deed.target.id},
                                                      {"address", address},
                                                      {"detail", json::serialize(detail)}});
}

database::Result<std::vector<Record>> AuditLog::list(const Filter& filter, std::int64_t after, std::size_t limit) {
  // The text depends on which filters there are, not on their values.
  std::string sql = std::string(kColumns) + " WHERE id < $1";
  std::vector<Parameter> parameters{before(after)};
  const auto add = [&](std::string_view condition, Parameter value, std::string_view behind = {}) {
    parameters.push_back(std::move(value));
    sql.append(" AND ").append(condition).append("$").append(std::to_string(parameters.size())).append(behind);
  };
  if (!filter.actor.empty()) {
    add("(actor_id = (SELECT id FROM accounts WHERE lower(name) = lower(", filter.actor, "))");
    sql.append(" OR lower(actor_name) = lower($").append(std::to_string(parameters.size())).append("))");
  }
  if (!filter.action.empty()) add("action = ", filter.action);
  if (!filter.target_kind.empty()) add("target_kind = ", filter.target_kind);
  if (!filter.target_id.empty()) add("target_id = ", filter.target_id);
  if (filter.from) add("created_at >= ", *filter.from);
  if (filter.until) add("created_at < ", *filter.until);
  parameters.emplace_back(limit);
  sql += " ORDER BY id DESC LIMIT $" + std::to_string(parameters.size());
  return pool_.read([&](Transaction& tx) {
    std::vector<Record> found;
    for (const auto row : tx.search(sql, parameters)) found.push_back(record_of(row));
    return found;
  });
}

database::Result<std::vector<Record>> AuditLog::of_user(std::int64_t user, std::int64_t after, std::size_t limit) {
  // Each half by its index.
  static const std::string kHalf = std::string(kColumns) + " WHERE id < $2 AND ";
  static const std::string kEnd = " ORDER BY id DESC LIMIT $3";
  static const std::string kSql = "(" + kHalf + "actor_id = $1" + kEnd + ") UNION ALL (" + kHalf +
                                  "target_kind = 'account' AND target_id = $4 AND actor_id IS DISTINCT FROM $1" + kEnd +
                                  ")" + kEnd;
  return pool_.read([&](Transaction& tx) {
    std::vector<Record> found;
    for (const auto row : tx.execute(kSql, user, before(after), limit, std::to_string(user)))
      found.push_back(record_of(row));
    return found;
  });
}

}  // namespace causeway::api::audit
