#pragma once
// What a statement answered. Cheap to copy; immutable, so any number of threads may read it.

#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "apiserver/database/value.hpp"

namespace causeway::api::database {

class Rows;
struct RowsData;  // libpqxx's result

// One row; holds what the statement answered. A column that is not there, a NULL where T cannot be one, and text that
// is no T are mistakes in the program: std::logic_error.
class Row {
 public:
  template <class T>
  T get(std::size_t column) const {
    const auto text = field(column);
    if constexpr (IsOptional<T>::value) {
      if (!text) return std::nullopt;
      typename T::value_type value{};
      decode(*text, value);
      return value;
    } else {
      if (!text) throw std::logic_error("column " + std::to_string(column) + " is NULL");
      T value{};
      decode(*text, value);
      return value;
    }
  }
  template <class T>
  T get(std::string_view column) const {
    return get<T>(number(column));
  }
  bool null(std::string_view column) const { return !field(number(column)); }

 private:
  friend class Rows;
  Row(std::shared_ptr<const RowsData> data, std::size_t row) : data_(std::move(data)), row_(row) {}
  std::optional<std::string_view> field(std::size_t column) const;
  std::size_t number(std::string_view column) const;

  std::shared_ptr<const RowsData> data_;
  std::size_t row_;
};

class Rows {
 public:
  explicit Rows(std::shared_ptr<const RowsData> data) : data_(std::move(data)) {}

  std::size_t size() const;
  bool empty() const { return size() == 0; }
  std::size_t affected() const;  // rows that INSERT, UPDATE or DELETE changed

  // Precondition: index < size(); violated: std::logic_error.
  Row operator[](std::size_t index) const;
  Row front() const { return (*this)[0]; }

  class Iterator {
   public:
    Iterator(const Rows& rows, std::size_t at) : rows_(rows), at_(at) {}
    Row operator*() const { return rows_[at_]; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    const Rows& rows_;
    std::size_t at_;
  };
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }

 private:
  std::shared_ptr<const RowsData> data_;
};

}  // namespace causeway::api::database
