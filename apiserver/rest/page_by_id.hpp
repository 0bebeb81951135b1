#pragma once
// Pages of lists in the order of their ids, the latest first or the earliest: a position is one id.

#include <cstdint>

#include "apiserver/rest/page.hpp"

namespace causeway::api::rest {

// The id behind which this page begins; 0: at the beginning.
inline base::Result<std::int64_t, Problem> after_id(const Call& call, const PageQuery& query) {
  auto sealed = call.after(query.cursor);
  if (!sealed) return sealed.error();
  return *sealed ? (**sealed).at(0).to_number<std::int64_t>() : 0;
}

// The store's `limit + 1` items as a page of views. `id`: item → its id, `view`: item → what is shown.
template <class T, class Id, class ViewOf>
auto page_by_id(const Call& call, const PageQuery& query, std::vector<T> items, Id&& id, ViewOf&& view) {
  using View = std::remove_cvref_t<decltype(view(items.front()))>;
  auto page = page_of(call, query, std::move(items), [&](const T& last) { return json::array{id(last)}; });
  Answer<Page<View>> answer;
  answer.headers = std::move(page.headers);
  answer.value.next = std::move(page.value.next);
  for (const T& item : page.value.items) answer.value.items.push_back(view(item));
  return answer;
}

}  // namespace causeway::api::rest
