#include "apiserver/database/pool.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "apiserver/database/connection.hpp"
#include "apiserver/database/pool_probe.hpp"
#include "apiserver/database/slots.hpp"
#include "base/log.hpp"
#include "base/no_wait.hpp"

namespace causeway::api::database {
namespace {

constexpr base::Duration kReadyFor = std::chrono::seconds(2);

// Between two attempts: who collided comes back at different times.
base::Duration pause_before(int attempt) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const auto most = std::chrono::milliseconds(5) * (1 << std::min(attempt, 6));
  return std::chrono::microseconds(
      std::uniform_int_distribution<std::int64_t>(1000, std::chrono::microseconds(most).count())(random));
}

const char* begin_statement(Isolation isolation) {
  switch (isolation) {
    case Isolation::kReadCommitted:
      return "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
    case Isolation::kRepeatableRead:
      return "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE";
    case Isolation::kSerializable:
      break;
  }
  return "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE";
}

Error unavailable(std::string message) {
  return Error{ErrorKind::kUnavailable, std::move(message), {}, {}, {}, {}};
}

}  // namespace

struct Pool::Impl {
  Impl(ConnectionSettings s, PoolOptions o, base::MetricsRegistry& metrics, const base::Clock& c)
      : settings(std::move(s)), options(o), clock(c), probe(metrics), slots(o.connections, o.queue) {}

  void watch(const std::stop_token& stop);
  void drop_idle();
  void answered() { last_answer = clock.steady().time_since_epoch(); }

  const ConnectionSettings settings;
  const PoolOptions options;
  const base::Clock& clock;
  PoolProbe probe;
  Slots slots;
  std::atomic<base::Duration> last_answer = base::Duration::min();

  std::mutex mutex;
  std::vector<std::unique_ptr<Connection>> idle;              // by mutex; the one used last is taken first
  std::set<std::pair<base::SteadyTime, Connection*>> in_use;  // by mutex; since when

  std::jthread watcher;  // last: it uses all of the above
};

// A connection that one transaction has.
struct Pool::Lease {
  explicit Lease(Impl& p) : pool(p) {}
  ~Lease();
  Result<void> take();

  Impl& pool;
  bool has_slot = false;
  base::SteadyTime since;
  std::unique_ptr<Connection> connection;
};

Result<void> Pool::Lease::take() {
  base::NoWait::check();
  const auto began = std::chrono::steady_clock::now();
  pool.probe.waiting.add(1);
  const auto slot = pool.slots.acquire(began + pool.options.wait);
  pool.probe.waiting.add(-1);
  if (slot == Slots::Outcome::kFull) return unavailable("all connections are in use, and too many wait for one");
  if (slot == Slots::Outcome::kLate) return unavailable("all connections are in use");
  has_slot = true;
  while (!connection) {
    std::unique_ptr<Connection> candidate;
    {
      const std::lock_guard lock(pool.mutex);
      if (pool.idle.empty()) break;
      candidate = std::move(pool.idle.back());
      pool.idle.pop_back();
    }
    if (candidate->usable() && !candidate->closed_by_server()) {
      connection = std::move(candidate);
    } else {
      pool.probe.open.add(-1);
    }
  }
  if (!connection) {
    auto opened = Connection::open(pool.settings);
    if (!opened) return opened.error();
    connection = std::move(*opened);
    pool.probe.open.add(1);
  }
  since = pool.clock.steady();
  const std::lock_guard lock(pool.mutex);
  pool.in_use.emplace(since, connection.get());
  pool.probe.in_use.add(1);
  pool.probe.wait_seconds.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  return {};
}

Pool::Lease::~Lease() {
  if (connection) {
    pool.probe.in_use.add(-1);
    const std::lock_guard lock(pool.mutex);
    pool.in_use.erase({since, connection.get()});
    if (connection->usable()) pool.idle.push_back(std::move(connection));
  }
  if (connection) {  // closed outside of the lock, and before another takes its place
    connection.reset();
    pool.probe.open.add(-1);
    pool.drop_idle();  // a server that is gone, or a changed schema, is nothing that befalls one connection alone
  }
  if (has_slot) pool.slots.release();
}

void Pool::Impl::drop_idle() {
  std::vector<std::unique_ptr<Connection>> dropped;
  {
    const std::lock_guard lock(mutex);
    dropped.swap(idle);
  }
  probe.open.add(-static_cast<double>(dropped.size()));
}

// Statements have their timeout on the server; this is for servers and networks that do not answer at all.
void Pool::Impl::watch(const std::stop_token& stop) {
  const auto interval =
      std::clamp<base::Duration>(options.transaction_limit / 4, std::chrono::milliseconds(10), std::chrono::seconds(1));
  while (clock.sleep_for(interval, stop)) {
    const auto oldest = clock.steady() - options.transaction_limit;
    const std::lock_guard lock(mutex);
    for (const auto& [since, connection] : in_use) {
      if (since > oldest) break;
      if (connection->aborted()) continue;
      connection->abort();
      probe.aborted.add();
      base::log::warn("a transaction took longer than allowed: its connection was closed");
    }
  }
}

Pool::Pool(ConnectionSettings settings, PoolOptions options, base::MetricsRegistry& metrics, const base::Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(settings), options, metrics, clock)) {
  impl_->watcher = std::jthread([impl = impl_.get()](const std::stop_token& stop) { impl->watch(stop); });
}

Pool::~Pool() {
  impl_->watcher.request_stop();
  impl_->watcher.join();
  impl_->drop_idle();
}

const ConnectionSettings& Pool::settings() const {
  return impl_->settings;
}

// One attempt on one connection. `again`: nothing was kept, and another attempt may go better.
Result<void> Pool::attempt(Access access, Isolation isolation, const std::function<void(Transaction&)>& function,
                           bool& again) {
  Lease lease(*impl_);
  if (auto taken = lease.take(); !taken) return taken;
  Connection& connection = *lease.connection;
  Transaction transaction(connection);
  const auto roll_back = [&] {
    if (access != Access::kRead) connection.roll_back();
  };
  try {
    if (access == Access::kSnapshot) connection.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    if (access == Access::kWrite) connection.begin(begin_statement(isolation));
    function(transaction);
    if (transaction.failed_) throw Failure(*transaction.failed_);
    if (transaction.rolled_back_ || access == Access::kSnapshot) {
      roll_back();
      impl_->answered();
      return {};
    }
    if (access == Access::kWrite) connection.commit();
  } catch (const Failure& failure) {
    const Error& error = failure.error();
    if (connection.usable()) impl_->answered();
    again = error.kind == ErrorKind::kConflict ||
            (!connection.usable() && !connection.aborted() && error.kind != ErrorKind::kTimeout &&
             error.kind != ErrorKind::kUnknownOutcome);
    roll_back();
    if (error.kind == ErrorKind::kUnknownOutcome) {
      for (const auto& done : transaction.done_) done();
    }
    return error;
  } catch (...) {
    roll_back();
    throw;
  }
  impl_->answered();
  for (const auto& done : transaction.done_) done();
  return {};
}

Result<void> Pool::run(Access access, Isolation isolation, const std::function<void(Transaction&)>& function) {
  const auto began = std::chrono::steady_clock::now();
  auto& probe = impl_->probe;
  for (int attempts = 1;; ++attempts) {
    bool again = false;
    auto done = attempt(access, isolation, function, again);
    if (done) {
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
      (access == Access::kWrite ? probe.write_seconds : probe.read_seconds).observe(seconds);
      (access == Access::kWrite ? probe.writes : probe.reads).add();
      return done;
    }
    if (!again || attempts >= impl_->options.attempts) {
      probe.errors.at(done.error().kind)->add();
      return done;
    }
    if (done.error().kind == ErrorKind::kConflict) {
      probe.conflict_retries.add();
      impl_->clock.sleep_for(pause_before(attempts), {});
    } else {
      probe.connection_retries.add();
    }
  }
}

Result<void> Pool::ready() {
  const auto now = impl_->clock.steady().time_since_epoch();
  const auto last = impl_->last_answer.load();
  if (last != base::Duration::min() && now - last < kReadyFor) return {};
  return read([](Transaction& tx) { tx.execute("SELECT 1"); });
}

Rows Transaction::run(std::string_view sql, std::span<const Parameter> parameters, Plan plan) {
  if (failed_) throw Failure(*failed_);
  try {
    return connection_.run(sql, parameters, plan);
  } catch (const Failure& failure) {
    failed_ = failure.error();
    throw;
  }
}

}  // namespace causeway::api::database
