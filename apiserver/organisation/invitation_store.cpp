#include "apiserver/organisation/invitation_store.hpp"

namespace causeway::api::organisation {

using database::Transaction;

namespace {

constexpr std::string_view kSelect =
    "SELECT o.name AS organisation, o.display_name, u.name AS user_name, coalesce(b.name, '') AS invited_by, i.role,"
    " i.created_at FROM organisation_invitations i JOIN accounts o ON o.id = i.organisation_id"
    " JOIN accounts u ON u.id = i.user_id LEFT JOIN accounts b ON b.id = i.invited_by WHERE o.disabled_at IS NULL";

std::vector<Invitation> invitations_of(const database::Rows& rows) {
  std::vector<Invitation> all;
  for (const auto row : rows)
    all.push_back({row.get<std::string>("organisation"), row.get<std::string>("display_name"),
                   row.get<std::string>("user_name"), row.get<std::string>("invited_by"),
                   parse_role(row.get<std::string>("role")), row.get<base::WallTime>("created_at")});
  return all;
}

}  // namespace

database::Result<InvitationStore::Verdict> InvitationStore::invite(std::int64_t organisation, const std::string& user,
                                                                   Role role, std::int64_t by) {
  return pool_.write([&](Transaction& tx) {
    tx.execute("SELECT FROM organisations WHERE id = $1 FOR UPDATE", organisation);
    const auto users = tx.execute(
        "SELECT a.id, EXISTS (SELECT FROM organisation_members m WHERE m.organisation_id = $1 AND m.user_id = a.id)"
        " AS member FROM accounts a JOIN users u ON u.id = a.id WHERE lower(a.name) = lower($2)"
        " AND a.disabled_at IS NULL AND u.initialised_at IS NOT NULL",
        organisation, user);
    if (users.empty()) return Verdict::kNobody;
    if (users.front().get<bool>("member")) return Verdict::kMember;
    const auto id = users.front().get<std::int64_t>("id");
    const auto made = tx.execute(
        "INSERT INTO organisation_invitations AS i (organisation_id, user_id, role, invited_by) SELECT $1, $2, $3, $4"
        " WHERE (SELECT count(*) FROM organisation_invitations WHERE organisation_id = $1 AND user_id <> $2) < $5"
        " ON CONFLICT ON CONSTRAINT organisation_invitations_key"
        " DO UPDATE SET role = excluded.role, invited_by = excluded.invited_by",
        organisation, id, to_string(role), by, limits_.invitations);
    return made.affected() > 0 ? Verdict::kDone : Verdict::kFull;
  });
}

database::Result<InvitationStore::Verdict> InvitationStore::withdraw(std::int64_t organisation,
                                                                     const std::string& user) {
  return pool_.write([&](Transaction& tx) {
    return tx.execute(
                 "DELETE FROM organisation_invitations i USING accounts a WHERE a.id = i.user_id"
                 " AND i.organisation_id = $1 AND lower(a.name) = lower($2)",
                 organisation, user)
                       .affected() > 0
               ? Verdict::kDone
               : Verdict::kNone;
  });
}

database::Result<std::vector<Invitation>> InvitationStore::of_organisation(std::int64_t organisation) {
  static const std::string kSql = std::string(kSelect) + " AND i.organisation_id = $1 ORDER BY i.id";
  return pool_.read([&](Transaction& tx) { return invitations_of(tx.execute(kSql, organisation)); });
}

database::Result<std::vector<Invitation>> InvitationStore::of_user(std::int64_t user) {
  static const std::string kSql = std::string(kSelect) + " AND i.user_id = $1 ORDER BY i.id";
  return pool_.read([&](Transaction& tx) { return invitations_of(tx.execute(kSql, user)); });
}

database::Result<InvitationStore::Accepted> InvitationStore::accept(std::int64_t user,
                                                                    const std::string& organisation) {
  return pool_.write([&](Transaction& tx) -> Accepted {
    // The organisation's row first, as whoever invites does; then it is there, or was taken back.
    const auto organisations = tx.execute(
        "SELECT o.id FROM organisations o JOIN accounts a ON a.id = o.id WHERE lower(a.name) = lower($1)"
        " AND a.disabled_at IS NULL FOR UPDATE OF o",
        organisation);
    if (organisations.empty()) return {};
    const auto id = organisations.front().get<std::int64_t>(0);
    const auto rows =
        tx.execute("SELECT role FROM organisation_invitations WHERE user_id = $1 AND organisation_id = $2", user, id);
    if (rows.empty()) return {};
    const auto role = parse_role(rows.front().get<std::string>("role"));
    switch (OrganisationStore::add(tx, events_, limits_, id, user, role)) {
      case OrganisationStore::Verdict::kDone:
        return {Verdict::kDone, id, role};
      case OrganisationStore::Verdict::kOwnsTooMany:
        return {Verdict::kOwnsTooMany, id, role};
      default:
        return {Verdict::kFull, id, role};
    }
  });
}

database::Result<InvitationStore::Verdict> InvitationStore::decline(std::int64_t user,
                                                                    const std::string& organisation) {
  return pool_.write([&](Transaction& tx) {
    return tx.execute(
                 "DELETE FROM organisation_invitations i USING accounts a WHERE a.id = i.organisation_id"
                 " AND i.user_id = $1 AND lower(a.name) = lower($2)",
                 user, organisation)
                       .affected() > 0
               ? Verdict::kDone
               : Verdict::kNone;
  });
}

}  // namespace causeway::api::organisation
