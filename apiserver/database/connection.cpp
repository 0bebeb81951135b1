#include "apiserver/database/connection.hpp"

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unordered_map>
#include <utility>
#include <vector>

#include "apiserver/database/pqxx_result.hpp"
#include "base/file_descriptor.hpp"
#include "base/log.hpp"

namespace causeway::api::database {
namespace {

constexpr std::size_t kMaxPrepared = 500;

// libpqxx would write what the server remarks to standard error.
class Remarks : public pqxx::errorhandler {
 public:
  using pqxx::errorhandler::errorhandler;
  bool operator()(const char text[]) noexcept override {
    base::log::debug("PostgreSQL remarks", {{"text", text}});
    return false;
  }
};

class Receiver : public pqxx::notification_receiver {
 public:
  template <class Connection>
  Receiver(Connection& connection, const std::string& channel, std::function<void(const std::string&)> notified)
      : pqxx::notification_receiver(connection, channel), notified_(std::move(notified)) {}
  void operator()(const std::string&, int) override { notified_(channel()); }

 private:
  std::function<void(const std::string&)> notified_;
};

Failure invalid(std::string message) {
  Error error;
  error.kind = ErrorKind::kInvalid;
  error.message = std::move(message);
  error.sqlstate = "22021";  // character_not_in_repertoire, as the server itself would say
  return Failure(std::move(error));
}

void prepare_session(pqxx::connection& connection) {
#if PQXX_VERSION_MAJOR < 7
  connection.set_verbosity(pqxx::connection_base::verbose);
  // A session that is lost takes its transaction with it: libpqxx 6 must not go on in another one, unasked.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
#else
  connection.set_verbosity(pqxx::error_verbosity::verbose);
#endif
}

pqxx::result execute(pqxx::nontransaction& transaction, const std::string& sql, const std::string* prepared,
                     std::span<const Parameter> parameters) {
#if PQXX_VERSION_MAJOR < 7
  std::vector<const char*> texts;
  texts.reserve(parameters.size());
  for (const auto& parameter : parameters) texts.push_back(parameter.text() ? parameter.text()->c_str() : nullptr);
  const auto values = pqxx::prepare::make_dynamic_params(texts);
#else
  pqxx::params values;
  for (const auto& parameter : parameters) {
    if (parameter.text()) {
      values.append(*parameter.text());
    } else {
      values.append();
    }
  }
#endif
  return prepared ? transaction.exec_prepared(*prepared, values) : transaction.exec_params(sql, values);
}

}  // namespace

struct Connection::Impl {
  Impl(const std::string& options, base::Duration idle) : session(options), remarks(session), idle_timeout(idle) {
    prepare_session(session);
    socket.reset(::fcntl(session.sock(), F_DUPFD_CLOEXEC, 0));
  }

  // libpqxx delivers notifications only while no transaction object lives.
  pqxx::nontransaction& transaction() {
    if (!statements) statements.emplace(session);
    return *statements;
  }

  // Of the statement as it is prepared in this session; null where so many are that it is sent each time.
  const std::string* prepared_name(const std::string& sql) {
    auto known = prepared.find(sql);
    if (known == prepared.end()) {
      if (prepared.size() >= kMaxPrepared) return nullptr;
      const std::string name = "s" + std::to_string(prepared.size());
      session.prepare(name, sql);
      known = prepared.emplace(sql, name).first;
    }
    return &known->second;
  }

  // Every failure of libpqxx as ours.
  template <class F>
  auto guarded(F&& f) {
    idle_for = std::chrono::steady_clock::now() - last_answer;
    try {
      return f();
    } catch (const pqxx::sql_error& e) {
      throw failed(e.what(), e.sqlstate());
    } catch (const pqxx::failure& e) {
      throw failed(e.what(), {});
    }
  }

  Rows answered(pqxx::result result) {
    last_answer = std::chrono::steady_clock::now();
    return Rows(std::make_shared<RowsData>(std::move(result)));
  }

  Failure failed(std::string_view report, const std::string& sqlstate) {
    Error error = parse_report(report);
    if (error.sqlstate.empty()) {
      error.sqlstate = sqlstate;
      error.kind = kind_of(sqlstate);
    }
    // A migration changed what a prepared statement answers; where the server found that out is never translated.
    if (error.sqlstate == "0A000" && report.find("RevalidateCachedQuery") != std::string_view::npos) worn = true;
    if (aborted) {
      error.kind = ErrorKind::kTimeout;
      error.message = "the transaction took longer than allowed: its connection was closed";
    } else if (error.kind == ErrorKind::kUnavailable && !error.sqlstate.starts_with("53")) {
      worn = true;  // shutting down, or reading from the disk failed
    } else if (error.kind == ErrorKind::kOther && !session.is_open()) {
      // libpqxx 6 hides what the server said last. Who was idle for as long as the server allows will be so again.
      const bool idle = in_transaction && idle_timeout > base::Duration::zero() && idle_for >= idle_timeout;
      error.kind = idle ? ErrorKind::kTimeout : ErrorKind::kUnavailable;
      error.message = idle ? "the transaction was idle for too long: the server closed its connection"
                           : "the connection was lost: " + error.message;
    }
    return Failure(std::move(error));
  }

  pqxx::connection session;
  Remarks remarks;
  // A second descriptor of libpq's socket: abort() must not hit what else gets the number of one that libpq has closed.
  base::FileDescriptor socket;
  std::vector<std::unique_ptr<Receiver>> receivers;
  std::optional<pqxx::nontransaction> statements;
  std::unordered_map<std::string, std::string> prepared;  // sql → name
  const base::Duration idle_timeout;                      // in a transaction; 0: none
  base::SteadyTime last_answer;
  base::Duration idle_for{};  // before the statement that runs now
  bool in_transaction = false;
  bool worn = false;
  std::atomic<bool> aborted = false;
};

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::open(const ConnectionSettings& settings) {
  const auto options = connection_string(settings);
  if (!options) {
    const bool wrong = options.error().code == base::ErrorCode::kInvalidArgument;
    return Error{wrong ? ErrorKind::kOther : ErrorKind::kUnavailable, options.error().message, {}, {}, {}, {}};
  }
  try {
    auto impl = std::make_unique<Impl>(*options, settings.idle_in_transaction_timeout);
    if (!impl->socket) return Error{ErrorKind::kUnavailable, base::errno_error(errno, "dup").message, {}, {}, {}, {}};
    return std::unique_ptr<Connection>(new Connection(std::move(impl)));
  } catch (const pqxx::failure& e) {
    Error error = parse_report(e.what());
    error.kind = ErrorKind::kUnavailable;
    return error;
  }
}

Rows Connection::run(std::string_view sql, std::span<const Parameter> parameters, Plan plan) {
  for (const auto& parameter : parameters) {
    if (parameter.text() && parameter.text()->find('\0') != std::string::npos) throw invalid("a NUL in a text");
  }
  return impl_->guarded([&] {
    auto& transaction = impl_->transaction();
    const std::string text(sql);
    const std::string* name = plan == Plan::kKept ? impl_->prepared_name(text) : nullptr;
    return impl_->answered(execute(transaction, text, name, parameters));
  });
}

Rows Connection::script(const std::string& sql) {
  return impl_->guarded([&] { return impl_->answered(impl_->transaction().exec(sql)); });
}

void Connection::begin(const std::string& statement) {
  script(statement);
  impl_->in_transaction = true;
}

void Connection::roll_back() noexcept {
  impl_->in_transaction = false;
  if (!usable()) return;
  try {
    script("ROLLBACK");
  } catch (const std::exception&) {
    impl_->worn = true;  // what its state is, nobody knows
  }
}

void Connection::commit() {
  impl_->in_transaction = false;
  try {
    script("COMMIT");
  } catch (const Failure& failure) {
    if (usable()) throw;
    Error error = failure.error();
    error.kind = ErrorKind::kUnknownOutcome;
    error.message = "the connection was lost during COMMIT: " + error.message;
    throw Failure(std::move(error));
  }
}

bool Connection::usable() const {
  return !impl_->worn && !impl_->aborted && impl_->session.is_open();
}

bool Connection::closed_by_server() const {
  pollfd entry{impl_->socket.get(), POLLIN, 0};
  return ::poll(&entry, 1, 0) != 0;  // an idle session has nothing to say
}

void Connection::abort() {
  impl_->aborted = true;
  ::shutdown(impl_->socket.get(), SHUT_RDWR);
}

bool Connection::aborted() const {
  return impl_->aborted;
}

void Connection::listen(const std::string& channel, std::function<void(const std::string&)> notified) {
  impl_->guarded([&] {
    impl_->statements.reset();
    impl_->receivers.push_back(std::make_unique<Receiver>(impl_->session, channel, std::move(notified)));
  });
}

void Connection::receive() {
  impl_->guarded([&] {
    impl_->statements.reset();
    impl_->session.get_notifs();
  });
  if (!usable()) throw impl_->failed("the server closed the connection", {});
}

int Connection::descriptor() const {
  return impl_->socket.get();
}

}  // namespace causeway::api::database
