#include "apiserver/database/rows.hpp"

#include "apiserver/database/pqxx_result.hpp"

namespace causeway::api::database {
namespace {

// libpqxx 6 counts rows by size_t, 7 by int.
using RowNumber = pqxx::result::size_type;
using ColumnNumber = pqxx::row::size_type;

}  // namespace

std::size_t Rows::size() const {
  return static_cast<std::size_t>(data_->result.size());
}

std::size_t Rows::affected() const {
  return static_cast<std::size_t>(data_->result.affected_rows());
}

Row Rows::operator[](std::size_t index) const {
  if (index >= size()) throw std::logic_error("row " + std::to_string(index) + " of " + std::to_string(size()));
  return {data_, index};
}

std::optional<std::string_view> Row::field(std::size_t column) const {
  const auto& result = data_->result;
  if (column >= static_cast<std::size_t>(result.columns())) {
    throw std::logic_error("column " + std::to_string(column) + " of " + std::to_string(result.columns()));
  }
  const auto row = result[static_cast<RowNumber>(row_)];
  const auto field = row[static_cast<ColumnNumber>(column)];
  if (field.is_null()) return std::nullopt;
  return std::string_view(field.c_str(), field.size());  // the text is the result's, not the field's
}

std::size_t Row::number(std::string_view column) const {
  const auto& result = data_->result;
  for (ColumnNumber i = 0; i < result.columns(); ++i) {
    if (result.column_name(i) == column) return static_cast<std::size_t>(i);
  }
  throw std::logic_error("there is no column \"" + std::string(column) + "\"");
}

}  // namespace causeway::api::database
