#pragma once
// Statements on one connection, all of which are kept or none.

#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "apiserver/database/error.hpp"
#include "apiserver/database/plan.hpp"
#include "apiserver/database/rows.hpp"
#include "apiserver/database/value.hpp"

namespace causeway::api::database {

class Connection;

// Given by Pool to the function that works with it. Not thread-safe; must not be kept.
class Transaction {
 public:
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // One statement; `sql` names the parameters $1, $2, … and never contains a value. It is prepared on its first use on
  // each connection, so sql texts should be few and constant. Throws Failure.
  template <class... Args>
  Rows execute(std::string_view sql, const Args&... args) {
    const std::initializer_list<Parameter> parameters{Parameter(args)...};
    return run(sql, std::span<const Parameter>(parameters.begin(), parameters.size()), Plan::kKept);
  }
  // The same with as many parameters, and in as many texts, as there are filters of a list. Planned for these values
  // each time: what fits every tag and every LIMIT fits none.
  Rows search(std::string_view sql, std::span<const Parameter> parameters) {
    return run(sql, parameters, Plan::kForValues);
  }

  // Nothing of this transaction is kept; what the function returns is returned all the same.
  void roll_back() { rolled_back_ = true; }

  // `done` runs after the commit on the thread that committed, also when its outcome is unknown; not after a rollback.
  // It must not throw.
  void after_commit(std::function<void()> done) { done_.push_back(std::move(done)); }

 private:
  friend class Pool;
  explicit Transaction(Connection& connection) : connection_(connection) {}

  Rows run(std::string_view sql, std::span<const Parameter> parameters, Plan plan);

  Connection& connection_;
  bool rolled_back_ = false;
  std::optional<Error> failed_;  // of the first statement that did; nothing is kept then, even if the function hides it
  std::vector<std::function<void()>> done_;
};

}  // namespace causeway::api::database
