#include "kube/runtime/manager.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "base/log.hpp"
#include "kube/runtime/controller_impl.hpp"
#include "kube/runtime/lease_elector.hpp"
#include "kube/runtime/probe_server.hpp"

namespace causeway::kube {

namespace {

// How long work may go on after a stop before its calls to the API server are cut off.
constexpr base::Duration kGrace = std::chrono::seconds(10);
// How often a start that waits for informers says so.
constexpr base::Duration kPatience = std::chrono::seconds(30);

ClientConfig named(ManagerOptions& options, base::MetricsRegistry& metrics) {
  auto config = options.config;
  if (!options.name.empty()) config.user_agent = options.name;
  config.metrics = &metrics;
  return config;
}

}  // namespace

struct Manager::Impl {
  explicit Impl(ManagerOptions o)
      : options(std::move(o)),
        client(named(options, metrics)),
        events(client, options.name, clock),
        informers(client, clock, metrics),
        probes(metrics) {
    client.set_stop(client_stop.get_token());
    probes.add_ready_check("informers", [this]() -> base::Result<void> {
      if (informers.synced()) return {};
      return base::Error{base::ErrorCode::kUnavailable, "not in sync: " + informers.describe_unsynced()};
    });
    probes.before_metrics([this] {
      for (auto& controller : controllers) controller->refresh_metrics();
    });
  }

  struct Work {
    std::string name;
    bool leader_only;
    Runnable run;
  };

  struct Server {
    std::string name;
    Runnable start;
    std::function<void()> stop;
    bool started = false;
  };

  base::Result<void> start_servers(const std::stop_token& stop) {
    for (Server& server : servers) {
      if (auto up = server.start(stop); !up) return up.error().wrap(server.name);
      server.started = true;
    }
    return {};
  }

  void stop_servers() {
    for (auto server = servers.rbegin(); server != servers.rend(); ++server)
      if (std::exchange(server->started, false)) server->stop();
  }

  // The first error ends run().
  void fail(base::Error error) {
    {
      std::lock_guard lock(mutex);
      if (!failure) failure = std::move(error);
    }
    ended.request_stop();
  }

  void start_work(bool leader_only) {
    for (auto& controller : controllers)
      if (controller->options().leader_only == leader_only) controller->start();
    for (const auto& w : work) {
      if (w.leader_only != leader_only) continue;
      auto& threads = leader_only ? leader_threads : other_threads;
      threads.emplace_back([this, &w](std::stop_token stop) { run_one(w, stop); });
    }
  }

  void run_one(const Work& w, std::stop_token stop) {
    base::log::Scope scope({{"runnable", w.name}});
    try {
      if (auto result = w.run(stop); !result && !stop.stop_requested()) fail(result.error().wrap(w.name));
    } catch (const std::exception& e) {
      fail({base::ErrorCode::kInternal, w.name + ": exception: " + e.what()});
    }
  }

  void stop_work(bool leader_only) {
    auto& threads = leader_only ? leader_threads : other_threads;
    for (auto& thread : threads) thread.request_stop();
    for (auto& controller : controllers)
      if (controller->options().leader_only == leader_only) controller->request_stop();
    for (auto& controller : controllers)
      if (controller->options().leader_only == leader_only) controller->join();
    threads.clear();
  }

  bool wait_for_informers(std::stop_token stop) {
    informers.start();
    std::jthread reporter([this](std::stop_token done) {
      while (clock.sleep_for(kPatience, done))
        base::log::warn("still waiting for informers", {{"unsynced", informers.describe_unsynced()}});
    });
    return informers.wait_synced(stop);
  }

  void elect() {
    elector.emplace(client.config(), *options.leader, clock, metrics);
    election = std::jthread([this](std::stop_token stop) {
      auto result = elector->run(stop, [this] {
        leading.store(true);
        std::lock_guard lock(mutex);
        elected = true;
        elected_changed.notify_all();
      });
      leading.store(false);
      if (result) return;
      // Somebody else may lead now: not one more write from here.
      client_stop.request_stop();
      fail(result.error());
    });
  }

  const base::Clock& clock = base::system_clock();
  ManagerOptions options;
  base::MetricsRegistry metrics;
  std::stop_source client_stop;
  Client client;
  EventRecorder events;
  Informers informers;
  std::deque<std::unique_ptr<ControllerImpl>> controllers;
  std::deque<Work> work;
  std::deque<Server> servers;
  ProbeServer probes;
  bool started = false;

  std::atomic<std::uint16_t> port{0};
  std::atomic<bool> leading{false};
  std::mutex mutex;
  std::condition_variable_any elected_changed;
  bool elected = false;
  std::optional<base::Error> failure;
  std::stop_source ended;
  std::vector<std::jthread> leader_threads, other_threads;
  std::optional<LeaseElector> elector;
  std::jthread election;
};

Manager::Manager(ManagerOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Manager::~Manager() = default;

Client& Manager::client() {
  return impl_->client;
}
base::MetricsRegistry& Manager::metrics() {
  return impl_->metrics;
}
EventRecorder& Manager::events() {
  return impl_->events;
}
const base::Clock& Manager::clock() const {
  return impl_->clock;
}
Informers& Manager::informers() {
  return impl_->informers;
}
bool Manager::leading() const {
  return impl_->leading.load();
}
std::uint16_t Manager::port() const {
  return impl_->port.load();
}

Controller& Manager::controller(ControllerOptions options, Controller::Reconcile reconcile) {
  if (impl_->started) throw std::logic_error("controller " + options.name + " is added to a running manager");
  impl_->controllers.push_back(
      std::make_unique<ControllerImpl>(std::move(options), std::move(reconcile), impl_->clock, impl_->metrics));
  return *impl_->controllers.back();
}

void Manager::add_runnable(std::string name, bool leader_only, Runnable run) {
  if (impl_->started) throw std::logic_error("runnable " + name + " is added to a running manager");
  impl_->work.push_back({std::move(name), leader_only, std::move(run)});
}

void Manager::add_server(std::string name, Runnable start, std::function<void()> stop) {
  if (impl_->started) throw std::logic_error("server " + name + " is added to a running manager");
  impl_->servers.push_back({std::move(name), std::move(start), std::move(stop)});
}

void Manager::add_ready_check(std::string name, std::function<base::Result<void>()> check) {
  impl_->probes.add_ready_check(std::move(name), std::move(check));
}

base::Result<void> Manager::run(std::stop_token stop) {
  auto& m = *impl_;
  if (std::exchange(m.started, true)) throw std::logic_error("a manager runs once");
  std::stop_callback on_stop(stop, [&m] { m.ended.request_stop(); });
  const auto ended = m.ended.get_token();

  if (!m.options.listen.empty()) {
    if (auto listening = m.probes.start(m.options.listen, m.options.tls); !listening) return listening;
    m.port.store(m.probes.port());
  }
  if (auto serving = m.start_servers(ended); !serving) {
    m.stop_servers();
    m.probes.stop();
    return ended.stop_requested() ? base::Result<void>() : serving;
  }
  if (m.wait_for_informers(ended)) {
    m.start_work(false);
    if (m.options.leader) {
      m.elect();
    } else {
      m.leading.store(true);
      m.elected = true;
    }
    std::unique_lock lock(m.mutex);
    if (m.elected_changed.wait(lock, ended, [&m] { return m.elected; }) && !ended.stop_requested()) {
      lock.unlock();
      base::log::info("leading", {{"program", m.options.name}});
      m.start_work(true);
      lock.lock();
    }
    m.elected_changed.wait(lock, ended, [] { return false; });
  }

  base::log::info("stopping", {{"program", m.options.name}});
  std::jthread enough([&m](std::stop_token done) {
    if (m.clock.sleep_for(kGrace, done)) m.client_stop.request_stop();
  });
  m.stop_work(true);
  m.stop_work(false);
  m.informers.stop();
  m.stop_servers();
  m.probes.stop();
  // Last: as long as anything of ours may still write, nobody else leads.
  m.election.request_stop();
  if (m.election.joinable()) m.election.join();
  enough.request_stop();
  std::lock_guard lock(m.mutex);
  if (m.failure) return *m.failure;
  return {};
}

}  // namespace causeway::kube
