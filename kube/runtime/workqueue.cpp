#include "kube/runtime/workqueue.hpp"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "kube/core/token_bucket.hpp"
#include "kube/runtime/workqueue_metrics.hpp"

namespace causeway::kube {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// client-go's DefaultTypedControllerRateLimiter.
constexpr base::Duration kFirstDelay = milliseconds(5);
constexpr base::Duration kLongestDelay = seconds(1000);
constexpr double kPerSecond = 10, kBurst = 100;

// Low priority waits behind news, but every so many turns it has one, so that it cannot starve.
// (controller-runtime#3496)
constexpr int kLowTurn = 16;

using KeySet = std::unordered_set<ObjectKey, ObjectKeyHash>;
template <class V>
using KeyMap = std::unordered_map<ObjectKey, V, ObjectKeyHash>;

}  // namespace

struct WorkQueue::Impl {
  Impl(std::string name, const base::Clock& c, base::MetricsRegistry* registry)
      : clock(c), metrics(std::move(name), registry), bucket(kPerSecond, kBurst) {}

  const base::Clock& clock;
  WorkQueueMetrics metrics;
  mutable std::mutex mutex;
  std::condition_variable_any work, delays_changed;
  bool stopped = false;
  int turn = 0;

  // A key waits when it is in `dirty` and not in `processing`; then it stands in one of the two lists.
  struct Waiting {
    Priority priority;
    base::SteadyTime since;
  };
  KeyMap<Waiting> dirty;
  KeyMap<base::SteadyTime> processing;
  std::deque<ObjectKey> normal, low;

  std::multimap<base::SteadyTime, ObjectKey> delays;
  KeyMap<std::multimap<base::SteadyTime, ObjectKey>::iterator> delayed;
  std::stop_source earlier_delay;  // wakes the timer: there is an earlier deadline

  KeyMap<int> failures;
  TokenBucket bucket;
  std::jthread timer;

  std::deque<ObjectKey>& line(Priority p) { return p == Priority::kNormal ? normal : low; }

  void add_locked(const ObjectKey& key, Priority priority) {
    if (stopped) return;
    if (const auto it = dirty.find(key); it != dirty.end()) {
      if (priority == Priority::kNormal && it->second.priority == Priority::kLow) {
        it->second.priority = Priority::kNormal;
        // Its place among the low ones becomes stale and is passed over.
        if (!processing.contains(key)) normal.push_back(key);
      }
      work.notify_one();
      return;
    }
    metrics.added();
    dirty.emplace(key, Waiting{priority, clock.steady()});
    if (!processing.contains(key)) line(priority).push_back(key);
    metrics.depth(dirty.size());
    work.notify_one();
  }

  std::optional<ObjectKey> take(Priority priority) {
    auto& from = line(priority);
    while (!from.empty()) {
      ObjectKey key = std::move(from.front());
      from.pop_front();
      const auto it = dirty.find(key);
      if (it != dirty.end() && it->second.priority == priority && !processing.contains(key)) return key;
    }
    return std::nullopt;
  }

  std::optional<ObjectKey> take_next() {
    const bool low_first = ++turn % kLowTurn == 0;
    auto key = take(low_first ? Priority::kLow : Priority::kNormal);
    if (!key) key = take(low_first ? Priority::kNormal : Priority::kLow);
    return key;
  }

  bool delay_locked(const ObjectKey& key, base::SteadyTime due) {
    if (const auto it = delayed.find(key); it != delayed.end()) {
      if (it->second->first <= due) return false;
      delays.erase(it->second);
      delayed.erase(it);
    }
    const auto placed = delays.emplace(due, key);
    delayed.emplace(key, placed);
    return placed == delays.begin();
  }

  void run_timer(std::stop_token stop) {
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
      if (delays.empty()) {
        delays_changed.wait(lock, stop, [&] { return !delays.empty(); });
        continue;
      }
      const auto due = delays.begin()->first;
      if (clock.steady() >= due) {
        const auto first = delays.begin();
        const ObjectKey key = std::move(first->second);
        delayed.erase(key);
        delays.erase(first);
        add_locked(key, Priority::kNormal);
        continue;
      }
      earlier_delay = std::stop_source();
      const auto woken = earlier_delay.get_token();
      lock.unlock();
      {
        // Either a deadline that is earlier than the one slept for, or the end.
        std::stop_source wake;
        std::stop_callback on_earlier(woken, [&wake] { wake.request_stop(); });
        std::stop_callback on_stop(stop, [&wake] { wake.request_stop(); });
        clock.sleep_until(due, wake.get_token());
      }
      lock.lock();
    }
  }
};

WorkQueue::WorkQueue(std::string name, const base::Clock& clock, base::MetricsRegistry* metrics)
    : impl_(std::make_unique<Impl>(std::move(name), clock, metrics)) {
  impl_->timer = std::jthread([impl = impl_.get()](std::stop_token stop) { impl->run_timer(stop); });
}

WorkQueue::~WorkQueue() {
  shut_down();
}

void WorkQueue::add(const ObjectKey& key, Priority priority) {
  std::lock_guard lock(impl_->mutex);
  impl_->add_locked(key, priority);
}

void WorkQueue::add_after(const ObjectKey& key, base::Duration delay) {
  std::stop_source wake{std::nostopstate};
  {
    std::lock_guard lock(impl_->mutex);
    if (impl_->stopped) return;
    if (delay <= base::Duration::zero()) {
      impl_->add_locked(key, Priority::kNormal);
      return;
    }
    if (impl_->delay_locked(key, impl_->clock.steady() + delay)) wake = impl_->earlier_delay;
    impl_->delays_changed.notify_one();
  }
  wake.request_stop();
}

void WorkQueue::add_rate_limited(const ObjectKey& key) {
  base::Duration delay;
  {
    std::lock_guard lock(impl_->mutex);
    const int failed = impl_->failures[key]++;
    const auto own =
        failed >= 18 ? kLongestDelay : std::min<base::Duration>(kFirstDelay * (1 << failed), kLongestDelay);
    delay = std::max(own, impl_->bucket.reserve(impl_->clock.steady()));
    impl_->metrics.retried();
  }
  add_after(key, delay);
}

void WorkQueue::forget(const ObjectKey& key) {
  std::lock_guard lock(impl_->mutex);
  impl_->failures.erase(key);
}

int WorkQueue::failures(const ObjectKey& key) const {
  std::lock_guard lock(impl_->mutex);
  const auto it = impl_->failures.find(key);
  return it == impl_->failures.end() ? 0 : it->second;
}

std::size_t WorkQueue::depth() const {
  std::lock_guard lock(impl_->mutex);
  return impl_->dirty.size();
}

std::optional<ObjectKey> WorkQueue::get(std::stop_token stop) {
  std::unique_lock lock(impl_->mutex);
  std::optional<ObjectKey> key;
  impl_->work.wait(lock, stop, [&] { return impl_->stopped || (key = impl_->take_next()); });
  if (impl_->stopped || !key) return std::nullopt;
  if (stop.stop_requested()) {
    // It was taken out of its line: another worker must find it.
    impl_->line(impl_->dirty.at(*key).priority).push_front(*key);
    impl_->work.notify_one();
    return std::nullopt;
  }
  const auto it = impl_->dirty.find(*key);
  const auto now = impl_->clock.steady();
  impl_->metrics.started(now - it->second.since);
  impl_->dirty.erase(it);
  impl_->processing.emplace(*key, now);
  impl_->metrics.depth(impl_->dirty.size());
  return key;
}

void WorkQueue::done(const ObjectKey& key) {
  std::lock_guard lock(impl_->mutex);
  const auto it = impl_->processing.find(key);
  if (it == impl_->processing.end()) return;
  impl_->metrics.finished(impl_->clock.steady() - it->second);
  impl_->processing.erase(it);
  if (const auto again = impl_->dirty.find(key); again != impl_->dirty.end()) {
    impl_->line(again->second.priority).push_back(key);
    impl_->work.notify_one();
  }
}

void WorkQueue::shut_down() {
  std::jthread timer;  // joined outside the lock
  {
    std::lock_guard lock(impl_->mutex);
    impl_->stopped = true;
    timer = std::move(impl_->timer);
    impl_->work.notify_all();
  }
}

void WorkQueue::refresh_metrics() {
  std::lock_guard lock(impl_->mutex);
  const auto now = impl_->clock.steady();
  base::Duration total{}, longest{};
  for (const auto& [key, since] : impl_->processing) {
    total += now - since;
    longest = std::max(longest, now - since);
  }
  impl_->metrics.unfinished(total, longest);
}

}  // namespace causeway::kube
