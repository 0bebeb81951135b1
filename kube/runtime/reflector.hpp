#pragma once
// How a copy of a resource type is kept up to date: list, then watch, for ever. Decisions only: no I/O, no clock, no
// threads. The rules are client-go's (reflector.go, pager.go, k/k#86430, KEP-3157); informer_driver.cpp does what this
// says.

#include <optional>
#include <string>
#include <variant>

#include "kube/core/error.hpp"
#include "kube/runtime/backoff.hpp"

namespace causeway::kube {

struct ReflectorOptions {
  bool watch_list = true;  // begin with a watch that sends the initial objects; a server that cannot gets a LIST
  int page_size = 500;
  // A watch is asked to last this long, and up to as much again. (client-go: MinWatchTimeout)
  base::Duration shortest_watch = std::chrono::minutes(5);
  std::uint64_t seed = 0;  // of jitter and watch timeouts
};

// Not thread-safe.
class Reflector {
 public:
  // What happened.
  struct Started {};
  struct Listed {  // one page, whole
    std::string resource_version, continue_;
  };
  struct ListFailed {
    Error error;
  };
  struct Received {                                       // one watch event
    enum class Kind { kObject, kBookmark, kInitialEnd };  // kInitialEnd: a bookmark with k8s.io/initial-events-end
    Kind kind;
    std::string resource_version;
  };
  struct WatchEnded {  // by the server, or with an error (an ERROR event is one)
    std::optional<Error> error;
  };
  struct Waited {};
  using Event = std::variant<Started, Listed, ListFailed, Received, WatchEnded, Waited>;

  // What to do with the objects at hand.
  enum class Objects {
    kNothing,
    kCollect,  // this object belongs to the new content, which is not complete yet
    kReplace,  // what was collected is the whole content now
    kApply,    // this object changes the content
  };
  // What to do next. `fresh`: drop what was collected first.
  struct List {
    std::string resource_version, continue_;
    int limit = 0;
    bool fresh = true;
  };
  struct Watch {
    std::string resource_version;
    bool initial_events = false;
    base::Duration timeout{};
  };
  struct Wait {
    base::Duration duration{};
  };
  struct Step {
    Objects objects = Objects::kNothing;
    std::variant<std::monostate, List, Watch, Wait> next{};  // monostate: go on reading the watch
  };

  explicit Reflector(ReflectorOptions options);

  Step resume(const Event& event, base::SteadyTime now);

  const std::string& last_resource_version() const { return last_; }
  bool watch_was_short() const { return short_watch_; }  // the last one: under a second, no event

 private:
  Step on(const Started&, base::SteadyTime now);
  Step on(const Listed&, base::SteadyTime now);
  Step on(const ListFailed&, base::SteadyTime now);
  Step on(const Received&, base::SteadyTime now);
  Step on(const WatchEnded&, base::SteadyTime now);
  Step on(const Waited&, base::SteadyTime now);

  Step begin(base::SteadyTime now);  // a new attempt at the whole content
  Step begin_list();
  Step watch(base::SteadyTime now, bool initial_events);
  Step wait(base::SteadyTime now, const Error* error, bool then_watch);
  Step initial_watch_ended(const WatchEnded&, base::SteadyTime now);
  std::string list_version() const;

  ReflectorOptions options_;
  std::mt19937_64 random_;
  Backoff backoff_;
  std::string last_;          // the last resource version seen
  bool unavailable_ = false;  // the server cannot serve `last_`: ask for the most recent
  bool watch_list_;
  bool then_watch_ = false;  // after the wait
  // Of the list or watch that is under way:
  std::string list_rv_;
  bool paging_ = false;
  bool initial_ = false;
  base::SteadyTime watch_began_{};
  std::size_t events_ = 0;
  bool short_watch_ = false;
  int server_errors_ = 0;  // in a row, of watches
};

// The server has no such resource version yet (it lags behind), or says that it is too large.
bool too_large_resource_version(const Error& error);

}  // namespace causeway::kube
