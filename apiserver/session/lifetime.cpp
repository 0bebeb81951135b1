#include "apiserver/session/lifetime.hpp"

#include <algorithm>

namespace causeway::api::session {

Standing judge(const Times& times, bool previous, base::WallTime now, const Lifetimes& lifetimes) {
  if (now >= times.expires_at || now >= times.absolute_expires_at) return Standing::kEnded;
  // What was renewed already is not renewed again: the new token is on its way to the same browser.
  if (previous)
    return times.previous_expires_at && now < *times.previous_expires_at ? Standing::kValid : Standing::kEnded;
  return now - times.renewed_at >= lifetimes.renew_after() ? Standing::kRenewalDue : Standing::kValid;
}

base::WallTime expiry_after_use(const Times& times, base::WallTime now, const Lifetimes& lifetimes) {
  const auto idle = now + std::chrono::duration_cast<base::WallTime::duration>(lifetimes.idle);
  // Never earlier than promised before, for instance when an administrator has shortened `idle`.
  return std::min(std::max(idle, times.expires_at), times.absolute_expires_at);
}

bool touch_is_due(const Times& times, base::WallTime now, const Lifetimes& lifetimes) {
  return now - times.last_used_at >= lifetimes.touch_after();
}

}  // namespace causeway::api::session
