#pragma once
// Events: rows written with what they tell of, followed by cursor. Why a reader misses none: README.md, "Events".

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/database/listener.hpp"
#include "apiserver/database/pool.hpp"

namespace causeway::api::database {

// Where a reader is: everything up to it was seen. Positions grow with the order in which readers see events; they have
// gaps, and are not the rows' ids.
using EventCursor = std::int64_t;

struct Event {
  EventCursor position = 0;
  base::WallTime created_at;
  std::string topic;  // what it is about, for example "session" or "repository:17"
  boost::json::value payload;
};

struct EventBatch {
  std::vector<Event> events;
  EventCursor cursor = 0;  // to go on from
  bool missed = false;     // there were events behind the given cursor that are removed already: read everything again
  bool more = false;       // the limit was reached
};

// Thread-safe.
class Events {
 public:
  static constexpr std::string_view kChannel = "causeway_events";

  // `listener` sends the wake-ups; without one, followers notice by themselves, later.
  explicit Events(Pool& pool, Listener* listener = nullptr) : pool_(pool), listener_(listener) {}

  // Within `tx`: the event exists if and only if the transaction is kept. `topic` of at most 200 bytes, the payload of
  // at most 64 KiB as text. Throws Failure.
  void publish(Transaction& tx, std::string_view topic, const boost::json::value& payload) const;

  // Behind `cursor`, at most `limit`; with topics, only those.
  Result<EventBatch> after(EventCursor cursor, std::size_t limit, const std::vector<std::string>& topics = {}) const;
  // The cursor behind all that there is now: for one who has read the state and wants what comes later.
  // Take it *before* reading the state.
  Result<EventCursor> now() const;
  // Removes those that are older, at most `limit`; returns how many. One replica at a time does; the others return 0.
  Result<std::size_t> expire(base::Duration age, std::size_t limit = 10'000) const;

 private:
  Pool& pool_;
  Listener* listener_;
};

}  // namespace causeway::api::database
