#pragma once
// A fixed number of slots, handed out in the order of asking; who asks while all are taken waits in a bounded queue.

#include <condition_variable>
#include <cstddef>
#include <list>
#include <mutex>

#include "base/clock.hpp"

namespace causeway::api::database {

// Thread-safe.
class Slots {
 public:
  enum class Outcome {
    kTaken,
    kFull,  // the queue is full: nobody waited
    kLate,  // none became free in time
  };

  Slots(std::size_t slots, std::size_t queue) : free_(slots), queue_(queue) {}

  Outcome acquire(base::SteadyTime deadline);
  void release();  // by whoever has acquired
  std::size_t waiting() const;

 private:
  struct Waiter {
    std::condition_variable called;
    bool has_slot = false;
  };

  mutable std::mutex mutex_;
  std::size_t free_;  // only while nobody waits
  const std::size_t queue_;
  std::list<Waiter*> waiters_;
};

}  // namespace causeway::api::database
