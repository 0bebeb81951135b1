#include "kube/runtime/reflector.hpp"

#include <algorithm>

namespace causeway::kube {

namespace {

using std::chrono::seconds;

constexpr base::Duration kVeryShort = seconds(1);
// A server that answers watches with 5xx may serve a list.
constexpr int kServerErrors = 3;

}  // namespace

bool too_large_resource_version(const Error& error) {
  if (error.code != 504 && error.code != 500) return false;
  const auto named = std::any_of(error.causes.begin(), error.causes.end(),
                                 [](const StatusCause& c) { return c.reason == "ResourceVersionTooLarge"; });
  return named || error.message.find("Too large resource version") != std::string::npos;
}

Reflector::Reflector(ReflectorOptions options)
    : options_(options), random_(options.seed), backoff_({}, options.seed + 1), watch_list_(options.watch_list) {}

Reflector::Step Reflector::resume(const Event& event, base::SteadyTime now) {
  return std::visit([&](const auto& e) { return on(e, now); }, event);
}

Reflector::Step Reflector::on(const Started&, base::SteadyTime now) {
  return begin(now);
}

Reflector::Step Reflector::begin(base::SteadyTime now) {
  return watch_list_ ? watch(now, true) : begin_list();
}

// First whatever the server has at hand; later nothing older than what was seen, so that time never runs backwards
// here.
std::string Reflector::list_version() const {
  if (unavailable_) return "";
  return last_.empty() ? "0" : last_;
}

Reflector::Step Reflector::begin_list() {
  list_rv_ = list_version();
  // A list at an exact version comes out of the server's cache in one piece: pages would go to etcd.
  paging_ = list_rv_.empty() || list_rv_ == "0";
  return {.objects = Objects::kNothing,
          .next = List{.resource_version = list_rv_, .continue_ = {}, .limit = paging_ ? options_.page_size : 0}};
}

Reflector::Step Reflector::watch(base::SteadyTime now, bool initial_events) {
  initial_ = initial_events;
  watch_began_ = now;
  events_ = 0;
  // At random, so that watches do not end together.
  const base::Duration extra(std::uniform_int_distribution<std::int64_t>(0, options_.shortest_watch.count())(random_));
  return {.objects = Objects::kNothing,
          .next = Watch{.resource_version = initial_events && unavailable_ ? std::string() : last_,
                        .initial_events = initial_events,
                        .timeout = options_.shortest_watch + extra}};
}

Reflector::Step Reflector::wait(base::SteadyTime now, const Error* error, bool then_watch) {
  then_watch_ = then_watch;
  auto duration = backoff_.next(now);
  if (error && error->retry_after_seconds)
    duration = std::max<base::Duration>(duration, seconds(std::min(*error->retry_after_seconds, 60)));
  return {.objects = Objects::kNothing, .next = Wait{duration}};
}

Reflector::Step Reflector::on(const Waited&, base::SteadyTime now) {
  return then_watch_ ? watch(now, false) : begin(now);
}

Reflector::Step Reflector::on(const Listed& page, base::SteadyTime now) {
  if (!page.continue_.empty())
    return {
        .objects = Objects::kNothing,
        .next = List{.resource_version = {}, .continue_ = page.continue_, .limit = options_.page_size, .fresh = false}};
  last_ = page.resource_version;
  unavailable_ = false;
  auto step = watch(now, false);
  step.objects = Objects::kReplace;
  return step;
}

Reflector::Step Reflector::on(const ListFailed& failed, base::SteadyTime now) {
  const auto& error = failed.error;
  if (error.expired() && paging_) {
    // The pages' snapshot was compacted away between two of them. (client-go: FullListIfExpired)
    paging_ = false;
    return {.objects = Objects::kNothing, .next = List{.resource_version = list_rv_, .continue_ = {}, .limit = 0}};
  }
  if ((error.expired() || too_large_resource_version(error)) && !unavailable_ && !list_rv_.empty()) {
    unavailable_ = true;
    return begin_list();
  }
  return wait(now, &error, false);
}

Reflector::Step Reflector::on(const Received& event, base::SteadyTime now) {
  (void)now;
  ++events_;
  server_errors_ = 0;
  if (initial_) {
    if (event.kind == Received::Kind::kObject) return {.objects = Objects::kCollect};
    if (event.kind == Received::Kind::kBookmark) return {};
    initial_ = false;
    unavailable_ = false;
    last_ = event.resource_version;
    return {.objects = Objects::kReplace};
  }
  if (!event.resource_version.empty()) last_ = event.resource_version;
  return {.objects = event.kind == Received::Kind::kObject ? Objects::kApply : Objects::kNothing};
}

Reflector::Step Reflector::initial_watch_ended(const WatchEnded& ended, base::SteadyTime now) {
  // It went on for its whole time without telling that the initial objects were complete: this server does not know
  // sendInitialEvents and ignored it.
  if (!ended.error) {
    if (now - watch_began_ >= options_.shortest_watch) watch_list_ = false;
    return begin_list();
  }
  const auto& error = *ended.error;
  // A proxy that holds back the header of a stream without end lets a list pass.
  if (error.unanswered() && error.transport == base::ErrorCode::kTimeout) return begin_list();
  if (error.unanswered() || error.code == 429) return wait(now, &error, false);
  if (error.expired() || too_large_resource_version(error)) {
    if (unavailable_ || last_.empty()) return wait(now, &error, false);
    unavailable_ = true;
    return begin(now);
  }
  if (error.code >= 500) return wait(now, &error, false);
  if (error.invalid()) watch_list_ = false;  // refused: an older server, or the feature is switched off
  // Not allowed, not found, …: the list fails for the same reason, and then waits.
  return begin_list();
}

Reflector::Step Reflector::on(const WatchEnded& ended, base::SteadyTime now) {
  if (initial_) return initial_watch_ended(ended, now);
  short_watch_ = false;
  const bool answered = ended.error && !ended.error->unanswered();
  if (!answered) {
    // The server did not even take the connection: it is away, the content here is as good as ever.
    if (ended.error && ended.error->transport == base::ErrorCode::kConnect) return wait(now, &*ended.error, true);
    short_watch_ = events_ == 0 && now - watch_began_ < kVeryShort;
    return short_watch_ ? wait(now, nullptr, false) : watch(now, false);
  }
  const auto& error = *ended.error;
  if (error.code == 429) return wait(now, &error, true);
  if (error.code >= 500 && ++server_errors_ < kServerErrors) return wait(now, &error, true);
  server_errors_ = 0;
  // 410: list again, after a wait, so that a thousand watchers of a restarted server do not all list at once.
  // (k/k#87794)
  return wait(now, &error, false);
}

}  // namespace causeway::kube
