#pragma once
// Leader election, the decisions only (client-go's leaderelection.go): no I/O, no clock. lease_elector.cpp does it.

#include <optional>
#include <random>
#include <string>
#include <variant>

#include "kube/core/error.hpp"
#include "kube/runtime/lease.hpp"

namespace causeway::kube {

// spec of a coordination.k8s.io/v1 Lease. Times are for people: nobody's clock but one's own is trusted.
struct LeaseRecord {
  std::string holder;
  int duration_seconds = 0;
  std::string acquire_time, renew_time;  // MicroTime
  int transitions = 0;
  bool operator==(const LeaseRecord&) const = default;
};

// Not thread-safe.
class LeaderElection {
 public:
  struct Started {};
  struct Seen {  // the answer to a Get
    LeaseRecord record;
  };
  struct Missing {};  // the answer to a Get: there is no lease
  struct Written {};  // Create or Update succeeded
  struct Failed {
    Error error;
  };
  struct Waited {};
  using Event = std::variant<Started, Seen, Missing, Written, Failed, Waited>;

  struct Get {};
  struct Create {
    LeaseRecord record;
  };
  struct Update {  // of the lease last seen or written, guarded by its resourceVersion
    LeaseRecord record;
  };
  struct Wait {
    base::Duration duration{};
  };
  struct Lost {  // leadership is over; stop everything
    std::string why;
  };
  using Action = std::variant<Get, Create, Update, Wait, Lost>;

  LeaderElection(LeaseOptions options, std::uint64_t seed);

  Action resume(const Event& event, base::SteadyTime now, base::WallTime wall);

  bool leading() const { return leading_; }
  // How long a call may take: leadership must not outlive its deadline in one.
  base::Duration patience(base::SteadyTime now) const;
  const std::string& holder() const { return observed_.holder; }
  // What is written to give the lease up at once. Ends leadership.
  LeaseRecord release(base::WallTime wall);

 private:
  Action on(const Started&, base::SteadyTime, base::WallTime) { return Get{}; }
  Action on(const Seen&, base::SteadyTime, base::WallTime);
  Action on(const Missing&, base::SteadyTime, base::WallTime);
  Action on(const Written&, base::SteadyTime, base::WallTime);
  Action on(const Failed&, base::SteadyTime, base::WallTime);
  Action on(const Waited&, base::SteadyTime, base::WallTime);
  LeaseRecord ours(base::WallTime wall) const;
  Action pause(base::SteadyTime now);
  bool past_deadline(base::SteadyTime now) const { return now - renewed_ >= options_.renew_deadline; }

  LeaseOptions options_;
  std::mt19937_64 random_;
  bool leading_ = false;
  LeaseRecord observed_, pending_;
  std::optional<base::SteadyTime> observed_at_;
  base::SteadyTime renewed_{};  // when the last successful write was begun
  base::SteadyTime write_began_{};
  bool stale_ = false;  // what we hold may not be the server's: read before the next write
};

}  // namespace causeway::kube
