#include "base/worker_pool.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.hpp"

namespace causeway::base {

struct WorkerPool::Impl {
  std::string name;
  std::size_t limit;
  std::mutex mutex;
  std::condition_variable available;
  std::deque<std::function<void()>> jobs;  // by mutex
  bool stopping = false;                   // by mutex
  std::mutex joining;
  std::vector<std::thread> threads;  // by joining, after the constructor

  void run() {
    for (;;) {
      std::function<void()> job;
      {
        std::unique_lock lock(mutex);
        available.wait(lock, [&] { return stopping || !jobs.empty(); });
        if (jobs.empty()) return;
        job = std::move(jobs.front());
        jobs.pop_front();
      }
      try {
        job();
      } catch (const std::exception& e) {
        log::error("a job failed with an exception", {{"pool", name}, {"error", e.what()}});
      } catch (...) {
        log::error("a job failed with an exception of unknown type", {{"pool", name}});
      }
    }
  }
};

WorkerPool::WorkerPool(std::string name, std::size_t threads, std::size_t queue) : impl_(std::make_unique<Impl>()) {
  impl_->name = std::move(name);
  impl_->limit = queue;
  impl_->threads.reserve(threads);
  try {
    for (std::size_t i = 0; i < threads; ++i) {
      std::thread& thread = impl_->threads.emplace_back([impl = impl_.get()] { impl->run(); });
      // The kernel keeps 15 characters.
      ::pthread_setname_np(thread.native_handle(), impl_->name.substr(0, 15).c_str());
    }
  } catch (...) {
    stop();
    throw;
  }
}

WorkerPool::~WorkerPool() {
  stop();
}

bool WorkerPool::submit(std::function<void()> job) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->stopping || impl_->jobs.size() >= impl_->limit) return false;
    impl_->jobs.push_back(std::move(job));
  }
  impl_->available.notify_one();
  return true;
}

void WorkerPool::stop() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->available.notify_all();
  const std::lock_guard lock(impl_->joining);
  for (std::thread& thread : impl_->threads) thread.join();
  impl_->threads.clear();
}

}  // namespace causeway::base
