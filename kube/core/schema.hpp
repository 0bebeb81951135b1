#pragma once
// Field rows: what a described struct's members mean, are called in JSON, default to and must satisfy.
//
// A struct gets rows by an overload, found by argument-dependent lookup, next to the struct:
//
//   constexpr auto field_rows(const Health*) {
//     return std::array{kube::Row{.member = "path", .doc = "…", .pattern = "^/"}, …};
//   }
//   constexpr auto field_rules(const Health*) { return std::array{kube::Rule{.rule = "…", .message = "…"}}; }
//
// Rows are needed wherever the codec or crdgen sees the struct, so the struct's own header must provide them. A struct
// with rows has exactly one row per described member: anything else does not compile. Structs without rows (small ones
// of a controller) are read and written under the default names.

#include <array>
#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <cstdint>
#include <limits>
#include <string_view>

namespace causeway::kube {

enum class ListType { Atomic, Set, Map };

// Sentinel of integer constraints: not constrained.
inline constexpr std::int64_t kUnset = std::numeric_limits<std::int64_t>::min();

struct Row {
  std::string_view member;  // the C++ member's name
  std::string_view doc;     // shown by `kubectl explain` and in the reference page; sentences for users
  std::string_view json{};  // JSON name where camelCase of `member` is not it ("podCIDR")

  bool required = false;   // the API server refuses objects without it; always encoded
  bool always = false;     // always encoded, also when equal to the default, but not required of others
  bool defaulted = false;  // the API server fills in the struct's own default (its member initialiser)
  bool immutable = false;  // may not be changed, added or removed once the object exists

  std::int64_t minimum = kUnset, maximum = kUnset;        // numbers, inclusive
  std::int64_t min_length = kUnset, max_length = kUnset;  // strings, and the items of lists of strings
  std::int64_t min_items = kUnset, max_items = kUnset;    // lists
  std::int64_t max_properties = kUnset;                   // maps
  std::int64_t max_value_length = kUnset;                 // maps of strings: each value
  std::string_view pattern{};                             // strings, and the items of lists of strings (RE2)
  // "quantity", "duration", "decimal" (a number as text), "cidr", "date-time" (RFC 3339); strings and items of lists
  std::string_view format{};
  std::string_view example{};  // JSON text, for the reference page

  ListType list = ListType::Atomic;
  std::string_view list_key{};  // ListType::Map: the JSON name of the item's key
  bool atomic_map = false;      // objects and maps replaced as a whole by server-side apply
};

// A CEL rule on a struct (x-kubernetes-validations).
struct Rule {
  std::string_view rule;                  // "self.role == oldSelf.role"
  std::string_view message;               // what is wrong and what would be right
  std::string_view message_expression{};  // CEL that yields the message
  std::string_view field_path{};          // ".source"
};

template <class T>
concept Described = boost::describe::has_describe_members<T>::value;

template <class T>
concept HasRows = Described<T> && requires {
  field_rows(static_cast<const T*>(nullptr));
};

template <class T>
concept HasRules = requires {
  field_rules(static_cast<const T*>(nullptr));
};

// A JSON name computed at compile time from a member's.
struct JsonName {
  std::array<char, 64> text{};
  std::size_t size = 0;
  constexpr std::string_view view() const { return {text.data(), size}; }
};

constexpr JsonName camel_case(std::string_view member) {
  JsonName name;
  bool upper = false;
  for (char c : member) {
    if (c == '_') {
      upper = true;
      continue;
    }
    name.text.at(name.size++) = upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return name;
}

// Whether each member has exactly one row, and each row its member.
template <std::size_t Rows, std::size_t Members>
constexpr bool one_row_each(const std::array<Row, Rows>& rows, const std::array<std::string_view, Members>& members) {
  if (Rows != Members) return false;
  for (const std::string_view member : members) {
    std::size_t found = 0;
    for (const Row& row : rows) found += row.member == member ? 1 : 0;
    if (found != 1) return false;
  }
  return true;
}

// The members of T with their rows, in the order they are described.
template <Described T>
struct FieldsOf {
  using Members = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;
  static constexpr std::size_t kCount = boost::mp11::mp_size<Members>::value;

  static constexpr auto kMemberNames = []<class... D>(boost::mp11::mp_list<D...>) {
    return std::array<std::string_view, sizeof...(D)>{std::string_view(D::name)...};
  }(boost::mp11::mp_rename<Members, boost::mp11::mp_list>{});

  static constexpr bool complete() {
    if constexpr (HasRows<T>) {
      return one_row_each(field_rows(static_cast<const T*>(nullptr)), kMemberNames);
    }
    return true;
  }
  static_assert(complete(), "field_rows must hold exactly one row for each described member");

  static constexpr auto kRows = [] {
    std::array<Row, kCount> sorted{};
    for (std::size_t i = 0; i < kCount; ++i) {
      sorted[i].member = kMemberNames[i];
      if constexpr (HasRows<T>) {
        for (const Row& row : field_rows(static_cast<const T*>(nullptr))) {
          if (row.member == kMemberNames[i]) sorted[i] = row;
        }
      }
    }
    return sorted;
  }();

  static constexpr auto kNames = [] {
    std::array<JsonName, kCount> names{};
    for (std::size_t i = 0; i < kCount; ++i) {
      if (kRows[i].json.empty()) {
        names[i] = camel_case(kMemberNames[i]);
      } else {
        for (char c : kRows[i].json) names[i].text.at(names[i].size++) = c;
      }
    }
    return names;
  }();
};

// Calls f(descriptor, row, json_name) for each member; the descriptor's `pointer` is the pointer to member.
template <Described T, class F>
constexpr void for_each_field(F&& f) {
  using Fields = FieldsOf<T>;
  boost::mp11::mp_for_each<boost::mp11::mp_iota_c<Fields::kCount>>([&](auto index) {
    constexpr std::size_t i = decltype(index)::value;
    f(boost::mp11::mp_at_c<typename Fields::Members, i>{}, Fields::kRows[i], Fields::kNames[i].view());
  });
}

}  // namespace causeway::kube
