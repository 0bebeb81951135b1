#include "apiserver/activity/channel_store.hpp"

namespace causeway::api::activity {

using database::Bytes;
using database::Row;
using database::Rows;
using database::Transaction;

namespace {

constexpr std::string_view kSelect =
    "SELECT c.id, c.url, c.kinds, c.disabled_at IS NOT NULL AS disabled, c.created_at,"
    " coalesce((SELECT d.error FROM notification_deliveries d WHERE d.channel_id = c.id AND d.attempts > 0"
    "  ORDER BY d.updated_at DESC LIMIT 1), '') AS last_error"
    " FROM notification_channels c WHERE c.user_id = $1";

Channel channel_of(const Row& row) {
  return {.id = row.get<std::int64_t>("id"),
          .url = row.get<std::optional<std::string>>("url").value_or(""),
          .kinds = row.get<std::vector<std::string>>("kinds"),
          .disabled = row.get<bool>("disabled"),
          .last_error = row.get<std::string>("last_error"),
          .created_at = row.get<base::WallTime>("created_at")};
}

std::vector<Channel> all_of(Transaction& tx, std::int64_t user) {
  static const std::string kAll = std::string(kSelect) + " AND c.kind = 'webhook' ORDER BY c.id";
  std::vector<Channel> found;
  for (const auto row : tx.execute(kAll, user)) found.push_back(channel_of(row));
  return found;
}

std::optional<Channel> mail_of(Transaction& tx, std::int64_t user) {
  static const std::string kMail = std::string(kSelect) + " AND c.kind = 'email'";
  const auto rows = tx.execute(kMail, user);
  return rows.empty() ? std::nullopt : std::optional(channel_of(rows.front()));
}

std::optional<Channel> one_of(Transaction& tx, std::int64_t user, std::int64_t id) {
  for (auto& channel : all_of(tx, user)) {
    if (channel.id == id) return std::move(channel);
  }
  return std::nullopt;
}

}  // namespace

database::Result<std::vector<Channel>> ChannelStore::list(std::int64_t user) {
  return pool_.read([&](Transaction& tx) { return all_of(tx, user); });
}

database::Result<std::optional<Channel>> ChannelStore::create(std::int64_t user, const std::string& url,
                                                              const std::string& secret,
                                                              const std::vector<std::string>& kinds) {
  return pool_.write([&](Transaction& tx) -> std::optional<Channel> {
    // Two of the same user come one after the other, so that they count each other.
    tx.execute("SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE", user);
    const auto id = tx.execute(
        "INSERT INTO notification_channels (user_id, kind, url, secret, kinds) SELECT $1, 'webhook', $2, $3, $4"
        " WHERE (SELECT count(*) FROM notification_channels WHERE user_id = $1 AND kind = 'webhook') < $5 RETURNING id",
        user, url, Bytes{secret}, kinds, most_);
    if (id.empty()) return std::nullopt;
    return one_of(tx, user, id.front().get<std::int64_t>(0));
  });
}

database::Result<std::optional<Channel>> ChannelStore::change(std::int64_t user, std::int64_t channel,
                                                              std::optional<bool> disabled,
                                                              const std::optional<std::vector<std::string>>& kinds) {
  return pool_.write([&](Transaction& tx) {
    tx.execute(
        "UPDATE notification_channels SET kinds = coalesce($4::text[], kinds),"
        " disabled_at = CASE coalesce($3, disabled_at IS NOT NULL)"
        "  WHEN true THEN coalesce(disabled_at, clock_timestamp()) END"
        " WHERE id = $2 AND user_id = $1 AND kind = 'webhook'",
        user, channel, disabled, kinds);
    return one_of(tx, user, channel);
  });
}

database::Result<bool> ChannelStore::remove(std::int64_t user, std::int64_t channel) {
  return pool_.write([&](Transaction& tx) {
    return tx.execute("DELETE FROM notification_channels WHERE id = $2 AND user_id = $1 AND kind = 'webhook'", user,
                      channel)
               .affected() > 0;
  });
}

database::Result<std::optional<Channel>> ChannelStore::mail(std::int64_t user) {
  return pool_.read([&](Transaction& tx) { return mail_of(tx, user); });
}

database::Result<std::optional<Channel>> ChannelStore::set_mail(std::int64_t user,
                                                                const std::vector<std::string>& kinds) {
  return pool_.write([&](Transaction& tx) -> std::optional<Channel> {
    const auto set = tx.execute(
        "INSERT INTO notification_channels (user_id, kind, kinds)"
        " SELECT id, 'email', $2 FROM users WHERE id = $1 AND email_verified_at IS NOT NULL"
        " ON CONFLICT (user_id, kind, coalesce(url, '')) DO UPDATE SET kinds = $2, disabled_at = NULL",
        user, kinds);
    return set.affected() == 0 ? std::nullopt : mail_of(tx, user);
  });
}

database::Result<void> ChannelStore::remove_mail(std::int64_t user) {
  return pool_.write([&](Transaction& tx) {
    tx.execute("DELETE FROM notification_channels WHERE user_id = $1 AND kind = 'email'", user);
  });
}

}  // namespace causeway::api::activity
