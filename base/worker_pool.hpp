#pragma once
// A fixed number of threads and a bounded queue of jobs.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace causeway::base {

// Thread-safe. The destructor lets queued jobs finish.
class WorkerPool {
 public:
  WorkerPool(std::string name, std::size_t threads, std::size_t queue);
  ~WorkerPool();
  // False: the queue is full or the pool is stopping; the job was not taken. An exception from a job is logged.
  bool submit(std::function<void()> job);
  void stop();  // takes no more, finishes what is queued, joins

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::base
