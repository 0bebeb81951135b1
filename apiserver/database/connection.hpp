#pragma once
// One session of the database, over libpqxx, whose headers stay inside this folder's .cpp files. Used by Pool,
// migrate() and Listener.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "apiserver/database/error.hpp"
#include "apiserver/database/plan.hpp"
#include "apiserver/database/rows.hpp"
#include "apiserver/database/settings.hpp"

namespace causeway::api::database {

// Not thread-safe, except abort(). Statements throw Failure.
class Connection {
 public:
  // Blocks for connect_timeout at most (for each host). kUnavailable, or kOther when the settings are wrong.
  static Result<std::unique_ptr<Connection>> open(const ConnectionSettings& settings);
  ~Connection();

  Rows run(std::string_view sql, std::span<const Parameter> parameters, Plan plan = Plan::kKept);
  // One or several statements without parameters.
  Rows script(const std::string& sql);
  void begin(const std::string& statement);  // BEGIN …
  // kUnknownOutcome when the connection is lost.
  void commit();
  void roll_back() noexcept;

  // False once the session cannot be used any more.
  bool usable() const;
  // Asks the kernel, without a round trip, whether the server has closed an idle session.
  bool closed_by_server() const;
  // From any thread: a statement that waits for the server, and all later ones, fail at once.
  void abort();
  bool aborted() const;

  // LISTEN; what arrives is handed to `notified` by receive().
  void listen(const std::string& channel, std::function<void(const std::string& channel)> notified);
  // Reads what has arrived, without waiting. Throws Failure when the session is lost.
  void receive();
  int descriptor() const;  // polls readable when something has arrived

 private:
  struct Impl;
  explicit Connection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::api::database
