#pragma once
// Private: what Rows holds. The only header that shows libpqxx.

#include <optional>
#include <pqxx/pqxx>
#include <string_view>
#include <vector>

#include "apiserver/database/rows.hpp"

namespace causeway::api::database {

// A field asked of libpqxx is a copy of its row, which is a copy of its result, and a column's name is the server's
// text again each time: both are taken once.
struct RowsData {
  explicit RowsData(pqxx::result r);

  pqxx::result result;                                  // owns the texts below
  std::vector<std::string_view> columns;                // their names
  std::vector<std::optional<std::string_view>> fields;  // row after row
};

}  // namespace causeway::api::database
