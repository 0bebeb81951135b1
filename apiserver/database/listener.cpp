#include "apiserver/database/listener.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <map>
#include <mutex>
#include <poll.h>
#include <random>
#include <set>
#include <stdexcept>
#include <stop_token>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "apiserver/database/connection.hpp"
#include "base/file_descriptor.hpp"
#include "base/log.hpp"

namespace causeway::api::database {

struct Listener::Impl {
  Impl(ConnectionSettings s, ListenerOptions o, base::MetricsRegistry& metrics, const base::Clock& c)
      : settings(std::move(s)),
        options(o),
        clock(c),
        event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        up(metrics.gauge("causeway_database_listener_connected", "1 while notifications of the database arrive.")),
        connections(metrics.counter("causeway_database_listener_connections_total",
                                    "Connections made to be notified by the database.")),
        received(metrics.counter("causeway_database_notifications_total", "Notifications of the database.",
                                 {{"direction", "received"}})),
        sent(metrics.counter("causeway_database_notifications_total", "Notifications of the database.",
                             {{"direction", "sent"}})) {
    if (!event) throw std::runtime_error(base::errno_error(errno, "eventfd").message);
    settings.application_name += " (listener)";
    settings.statement_timeout = std::chrono::seconds(10);
  }

  void signal() {
    const std::uint64_t one = 1;
    // Fails only when the counter is full, and then it is readable already.
    [[maybe_unused]] const auto written = ::write(event.get(), &one, sizeof(one));
  }

  void run(const std::stop_token& stop);
  void serve(Connection& connection, const std::stop_token& stop);
  void send_wakes(Connection& connection);
  base::Duration pause(int failures);

  ConnectionSettings settings;
  const ListenerOptions options;
  const base::Clock& clock;
  base::FileDescriptor event;  // readable: look at `wakes`, or stop
  base::Gauge& up;
  base::Counter& connections;
  base::Counter& received;
  base::Counter& sent;
  std::map<std::string, std::vector<std::function<void()>>> channels;  // fixed once started
  std::vector<std::function<void()>> on_connected, on_lost;            // fixed once started
  std::atomic<bool> connected = false;

  std::mutex mutex;
  std::set<std::string> wakes;  // by mutex: to be sent

  std::jthread thread;  // last: it uses all of the above
};

base::Duration Listener::Impl::pause(int failures) {
  auto most = options.first_pause;
  for (int i = 1; i < failures && most < options.longest_pause; ++i) most *= 2;
  most = std::min(most, options.longest_pause);
  thread_local std::minstd_rand random{std::random_device{}()};
  return most / 2 + base::Duration(std::uniform_int_distribution<std::int64_t>(0, most.count() / 2)(random));
}

void Listener::Impl::send_wakes(Connection& connection) {
  std::set<std::string> channels_to_wake;
  {
    const std::lock_guard lock(mutex);
    channels_to_wake.swap(wakes);
  }
  if (channels_to_wake.empty()) return;
  try {
    const std::vector<Parameter> names{
        Parameter(std::vector<std::string>(channels_to_wake.begin(), channels_to_wake.end()))};
    connection.run("SELECT pg_notify(name, '') FROM unnest($1::text[]) AS name", names);
    sent.add(static_cast<double>(channels_to_wake.size()));
  } catch (const Failure&) {
    const std::lock_guard lock(mutex);
    wakes.merge(channels_to_wake);  // for the next connection
    throw;
  }
}

// Until the connection is lost (Failure) or a stop is asked for.
void Listener::Impl::serve(Connection& connection, const std::stop_token& stop) {
  for (const auto& [channel, users] : channels) {
    connection.listen(channel, [this](const std::string& name) {
      received.add();
      for (const auto& woken : channels.at(name)) woken();
    });
  }
  connected = true;
  up.set(1);
  connections.add();
  for (const auto& tell : on_connected) tell();
  while (!stop.stop_requested()) {
    send_wakes(connection);
    connection.receive();
    pollfd entries[] = {{connection.descriptor(), POLLIN, 0}, {event.get(), POLLIN, 0}};
    if (::poll(entries, 2, -1) < 0 && errno != EINTR) {
      throw std::runtime_error(base::errno_error(errno, "poll").message);
    }
    std::uint64_t count = 0;
    [[maybe_unused]] const auto read = ::read(event.get(), &count, sizeof(count));
  }
}

void Listener::Impl::run(const std::stop_token& stop) {
  int failures = 0;
  while (!stop.stop_requested()) {
    std::string why;
    bool was_connected = false;
    if (auto connection = Connection::open(settings)) {
      try {
        serve(**connection, stop);
      } catch (const std::exception& e) {
        why = e.what();
      }
      was_connected = connected.exchange(false);
      up.set(0);
    } else {
      why = connection.error().message;
    }
    if (stop.stop_requested()) return;
    failures = was_connected ? 1 : failures + 1;
    if (failures == 1) {
      base::log::warn("notifications of the database do not arrive", {{"error", why}});
      for (const auto& tell : on_lost) tell();
    }
    clock.sleep_for(pause(failures), stop);
  }
}

Listener::Listener(ConnectionSettings settings, ListenerOptions options, base::MetricsRegistry& metrics,
                   const base::Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(settings), options, metrics, clock)) {}

Listener::~Listener() {
  stop();
}

void Listener::on_wake(const std::string& channel, std::function<void()> woken) {
  const bool valid =
      !channel.empty() && channel.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
  if (!valid) throw std::logic_error("no channel's name: \"" + channel + "\"");
  impl_->channels[channel].push_back(std::move(woken));
}

void Listener::on_connected(std::function<void()> connected) {
  impl_->on_connected.push_back(std::move(connected));
}

void Listener::on_lost(std::function<void()> lost) {
  impl_->on_lost.push_back(std::move(lost));
}

void Listener::start() {
  impl_->thread = std::jthread([impl = impl_.get()](const std::stop_token& stop) { impl->run(stop); });
}

void Listener::wake(const std::string& channel) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (!impl_->wakes.insert(channel).second) return;  // it is about to be sent
  }
  impl_->signal();
}

bool Listener::connected() const {
  return impl_->connected;
}

void Listener::stop() {
  if (!impl_->thread.joinable()) return;
  impl_->thread.request_stop();
  impl_->signal();
  impl_->thread.join();
}

}  // namespace causeway::api::database
