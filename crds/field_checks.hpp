#pragma once
// Validation from the field rows: what the CRD's schema makes the API server check, for C++.
//
// The kinds' validate() functions call check_fields and add what rows cannot say.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "crds/field_error.hpp"
#include "kube/core/codec.hpp"
#include "kube/core/schema.hpp"

namespace causeway::crds {

namespace checks {

void text(const kube::Row& row, const std::string& path, std::string_view value, FieldErrors& errors);
void number(const kube::Row& row, const std::string& path, std::int64_t value, FieldErrors& errors);
void item_count(const kube::Row& row, const std::string& path, std::size_t count, FieldErrors& errors);
void entry_count(const kube::Row& row, const std::string& path, std::size_t count, FieldErrors& errors);
void value_length(const kube::Row& row, const std::string& path, std::string_view value, FieldErrors& errors);
void missing(const std::string& path, const kube::Row& row, FieldErrors& errors);
void duplicate(const std::string& path, std::string_view value, FieldErrors& errors);
void changed(const std::string& path, FieldErrors& errors);
std::string join(const std::string& path, std::string_view name);

template <class T>
std::string key_text(const T& item, std::string_view key) {
  std::string found;
  kube::for_each_field<T>([&](auto descriptor, const kube::Row&, std::string_view name) {
    if constexpr (std::same_as<std::remove_cvref_t<decltype(item.*descriptor.pointer)>, std::string>) {
      if (name == key) found = item.*descriptor.pointer;
    }
  });
  return found;
}

template <class T>
void value(const kube::Row& row, const std::string& path, const T& v, FieldErrors& errors);

}  // namespace checks

template <kube::HasRows T>
void check_fields(const T& value, const std::string& path, FieldErrors& errors) {
  kube::for_each_field<T>([&](auto descriptor, const kube::Row& row, std::string_view name) {
    checks::value(row, checks::join(path, name), value.*descriptor.pointer, errors);
  });
}

// Members whose row says `immutable` and that differ.
template <kube::HasRows T>
void check_immutable(const T& before, const T& after, const std::string& path, FieldErrors& errors) {
  kube::for_each_field<T>([&](auto descriptor, const kube::Row& row, std::string_view name) {
    if (row.immutable && !(before.*descriptor.pointer == after.*descriptor.pointer)) {
      checks::changed(checks::join(path, name), errors);
    }
  });
}

namespace checks {

template <class T>
void value(const kube::Row& row, const std::string& path, const T& v, FieldErrors& errors) {
  if constexpr (kube::codec::IsOptional<T>::value) {
    if (v) {
      value(row, path, *v, errors);
    } else if (row.required) {
      missing(path, row, errors);
    }
  } else if constexpr (std::same_as<T, std::string>) {
    if (!v.empty()) {
      text(row, path, v, errors);
    } else if (row.required) {
      missing(path, row, errors);
    }
  } else if constexpr (std::integral<T> && !std::same_as<T, bool>) {
    number(row, path, v, errors);
  } else if constexpr (kube::codec::IsVector<T>::value) {
    item_count(row, path, v.size(), errors);
    for (std::size_t i = 0; i < v.size(); ++i) {
      const std::string item_path = path + "[" + std::to_string(i) + "]";
      value(row, item_path, v[i], errors);
      if (row.list == kube::ListType::Atomic) continue;
      using Item = typename T::value_type;
      const auto key = [&](const Item& item) {
        if constexpr (std::same_as<Item, std::string>) {
          return item;
        } else {
          return key_text(item, row.list_key);
        }
      };
      const auto end = v.begin() + static_cast<std::ptrdiff_t>(i);
      if (std::any_of(v.begin(), end, [&](const Item& earlier) { return key(earlier) == key(v[i]); })) {
        duplicate(item_path, key(v[i]), errors);
      }
    }
  } else if constexpr (kube::codec::IsMap<T>::value) {
    entry_count(row, path, v.size(), errors);
    if constexpr (std::same_as<typename T::mapped_type, std::string>) {
      for (const auto& [key, text_value] : v) value_length(row, join(path, key), text_value, errors);
    }
  } else if constexpr (kube::HasRows<T>) {
    check_fields(v, path, errors);
  }
}

}  // namespace checks

}  // namespace causeway::crds
