#pragma once
// Drives a Supervision: starts processes, reaps, asks probes, keeps logs small, answers the control socket.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "base/file_descriptor.hpp"
#include "onebox/init/supervision.hpp"

namespace causeway::onebox {

class Supervisor {
 public:
  explicit Supervisor(InitSpec spec);
  ~Supervisor();

  // Until SIGTERM or SIGINT and an ordered stop. Blocks SIGCHLD, SIGTERM and SIGINT: call on the main thread before any
  // other exists, because children die with the thread that started them.
  base::Result<void> run();

 private:
  friend class ControlServer;
  // Any thread.
  kube::json::object status() const;
  base::Result<void> command(const std::string& name, const std::string& action);

  void wake() const;
  void act(const std::vector<Supervision::Action>& actions);
  void start(const std::string& name);
  void reap();
  void look_after_drain();
  void wait_for_events();
  void probe_loop(std::stop_token stop);

  InitSpec spec_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;  // for the prober
  Supervision supervision_;
  std::map<std::string, std::string> not_ready_because_;
  std::map<std::string, base::WallTime> started_at_;
  base::FileDescriptor signals_, event_;
};

// Copies a log that has grown beyond `limit` to FILE.1 and empties it; its writer has it open for appending.
void rotate_log(const std::string& file, std::int64_t limit);

}  // namespace causeway::onebox
