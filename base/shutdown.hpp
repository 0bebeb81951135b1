#pragma once
// SIGTERM and SIGINT as a stop token. Make one, first thing in main(), before any thread.

#include <memory>
#include <stop_token>

namespace causeway::base {

class ShutdownSignal {
 public:
  ShutdownSignal();  // blocks SIGTERM and SIGINT in this thread and its future children threads; ignores SIGPIPE
  ~ShutdownSignal();
  std::stop_token token() const;
  void trigger();  // as if a signal had come
  void wait();     // until a signal comes

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::base
