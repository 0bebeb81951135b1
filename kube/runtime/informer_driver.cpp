#include "kube/runtime/informer_driver.hpp"

#include <stdexcept>

#include "base/log.hpp"
#include "kube/client/watch_event.hpp"

namespace causeway::kube {

namespace {

constexpr std::string_view kInitialEventsEnd = "k8s.io/initial-events-end";

base::Labels labels_of(const ResourceType& type, const InformerOptions& options) {
  base::Labels labels{{"name", type.group.empty() ? std::string(type.plural)
                                                  : std::string(type.plural) + "." + std::string(type.group)}};
  if (!options.ns.empty()) labels.emplace("namespace", options.ns);
  return labels;
}

Reflector::Received::Kind kind_of(WatchEvent::Type type, const Object& object) {
  using Kind = Reflector::Received::Kind;
  if (type != WatchEvent::Type::kBookmark) return Kind::kObject;
  return annotation_of(object, kInitialEventsEnd) == "true" ? Kind::kInitialEnd : Kind::kBookmark;
}

}  // namespace

InformerDriver::InformerDriver(Client& client, const base::Clock& clock, base::MetricsRegistry& metrics,
                               const ResourceType& type, InformerOptions options, Decode decode,
                               ReflectorOptions reflector)
    : client_(client),
      clock_(clock),
      type_(type),
      options_(std::move(options)),
      decode_(std::move(decode)),
      reflector_(reflector),
      lists_(metrics.counter("reflector_lists_total", "Lists begun by reflectors", labels_of(type, options_))),
      watches_(metrics.counter("reflector_watches_total", "Watches begun by reflectors", labels_of(type, options_))),
      short_watches_(metrics.counter("reflector_short_watches_total", "Watches that ended at once without an event",
                                     labels_of(type, options_))),
      decode_errors_(metrics.counter("informer_decode_errors_total", "Objects that do not fit their C++ type",
                                     labels_of(type, options_))),
      objects_(metrics.gauge("informer_objects", "Objects in the informer's store", labels_of(type, options_))) {}

void InformerDriver::add_handler(Handler handler) {
  if (running_) throw std::logic_error("a handler is added to a running informer of " + describe());
  handlers_.push_back(std::move(handler));
}

std::string InformerDriver::describe() const {
  std::string text(type_.kind);
  if (options_.metadata_only) text += " metadata";
  if (!options_.ns.empty()) text += " in " + options_.ns;
  if (!options_.label_selector.empty()) text += " with " + options_.label_selector;
  if (!options_.field_selector.empty()) text += " with " + options_.field_selector;
  return text;
}

std::string InformerDriver::last_error() const {
  std::lock_guard lock(mutex_);
  return last_error_;
}

bool InformerDriver::wait_synced(std::stop_token stop) const {
  std::unique_lock lock(mutex_);
  return synced_changed_.wait(lock, stop, [&] { return synced(); });
}

void InformerDriver::run(std::stop_token stop) {
  running_ = true;
  base::log::Scope scope({{"informer", describe()}});
  auto step = reflector_.resume(Reflector::Started{}, clock_.steady());
  while (!stop.stop_requested()) {
    if (step.objects == Reflector::Objects::kReplace) replace();
    auto event = std::visit(
        [&](const auto& action) -> Reflector::Event {
          if constexpr (std::is_same_v<std::decay_t<decltype(action)>, std::monostate>) {
            throw std::logic_error("the reflector has nothing to do");
          } else {
            return perform(action, stop);
          }
        },
        step.next);
    if (stop.stop_requested()) break;
    step = reflector_.resume(event, clock_.steady());
    if (std::holds_alternative<Reflector::WatchEnded>(event) && reflector_.watch_was_short()) {
      short_watches_.add();
      failed("watch", Error::local("it ended at once, without an event"));
    }
  }
}

Reflector::Event InformerDriver::perform(const Reflector::List& list, std::stop_token stop) {
  if (list.fresh) {
    collected_.clear();
    lists_.add();
  }
  auto page = client_.list_each(type_, options_.ns,
                                {.label_selector = options_.label_selector,
                                 .field_selector = options_.field_selector,
                                 .resource_version = list.resource_version,
                                 .limit = list.limit,
                                 .continue_ = list.continue_,
                                 .stop = stop,
                                 .metadata_only = options_.metadata_only},
                                [&](Object object) {
                                  collect(arrived({WatchEvent::Type::kAdded, std::move(object)}));
                                });
  if (!page) {
    if (!stop.stop_requested()) failed("list", page.error());
    return Reflector::ListFailed{page.error()};
  }
  recovered();
  return Reflector::Listed{page->resource_version, page->continue_};
}

Reflector::Event InformerDriver::perform(const Reflector::Watch& watch, std::stop_token stop) {
  watches_.add();
  if (watch.initial_events) collected_.clear();
  auto ended = client_.watch_lines(type_, options_.ns,
                                   {.label_selector = options_.label_selector,
                                    .field_selector = options_.field_selector,
                                    .resource_version = watch.resource_version,
                                    .send_initial_events = watch.initial_events,
                                    .timeout = watch.timeout,
                                    .stop = stop,
                                    .metadata_only = options_.metadata_only},
                                   [&](std::string_view line) -> Result<bool> {
                                     auto event = read(line);
                                     if (!event) return event.error();
                                     recovered();
                                     receive(std::move(*event));
                                     return !stop.stop_requested();
                                   });
  if (ended) return Reflector::WatchEnded{};
  if (!stop.stop_requested()) failed("watch", ended.error());
  return Reflector::WatchEnded{ended.error()};
}

Reflector::Event InformerDriver::perform(const Reflector::Wait& wait, std::stop_token stop) {
  clock_.sleep_for(wait.duration, stop);
  return Reflector::Waited{};
}

InformerDriver::Arrived InformerDriver::arrived(WatchEvent event) {
  Arrived it{.type = event.type, .decoded = {.key = key_of(event.object)}};
  it.decoded.resource_version = resource_version_of(event.object);
  it.json = std::move(event.object);
  return it;
}

Result<InformerDriver::Arrived> InformerDriver::read(std::string_view line) const {
  if (decode_.text && !options_.transform) {
    const auto text = split_watch_event(line);
    if (text && text->type != WatchEvent::Type::kBookmark)
      if (auto decoded = decode_.text(text->object)) return Arrived{text->type, std::move(*decoded), {}};
  }
  auto event = parse_watch_event(line, type_, false);
  if (!event) return event.error();
  return arrived(std::move(*event));
}

void InformerDriver::receive(Arrived event) {
  const auto step = reflector_.resume(
      Reflector::Received{kind_of(event.type, event.json), event.decoded.resource_version}, clock_.steady());
  switch (step.objects) {
    case Reflector::Objects::kNothing:
      if (synced()) store_.reached(version_number(reflector_.last_resource_version()));
      break;
    case Reflector::Objects::kCollect:
      // Changes of the initial objects may come among them.
      if (event.type == WatchEvent::Type::kDeleted) {
        collected_.erase(event.decoded.key);
      } else {
        collect(std::move(event));
      }
      break;
    case Reflector::Objects::kReplace:
      replace();
      break;
    case Reflector::Objects::kApply:
      apply(std::move(event));
      break;
  }
}

AnyObject InformerDriver::decode(Arrived object) {
  const auto known = store_.item(object.decoded.key);
  const auto version = object.version();
  // A relist brings mostly what is here already: keep that one and its memory.
  if (known.object && version != 0 && known.version == version) return known.object;
  if (object.decoded.object) return std::move(object.decoded.object);
  const auto decoded = [&]() -> Result<AnyObject> {
    try {
      if (options_.transform) options_.transform(object.json);
      return decode_.object(std::move(object.json));
    } catch (const std::exception& e) {
      return Error::local(std::string("exception: ") + e.what());
    }
  }();
  if (decoded) return *decoded;
  decode_errors_.add();
  base::log::error("object cannot be read", {{"object", object.decoded.key.to_string()},
                                             {"error", decoded.error().message},
                                             {"kept", known.object ? "its last readable version" : "nothing"}});
  return known.object;
}

void InformerDriver::collect(Arrived object) {
  auto key = object.decoded.key;
  const auto version = object.version();
  // The server tells them in order: the end is the place.
  if (auto kept = decode(std::move(object)))
    collected_.insert_or_assign(collected_.end(), std::move(key), Store::Item{std::move(kept), version});
}

void InformerDriver::replace() {
  const auto changes =
      store_.replace(std::exchange(collected_, {}), version_number(reflector_.last_resource_version()));
  for (const auto& change : changes) notify(change.key, change.old, change.now);
  objects_.set(static_cast<double>(store_.size()));
  if (synced()) return;
  base::log::debug("informer is in sync", {{"objects", store_.size()}});
  {
    std::lock_guard lock(mutex_);
    synced_.store(true, std::memory_order_release);
  }
  synced_changed_.notify_all();
}

void InformerDriver::apply(Arrived event) {
  const auto key = event.decoded.key;
  const auto version = event.version();
  if (event.type == WatchEvent::Type::kDeleted) {
    if (const auto old = store_.erase(key, version)) notify(key, old, nullptr);
    objects_.set(static_cast<double>(store_.size()));
    return;
  }
  auto now = decode(std::move(event));
  if (!now) {
    store_.reached(version);
    return;
  }
  const auto old = store_.put(key, {.object = now, .version = version});
  if (!old) objects_.set(static_cast<double>(store_.size()));
  if (old != now) notify(key, old, now);
}

void InformerDriver::notify(const ObjectKey& key, const AnyObject& old, const AnyObject& now) {
  for (const auto& handler : handlers_) {
    try {
      handler(key, old, now);
    } catch (const std::exception& e) {
      base::log::error("informer handler failed", {{"object", key.to_string()}, {"error", e.what()}});
    }
  }
}

void InformerDriver::failed(const char* what, const Error& error) {
  const std::string text = std::string(what) + ": " + error.message;
  {
    std::lock_guard lock(mutex_);
    if (last_error_ == text) return;  // said before
    last_error_ = text;
  }
  base::log::warn("informer is not up to date", {{"error", text}});
}

void InformerDriver::recovered() {
  std::lock_guard lock(mutex_);
  if (last_error_.empty()) return;
  last_error_.clear();
  base::log::info("informer is up to date again");
}

}  // namespace causeway::kube
