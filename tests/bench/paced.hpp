#pragma once
// Calls at a rate, and how long they took.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.hpp"

namespace causeway::bench {

using namespace std::chrono_literals;
using Seconds = std::chrono::duration<double>;

// Durations of calls that begin at their own time, whether or not the one before has ended: a late one counts from when
// it was due.
class Paced {
 public:
  // call(n) by `threads` threads, `rate` a second together.
  template <class F>
  void run(int rate, int seconds, int threads, F call) {
    const auto begin = std::chrono::steady_clock::now() + 100ms;
    const int calls = rate * seconds;
    std::atomic<int> next = 0;
    std::vector<std::jthread> all;
    for (int t = 0; t < threads; ++t) {
      all.emplace_back([&] {
        for (int n = next++; n < calls; n = next++) {
          const auto due = begin + std::chrono::duration_cast<base::Duration>(Seconds(1.0 * n / rate));
          std::this_thread::sleep_until(due);
          call(n);
          add(Seconds(std::chrono::steady_clock::now() - due).count());
        }
      });
    }
  }
  // As many as go, one after the other on each thread; what they took counts from their own beginning.
  template <class F>
  void run_flat_out(int seconds, int threads, F call) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    std::atomic<int> next = 0;
    std::vector<std::jthread> all;
    for (int t = 0; t < threads; ++t) {
      all.emplace_back([&] {
        for (auto begin = std::chrono::steady_clock::now(); begin < end;) {
          call(next++);
          const auto now = std::chrono::steady_clock::now();
          add(Seconds(now - begin).count());
          begin = now;
        }
      });
    }
  }
  // Milliseconds.
  double percentile(double p) {
    std::ranges::sort(taken_);
    if (taken_.empty()) return 0;
    return 1000 * taken_[std::min(taken_.size() - 1, static_cast<std::size_t>(p * static_cast<double>(taken_.size())))];
  }
  std::size_t count() const { return taken_.size(); }

 private:
  void add(double seconds) {
    const std::lock_guard lock(mutex_);
    taken_.push_back(seconds);
  }
  std::mutex mutex_;
  std::vector<double> taken_;
};

}  // namespace causeway::bench
