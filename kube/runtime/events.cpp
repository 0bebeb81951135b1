#include "kube/runtime/events.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "kube/runtime/event_correlator.hpp"

namespace causeway::kube {

namespace {

constexpr std::size_t kMostQueued = 1000;
constexpr std::size_t kLongestMessage = 1024;  // the API server refuses more
constexpr base::Duration kFlush = std::chrono::seconds(1);

struct Note {
  std::string api_version, kind, ns, name, uid, resource_version;
  EventNote event;
};

// Cut where a character ends: the API server refuses broken UTF-8.
std::string shortened(std::string_view text) {
  if (text.size() <= kLongestMessage) return std::string(text);
  return std::string(base::utf8_prefix(text, kLongestMessage - 3)) + "...";
}

ClientConfig own_config(ClientConfig config) {
  config.max_retries = 3;  // an event is not worth more
  return config;
}

}  // namespace

// Its own client: events never wait for, or hold up, what matters; and they can be written while the rest has stopped.
struct EventRecorder::Impl {
  Impl(const ClientConfig& config, std::string c, const base::Clock& k)
      : client(own_config(config)), component(std::move(c)), clock(k) {
    client.set_stop(give_up.get_token());
    writer = std::jthread([this](std::stop_token stop) { run(stop); });
  }

  ~Impl() {
    writer.request_stop();
    {
      std::unique_lock lock(mutex);
      idle.wait_for(lock, std::chrono::nanoseconds(kFlush), [&] { return finished; });
    }
    give_up.request_stop();
  }

  void add(const ResourceType& type, const ObjectMeta& about, const char* kind, std::string_view reason,
           std::string_view message) {
    Note note{.api_version = type.api_version(),
              .kind = std::string(type.kind),
              .ns = about.namespace_,
              .name = about.name,
              .uid = about.uid,
              .resource_version = about.resource_version,
              .event = {.object = {}, .type = kind, .reason = std::string(reason), .message = shortened(message)}};
    note.event.object = note.kind + "/" + note.ns + "/" + note.name + "/" + note.uid;
    {
      std::lock_guard lock(mutex);
      if (queue.size() >= kMostQueued) {
        dropped.fetch_add(1);
        return;
      }
      queue.push_back(std::move(note));
    }
    work.notify_one();
  }

  void run(std::stop_token stop) {
    std::unique_lock lock(mutex);
    while (true) {
      work.wait(lock, stop, [&] { return !queue.empty(); });
      if (queue.empty()) break;  // stopped, and everything is written
      Note note = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      write(note);
      lock.lock();
      if (give_up.stop_requested()) break;
    }
    finished = true;
    idle.notify_all();
  }

  void write(const Note& note) {
    const auto wall = clock.wall();
    const auto write = correlator.correlate(note.event, clock.steady(), wall);
    if (!write) {
      dropped.fetch_add(1);
      return;
    }
    const std::string ns = note.ns.empty() ? "default" : note.ns;  // cluster-scoped objects' events (API convention)
    if (!write->existing.empty()) {
      const Object patch{
          {"count", write->count}, {"lastTimestamp", base::format_time(wall)}, {"message", write->message}};
      auto raised = client.patch(resources::kEvent, ns, write->existing, PatchType::kMerge, patch);
      if (raised) return;
      // Events live an hour: the one counted on may be gone, then this one begins anew.
      if (!raised.error().not_found()) return drop(note, *write, raised.error());
    }
    const std::string name = note.name.substr(0, 230) + "." + base::random_hex(16);
    auto event = make_object(resources::kEvent, ns, name);
    event["involvedObject"] = {{"apiVersion", note.api_version},
                               {"kind", note.kind},
                               {"namespace", note.ns},
                               {"name", note.name},
                               {"uid", note.uid},
                               {"resourceVersion", note.resource_version}};
    event["type"] = note.event.type;
    event["reason"] = note.event.reason;
    event["message"] = write->message;
    event["count"] = write->count;
    event["firstTimestamp"] = base::format_time(write->first);
    event["lastTimestamp"] = base::format_time(wall);
    event["source"] = {{"component", component}};
    event["reportingComponent"] = component;
    event["reportingInstance"] = "";
    auto created = client.create(resources::kEvent, event);
    if (!created) return drop(note, *write, created.error());
    correlator.written(*write, name);
  }

  void drop(const Note& note, const EventCorrelator::Write& write, const Error& error) {
    correlator.written(write, "");
    dropped.fetch_add(1);
    if (error.cancelled() || error.namespace_terminating()) return;
    base::log::warn("event is dropped", {{"about", note.event.object},
                                         {"reason", note.event.reason},
                                         {"message", note.event.message},
                                         {"error", error.message}});
  }

  std::stop_source give_up;
  Client client;
  const std::string component;
  const base::Clock& clock;
  std::atomic<std::size_t> dropped{0};
  std::mutex mutex;
  std::condition_variable_any work, idle;
  std::deque<Note> queue;
  bool finished = false;
  EventCorrelator correlator;  // the writer's
  std::jthread writer;
};

EventRecorder::EventRecorder(Client& client, std::string component, const base::Clock& clock)
    : impl_(std::make_unique<Impl>(client.config(), std::move(component), clock)) {}

EventRecorder::~EventRecorder() = default;

void EventRecorder::normal(const ResourceType& type, const ObjectMeta& about, std::string_view reason,
                           std::string_view message) {
  impl_->add(type, about, "Normal", reason, message);
}

void EventRecorder::warning(const ResourceType& type, const ObjectMeta& about, std::string_view reason,
                            std::string_view message) {
  impl_->add(type, about, "Warning", reason, message);
}

std::size_t EventRecorder::dropped() const {
  return impl_->dropped.load();
}

}  // namespace causeway::kube
