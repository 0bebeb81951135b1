#pragma once
// What has to be sent to channels still (table `notification_deliveries`). What time it is the caller says.
// Thread-safe.

#include <cstdint>
#include <optional>
#include <string>

#include "apiserver/activity/entry.hpp"
#include "apiserver/database/pool.hpp"

namespace causeway::api::activity {

struct Delivery {
  std::int64_t id = 0, channel = 0;
  int attempts = 0;         // this one among them
  std::string url, secret;  // of a webhook
  std::string email;        // where it goes by mail; "": it is a webhook's
  Entry notification;
};

class DeliveryStore {
 public:
  explicit DeliveryStore(database::Pool& pool) : pool_(pool) {}

  // One that is due, for the caller alone until `lease` is over; whoever does not come back by then has died. What its
  // receiver may not know of any more, or wants no longer, is given up. nullopt: nothing is due.
  database::Result<std::optional<Delivery>> take(base::WallTime now, base::Duration lease);

  database::Result<void> arrived(const Delivery& delivery, base::WallTime now);
  // To be tried again then; nullopt: given up, and with it the channel, unless something arrived there since a day.
  database::Result<void> failed(const Delivery& delivery, const std::string& why, std::optional<base::WallTime> again,
                                base::WallTime now);
  // The receiver says that there is nothing any more: the channel is given up at once.
  database::Result<void> gone(const Delivery& delivery, base::WallTime now);

 private:
  database::Pool& pool_;
};

}  // namespace causeway::api::activity
