#pragma once
// What an init decides: which component to start, to signal, to start again, and when. A state machine without I/O; the
// driver (supervisor.cpp) tells it what happened and does what step() says.
//
// A component first starts when those it names in `after` have been ready. One that ends is started again: at once,
// then after 0.2, 0.4 … 10 s; a run of 30 s makes the next wait short again. Shutting down goes the other way round:
// SIGTERM to components that no running one names, SIGKILL after their time.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/process.hpp"
#include "onebox/plan/init_spec.hpp"

namespace causeway::onebox {

enum class ComponentState {
  Waiting,   // for those it starts after
  Starting,  // runs, not ready yet
  Running,   // has been ready since it started
  Backoff,   // ended; starts again at a known time
  Stopping,  // has been sent SIGTERM
  Stopped,   // on command, or shut down
};
BOOST_DESCRIBE_ENUM(ComponentState, Waiting, Starting, Running, Backoff, Stopping, Stopped)

// How long to wait before the start that follows the `failures`-th end in a row.
base::Duration restart_delay(int failures);
inline constexpr base::Duration kStableRun = std::chrono::seconds(30);

class Supervision {
 public:
  struct Component {
    ComponentSpec spec;
    ComponentState state = ComponentState::Waiting;
    pid_t pid = 0;  // 0: does not run
    bool was_ready = false;
    int failures = 0;  // ends in a row
    int restarts = 0;
    base::SteadyTime since{};  // of this state
    base::SteadyTime started{};
    std::optional<base::SteadyTime> due;  // Backoff: next start; Stopping: SIGKILL
    bool draining = false;
    std::string last_end;  // "killed by SIGKILL", "cannot start …"
    std::optional<base::WallTime> last_end_at;
  };
  struct Action {
    enum class Kind { kStart, kSignal, kDrain } kind;
    std::string name;
    int signal = 0;
    pid_t pid = 0;
  };

  explicit Supervision(std::vector<ComponentSpec> components);

  // What to do now; what it returns is taken as done, except that starts are answered by started() or start_failed().
  std::vector<Action> step(base::SteadyTime now);
  std::optional<base::SteadyTime> next_wakeup() const;

  void started(const std::string& name, pid_t pid, base::SteadyTime now);
  void start_failed(const std::string& name, const std::string& why, base::SteadyTime now, base::WallTime wall);
  // `how` is for people: "exit code 1: no space left on device". False: not a component's process (an orphan that init
  // reaped).
  bool exited(pid_t pid, const std::string& how, base::SteadyTime now, base::WallTime wall);
  // What a draining component ran has ended.
  void drained(base::SteadyTime now);
  bool draining() const;
  // Ignored unless the component still runs as `pid`.
  void became_ready(const std::string& name, pid_t pid, base::SteadyTime now);

  // "kill" (SIGKILL, comes back by itself), "stop" (stays down), "start". kNotFound names the components there are.
  base::Result<std::vector<Action>> command(const std::string& name, const std::string& action, base::SteadyTime now);
  void shut_down(base::SteadyTime now);
  bool shutting_down() const { return shutting_down_; }
  bool finished() const;  // shutting down, and nothing runs

  bool ready() const;  // every component is Running
  const std::vector<Component>& components() const { return components_; }

 private:
  Component* find(const std::string& name);
  bool may_start(const Component& c) const;
  bool needed_by_running(const Component& c) const;
  void ended(Component& c, const std::string& how, base::SteadyTime now, base::WallTime wall);
  void stop(Component& c, base::SteadyTime now, std::vector<Action>& actions);

  std::vector<Component> components_;
  bool shutting_down_ = false;
};

}  // namespace causeway::onebox
