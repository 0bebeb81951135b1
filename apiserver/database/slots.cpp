#include "apiserver/database/slots.hpp"

namespace causeway::api::database {

Slots::Outcome Slots::acquire(base::SteadyTime deadline) {
  std::unique_lock lock(mutex_);
  if (free_ > 0) {
    --free_;
    return Outcome::kTaken;
  }
  if (waiters_.size() >= queue_) return Outcome::kFull;
  Waiter self;
  const auto place = waiters_.insert(waiters_.end(), &self);
  if (self.called.wait_until(lock, deadline, [&] { return self.has_slot; })) return Outcome::kTaken;
  waiters_.erase(place);
  return Outcome::kLate;
}

void Slots::release() {
  const std::lock_guard lock(mutex_);
  if (waiters_.empty()) {
    ++free_;
    return;
  }
  // The slot is passed on, so nobody who comes later can take it in between.
  Waiter* next = waiters_.front();
  waiters_.pop_front();
  next->has_slot = true;
  next->called.notify_one();
}

std::size_t Slots::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiters_.size();
}

}  // namespace causeway::api::database
