#pragma once
// client-go's work queue: a key is queued once, never processed twice at the same time, and one that is added while it
// is processed runs once more afterwards. Delays and per-key exponential back-off (5 ms → 1000 s).

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

  enum class Priority { kNormal, kLow };  // kLow: the initial list; never ahead of news
  void add(const ObjectKey& key, Priority priority = Priority::kNormal);
  void add_after(const ObjectKey& key, base::Duration delay);  // the earliest of several wins
  void add_rate_limited(const ObjectKey& key);
  void forget(const ObjectKey& key);  // resets the back-off
  int failures(const ObjectKey& key) const;
  std::size_t depth() const;

  // Blocks for the next key; nullopt once stopped. done() must follow.
  std::optional<ObjectKey> get(std::stop_token stop);
  void done(const ObjectKey& key);
  void shut_down();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::kube
