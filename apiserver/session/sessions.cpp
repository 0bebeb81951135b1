#include "apiserver/session/sessions.hpp"

#include "apiserver/session/token.hpp"
#include "base/log.hpp"

namespace causeway::api::session {
namespace {

base::Counter& lookups(base::MetricsRegistry& metrics, const char* answered_by) {
  return metrics.counter("causeway_session_lookups_total", "Sessions looked up, by what answered",
                         {{"by", answered_by}});
}

}  // namespace

Sessions::Sessions(Store& store, std::unique_ptr<Cache> cache, database::EventFollower& follower,
                   database::Listener& listener, const base::Clock& clock, base::MetricsRegistry& metrics)
    : store_(store),
      clock_(clock),
      cache_(cache ? std::move(cache) : std::make_unique<LocalCache>(clock)),
      hits_(lookups(metrics, cache_->name())),
      misses_(lookups(metrics, "database")) {
  follower.on_event([this](const database::Event& event) {
    if (event.topic != Store::kTopic) return;
    const auto* user = event.payload.is_object() ? event.payload.as_object().if_contains("user") : nullptr;
    if (user && user->is_int64()) cache_->forget(user->as_int64());
  });
  follower.on_missed([this] { cache_->forget_all(); });
  listener.on_connected([this] { cache_->forget_all(); });
}

database::Result<Cache::Lookup> Sessions::find(const std::string& hash) {
  auto lookup = cache_->find(hash);
  if (lookup.found) {
    hits_.add();
    return lookup;
  }
  auto asked = store_.find(hash);
  misses_.add();
  if (!asked) return asked.error();
  if (!*asked) return lookup;
  lookup.found = std::make_shared<const Store::Found>(std::move(**asked));
  cache_->keep(hash, lookup.found, lookup.ticket);
  return lookup;
}

database::Result<std::optional<Authenticated>> Sessions::authenticate(const std::string& token,
                                                                      const std::string& address) {
  if (token_kind(token) != TokenKind::kSession) return std::optional<Authenticated>();
  const auto hash = token_hash(token);
  auto found = find(hash);
  if (!found) return found.error();
  if (!found->found) return std::optional<Authenticated>();
  const auto& known = *found->found;
  const auto now = clock_.wall();
  const auto standing = judge(known.session.times, known.previous, now, store_.lifetimes());
  if (standing == Standing::kEnded) return std::optional<Authenticated>();
  if (known.session.initial_until && now >= *known.session.initial_until) return std::optional<Authenticated>();

  const bool half = known.session.second_factor == SecondFactor::kMissing;
  Authenticated authenticated{known.session, standing == Standing::kRenewalDue && !half};
  if (!half && touch_is_due(known.session.times, now, store_.lifetimes())) {
    // Not being able to write it down is no reason to send anybody away: it is tried again with the next request.
    if (auto touched = store_.touch(known.session, address, now); !touched) {
      base::log::warn("a session's use was not written down", {{"error", touched.error().message}});
    } else {
      auto used = std::make_shared<Store::Found>(known);
      used->session.times.expires_at = expiry_after_use(known.session.times, now, store_.lifetimes());
      used->session.times.last_used_at = now;
      cache_->keep(hash, std::move(used), found->ticket);
    }
  }
  return std::optional(std::move(authenticated));
}

database::Result<std::optional<std::string>> Sessions::renew(const std::string& token) {
  const auto hash = token_hash(token);
  auto found = store_.find(hash);
  if (!found) return found.error();
  if (!*found) return std::optional<std::string>();
  const auto& [session, previous] = **found;
  const auto now = clock_.wall();
  if (session.second_factor == SecondFactor::kMissing ||
      judge(session.times, previous, now, store_.lifetimes()) != Standing::kRenewalDue)
    return std::optional<std::string>();
  auto renewed = store_.renew(session, hash, now);
  // This replica's own cache has to know at once: the new token comes with the next request.
  if (renewed && *renewed) cache_->forget(session.person.id);
  return renewed;
}

database::Result<std::string> Sessions::create(Login login) {
  auto created = store_.create(login, clock_.wall());
  if (!login.replaces.empty()) cache_->forget(login.replaces);
  return created;
}

database::Result<bool> Sessions::end(std::int64_t user, std::int64_t session) {
  auto ended = store_.end(user, session);
  cache_->forget(user);
  return ended;
}

database::Result<std::size_t> Sessions::end_all(std::int64_t user, std::int64_t except) {
  auto ended = store_.end_all(user, except);
  cache_->forget(user);
  return ended;
}

database::Result<std::vector<SessionEntry>> Sessions::list(std::int64_t user) {
  return store_.list(user, clock_.wall());
}

std::chrono::seconds Sessions::cookie_age() const {
  return std::chrono::duration_cast<std::chrono::seconds>(store_.lifetimes().idle);
}

}  // namespace causeway::api::session
