#pragma once
// client-go's work queue: a key is queued once, never processed twice at the same time, and one that is added while it
// is processed runs once more afterwards. Delays; back-off per key (5 ms → 1000 s) and for all keys together (10 a
// second, 100 at once). Thread-safe.

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "kube/core/resource.hpp"

namespace causeway::kube {

class WorkQueue {
 public:
  WorkQueue(std::string name, const base::Clock& clock, base::MetricsRegistry* metrics = nullptr);
  ~WorkQueue();

  // kLow: the initial list. It waits behind news, but has every 16th turn, so that it cannot starve.
  enum class Priority { kNormal, kLow };
  void add(const ObjectKey& key, Priority priority = Priority::kNormal);
  void add_after(const ObjectKey& key, base::Duration delay);  // the earliest of several wins
  void add_rate_limited(const ObjectKey& key);
  void forget(const ObjectKey& key);  // resets the back-off
  int failures(const ObjectKey& key) const;
  std::size_t depth() const;

  // Blocks for the next key; nullopt once stopped. done() must follow.
  std::optional<ObjectKey> get(std::stop_token stop);
  void done(const ObjectKey& key);
  void shut_down();        // get() returns nullopt from now on, add() does nothing
  void refresh_metrics();  // those that grow with time; before they are rendered

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::kube
