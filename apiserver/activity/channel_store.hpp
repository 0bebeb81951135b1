#pragma once
// Webhooks that users want their notifications sent to, and whether they want them by mail (table
// `notification_channels`). Thread-safe.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/database/pool.hpp"

namespace causeway::api::activity {

struct Channel {
  std::int64_t id = 0;
  std::string url;                 // "": it is the mail
  std::vector<std::string> kinds;  // of notifications; empty: all
  bool disabled = false;           // after too many failures, or by its owner
  std::string last_error;          // of the latest delivery; "": it arrived
  base::WallTime created_at;
};

class ChannelStore {
 public:
  // `most`: webhooks of a user.
  ChannelStore(database::Pool& pool, std::int64_t most) : pool_(pool), most_(most) {}

  database::Result<std::vector<Channel>> list(std::int64_t user);
  // nullopt: the user has as many as one may have. kUnique (notification_channels_key): there is one of this URL.
  database::Result<std::optional<Channel>> create(std::int64_t user, const std::string& url, const std::string& secret,
                                                  const std::vector<std::string>& kinds);
  // nullopt: the user has no such channel. Absent values stay as they are.
  database::Result<std::optional<Channel>> change(std::int64_t user, std::int64_t channel, std::optional<bool> disabled,
                                                  const std::optional<std::vector<std::string>>& kinds);
  // False: the user has no such channel.
  database::Result<bool> remove(std::int64_t user, std::int64_t channel);

  // By mail, to the user's address. nullopt: not.
  database::Result<std::optional<Channel>> mail(std::int64_t user);
  // Also enables it again. nullopt: the user has no verified address.
  database::Result<std::optional<Channel>> set_mail(std::int64_t user, const std::vector<std::string>& kinds);
  database::Result<void> remove_mail(std::int64_t user);

  std::int64_t most() const { return most_; }

 private:
  database::Pool& pool_;
  const std::int64_t most_;
};

}  // namespace causeway::api::activity
