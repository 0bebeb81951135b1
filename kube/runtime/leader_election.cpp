#include "kube/runtime/leader_election.hpp"

#include <algorithm>

namespace causeway::kube {

namespace {

constexpr double kJitter = 1.2;

}  // namespace

LeaderElection::LeaderElection(LeaseOptions options, std::uint64_t seed)
    : options_(std::move(options)), random_(seed) {}

LeaderElection::Action LeaderElection::resume(const Event& event, base::SteadyTime now, base::WallTime wall) {
  return std::visit([&](const auto& e) { return on(e, now, wall); }, event);
}

base::Duration LeaderElection::patience(base::SteadyTime now) const {
  const base::Duration longest = options_.renew_deadline / 2;
  if (!leading_) return longest;
  const auto left = options_.renew_deadline - (now - renewed_);
  return std::clamp<base::Duration>(left, std::chrono::milliseconds(1), longest);
}

LeaseRecord LeaderElection::ours(base::WallTime wall) const {
  LeaseRecord record;
  record.holder = options_.identity;
  record.duration_seconds =
      static_cast<int>(std::chrono::duration_cast<std::chrono::seconds>(options_.lease_duration).count());
  record.renew_time = base::format_micro_time(wall);
  const bool again = observed_.holder == options_.identity;
  record.acquire_time = again ? observed_.acquire_time : record.renew_time;
  record.transitions = observed_.transitions + (again || !observed_at_ ? 0 : 1);
  return record;
}

LeaderElection::Action LeaderElection::pause(base::SteadyTime now) {
  base::Duration wait = options_.retry_period;
  if (leading_) {
    if (past_deadline(now)) {
      leading_ = false;
      return Lost{"the lease could not be renewed for " +
                  std::to_string(std::chrono::duration_cast<std::chrono::seconds>(options_.renew_deadline).count()) +
                  " s"};
    }
    wait = std::min<base::Duration>(wait, options_.renew_deadline - (now - renewed_));
  } else {
    // Those who wait must not all try in the same moment.
    wait += base::Duration(static_cast<std::int64_t>(static_cast<double>(wait.count()) * kJitter *
                                                     std::uniform_real_distribution<double>(0, 1)(random_)));
  }
  return Wait{wait};
}

LeaderElection::Action LeaderElection::on(const Seen& seen, base::SteadyTime now, base::WallTime wall) {
  if (!observed_at_ || seen.record != observed_) {
    observed_ = seen.record;
    observed_at_ = now;
  }
  stale_ = false;
  if (leading_ && past_deadline(now)) return pause(now);
  const bool foreign = !observed_.holder.empty() && observed_.holder != options_.identity;
  if (leading_ && observed_.holder != options_.identity) {
    leading_ = false;
    return Lost{foreign ? "another process holds the lease: " + observed_.holder
                        : "the lease was released by somebody"};
  }
  if (foreign && *observed_at_ + std::chrono::seconds(observed_.duration_seconds) > now) return pause(now);
  write_began_ = now;
  pending_ = ours(wall);
  return Update{pending_};
}

LeaderElection::Action LeaderElection::on(const Missing&, base::SteadyTime now, base::WallTime wall) {
  observed_ = {};
  observed_at_.reset();
  stale_ = false;
  write_began_ = now;
  pending_ = ours(wall);
  return Create{pending_};
}

LeaderElection::Action LeaderElection::on(const Written&, base::SteadyTime now, base::WallTime) {
  observed_ = pending_;
  observed_at_ = now;
  leading_ = true;
  renewed_ = write_began_;  // others may have seen it then already
  stale_ = false;
  return Wait{options_.retry_period};
}

LeaderElection::Action LeaderElection::on(const Failed& failed, base::SteadyTime now, base::WallTime) {
  stale_ = true;
  // Somebody else wrote: whether that was a new leader is seen at once.
  if (leading_ && (failed.error.conflict() || failed.error.not_found()) && !past_deadline(now)) return Get{};
  return pause(now);
}

LeaderElection::Action LeaderElection::on(const Waited&, base::SteadyTime now, base::WallTime wall) {
  if (leading_ && past_deadline(now)) return pause(now);
  if (!leading_ || stale_) return Get{};
  write_began_ = now;
  pending_ = ours(wall);
  return Update{pending_};
}

LeaseRecord LeaderElection::release(base::WallTime wall) {
  leading_ = false;
  LeaseRecord record = observed_;
  record.holder.clear();
  record.duration_seconds = 1;
  record.renew_time = record.acquire_time = base::format_micro_time(wall);
  return record;
}

}  // namespace causeway::kube
