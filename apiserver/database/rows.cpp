#include "apiserver/database/rows.hpp"

#include <algorithm>

#include "apiserver/database/pqxx_result.hpp"

namespace causeway::api::database {

RowsData::RowsData(pqxx::result r) : result(std::move(r)) {
  const auto width = result.columns();  // libpqxx 6 counts by size_t, 7 by int
  columns.reserve(static_cast<std::size_t>(width));
  for (pqxx::row::size_type i = 0; i < width; ++i) columns.emplace_back(result.column_name(i));
  fields.reserve(static_cast<std::size_t>(result.size()) * columns.size());
  for (const auto& row : result) {
    for (const auto& field : row) {
      if (field.is_null()) {
        fields.emplace_back();
      } else {
        fields.emplace_back(std::in_place, field.c_str(), field.size());
      }
    }
  }
}

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
  const auto columns = data_->columns.size();
  if (column >= columns) throw std::logic_error("column " + std::to_string(column) + " of " + std::to_string(columns));
  return data_->fields[row_ * columns + column];
}

std::size_t Row::number(std::string_view column) const {
  const auto& columns = data_->columns;
  const auto found = std::find(columns.begin(), columns.end(), column);
  if (found == columns.end()) throw std::logic_error("there is no column \"" + std::string(column) + "\"");
  return static_cast<std::size_t>(found - columns.begin());
}

}  // namespace causeway::api::database
