#pragma once
// The API server's connections to PostgreSQL, and transactions on them.
//
//   auto name = pool.read([&](Transaction& tx) {
//     const auto rows = tx.execute("SELECT name FROM accounts WHERE id = $1", id);
//     return rows.empty() ? std::optional<std::string>() : rows.front().get<std::string>("name");
//   });
//   if (!name) return problem(name.error());
//
// The function may run several times: what it does besides the database has to bear that. It must not ask the pool for
// a second connection: enough of its kind would wait for each other.

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "apiserver/database/error.hpp"
#include "apiserver/database/settings.hpp"
#include "apiserver/database/transaction.hpp"
#include "base/clock.hpp"
#include "base/metrics.hpp"

namespace causeway::api::database {

struct PoolOptions {
  std::size_t connections = 16;                   // at most; opened when they are needed
  std::size_t queue = 200;                        // transactions that may wait for one
  base::Duration wait = std::chrono::seconds(2);  // how long
  // After this a transaction's connection is closed, whatever the server does.
  base::Duration transaction_limit = std::chrono::seconds(30);
  int attempts = 5;  // of a transaction that others' changes, or a lost connection, stopped
};

enum class Isolation { kReadCommitted, kRepeatableRead, kSerializable };

// Thread-safe. Must outlive the transactions on it.
class Pool {
 public:
  // Connects to nothing yet, and does not look at the settings: ready() does.
  Pool(ConnectionSettings settings, PoolOptions options, base::MetricsRegistry& metrics, const base::Clock& clock);
  ~Pool();

  // Reads. Each statement sees what was committed before it began, without BEGIN and COMMIT around it: one round trip
  // each. A statement that writes is refused by the server.
  template <class F>
  auto read(F&& function) {
    return call(Access::kRead, Isolation::kReadCommitted, std::forward<F>(function));
  }
  // Reads, all statements seeing one state of the database.
  template <class F>
  auto snapshot(F&& function) {
    return call(Access::kSnapshot, Isolation::kRepeatableRead, std::forward<F>(function));
  }
  // Reads and writes: all is kept, or nothing. Retried are conflicts with other transactions (SQLSTATE 40001, 40P01)
  // and a connection that is lost before COMMIT was sent. Lost later: ErrorKind::kUnknownOutcome.
  template <class F>
  auto write(F&& function, Isolation isolation = Isolation::kReadCommitted) {
    return call(Access::kWrite, isolation, std::forward<F>(function));
  }

  // For /readyz: whether the database answers. Asks it only when nothing else was answered in the last two seconds.
  Result<void> ready();

  const ConnectionSettings& settings() const;

 private:
  enum class Access { kRead, kSnapshot, kWrite };
  struct Impl;
  struct Lease;

  template <class F>
  auto call(Access access, Isolation isolation, F&& function)
      -> Result<std::remove_cvref_t<std::invoke_result_t<F&, Transaction&>>> {
    using T = std::remove_cvref_t<std::invoke_result_t<F&, Transaction&>>;
    if constexpr (std::is_void_v<T>) {
      return run(access, isolation, [&](Transaction& tx) { function(tx); });
    } else {
      std::optional<T> value;
      auto done = run(access, isolation, [&](Transaction& tx) { value.emplace(function(tx)); });
      if (!done) return done.error();
      return std::move(*value);
    }
  }
  Result<void> run(Access access, Isolation isolation, const std::function<void(Transaction&)>& function);
  Result<void> attempt(Access access, Isolation isolation, const std::function<void(Transaction&)>& function,
                       bool& again);

  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::api::database
