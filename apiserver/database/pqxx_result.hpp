#pragma once
// Private: what Rows holds. The only header that shows libpqxx.

#include <pqxx/pqxx>

#include "apiserver/database/rows.hpp"

namespace causeway::api::database {

struct RowsData {
  explicit RowsData(pqxx::result r) : result(std::move(r)) {}
  pqxx::result result;
};

}  // namespace causeway::api::database
