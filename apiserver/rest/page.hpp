#pragma once
// Lists come in pages: the items, and where the next page begins.

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "apiserver/rest/handler.hpp"

namespace causeway::api::rest {

template <class T>
struct Page {
  std::vector<T> items;
  std::string next;
  static std::string schema_name() { return rest::schema_name<T>() + "Page"; }
  BOOST_DESCRIBE_CLASS(Page, (), (items, next), (), ())
};

template <class T>
constexpr auto field_rows(const Page<T>*) {
  return std::array{
      kube::Row{.member = "items", .doc = "The items of this page, in the order of the list.", .required = true},
      kube::Row{.member = "next",
                .doc = "The `cursor` of the next page, also in the Link header; absent on the last page."},
  };
}

// What the query of every list takes. Derive from it, describe it as a base, and put these two rows first:
// limit_row and cursor_row.
struct PageQuery {
  std::int64_t limit = 50;
  std::string cursor;
};
BOOST_DESCRIBE_STRUCT(PageQuery, (), (limit, cursor))

inline constexpr kube::Row kLimitRow{
    .member = "limit", .doc = "How many items a page has at most.", .defaulted = true, .minimum = 1, .maximum = 100};
inline constexpr kube::Row kCursorRow{
    .member = "cursor", .doc = "Where the page begins: `next` of the page before.", .max_length = 1024};

constexpr auto field_rows(const PageQuery*) {
  return std::array{kLimitRow, kCursorRow};
}

// A page out of what the store gave for `limit + 1` items: one too many says that there are more. `position`: item →
// its sort values (json::array), which the next page's Call::after gives back.
template <class T, class F>
Answer<Page<T>> page_of(const Call& call, const PageQuery& query, std::vector<T> items, F&& position) {
  Answer<Page<T>> answer;
  if (std::cmp_greater(items.size(), query.limit)) {
    items.resize(static_cast<std::size_t>(query.limit));
    answer.value.next = call.next_cursor(position(items.back()));
    answer.headers.set("Link", call.next_link(answer.value.next));
  }
  answer.value.items = std::move(items);
  return answer;
}

}  // namespace causeway::api::rest
