#pragma once
// Which events are written, and as what: client-go's EventCorrelator (events_cache.go). No I/O, no clock.

#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "kube/core/token_bucket.hpp"

namespace causeway::kube {

struct EventNote {
  std::string object;  // whom it is about: kind/namespace/name/uid
  std::string type;    // Normal, Warning
  std::string reason;
  std::string message;
};

// Not thread-safe.
class EventCorrelator {
 public:
  struct Write {
    std::string message;   // perhaps with "(combined from similar events): " before it
    std::string key;       // pass it to written()
    std::string existing;  // the event's name when it is there already: raise its count
    int count = 1;
    base::WallTime first{};  // when the first of them was
  };

  // nullopt: over the object's limit of 25 at once, then one in 300 s.
  std::optional<Write> correlate(const EventNote& note, base::SteadyTime now, base::WallTime wall);
  // The API server has it under this name; empty: it could not be written or is gone.
  void written(const Write& write, const std::string& name);

 private:
  // The least recently used is forgotten beyond client-go's 4096.
  template <class V>
  class Recent {
   public:
    V& at(const std::string& key, const V& fresh) {
      if (const auto it = where_.find(key); it != where_.end()) {
        order_.splice(order_.begin(), order_, it->second);
        return it->second->second;
      }
      order_.emplace_front(key, fresh);
      where_[key] = order_.begin();
      if (order_.size() > kMost) {
        where_.erase(order_.back().first);
        order_.pop_back();
      }
      return order_.front().second;
    }
    V* find(const std::string& key) {
      const auto it = where_.find(key);
      return it == where_.end() ? nullptr : &it->second->second;
    }

   private:
    static constexpr std::size_t kMost = 4096;
    std::list<std::pair<std::string, V>> order_;
    std::unordered_map<std::string, typename std::list<std::pair<std::string, V>>::iterator> where_;
  };
  struct Similar {
    std::set<std::string> messages;
    base::SteadyTime last{};
  };
  struct Known {
    std::string name;
    int count = 0;
    base::WallTime first{};
  };

  Recent<Similar> similar_;
  Recent<Known> known_;
  Recent<TokenBucket> buckets_;
};

}  // namespace causeway::kube
