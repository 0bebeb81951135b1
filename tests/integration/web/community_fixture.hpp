#pragma once
// Repositories with people who talk about them.

#include "tests/integration/web/git_fixture.hpp"

namespace causeway::api {

class CommunityTest : public RepositoriesTest {
 protected:
  void make(const std::string& owner, const std::string& name, bool is_public = true) {
    ASSERT_EQ(store->follow(repo(owner, name, is_public)).value(), true);
  }
  // A create, with a key of its own.
  static base::HttpResponse create(Browser& by, const std::string& target, const json::value& body) {
    return by.post(target, body, {{"Idempotency-Key", base::uuid4()}});
  }
  // An issue's address.
  static std::string open(Browser& by, const std::string& repository, const std::string& title,
                          const std::string& body = "") {
    const auto made = create(by, "/api/v1/repositories/" + repository + "/issues", {{"title", title}, {"body", body}});
    EXPECT_EQ(made.status, 201) << made.body;
    return std::string(made.headers.get("Location").value_or(""));
  }
  static std::string comment(Browser& by, const std::string& issue, const std::string& body) {
    const auto made = create(by, issue + "/comments", {{"body", body}});
    EXPECT_EQ(made.status, 201) << made.body;
    return std::string(made.headers.get("Location").value_or(""));
  }
  static std::string etag_of(Browser& by, const std::string& target) {
    return std::string(by.get(target).headers.get("ETag").value_or("none"));
  }
  // A change by somebody who has just read it.
  static base::HttpResponse change(Browser& by, const std::string& target, const json::value& body) {
    return by.send("PATCH", target, body, {{"If-Match", etag_of(by, target)}});
  }
  using RepositoriesTest::change;

  static json::array items_of(const base::HttpResponse& answer) {
    const auto page = object_of(answer);
    const auto* items = page.if_contains("items");
    return items ? items->as_array() : json::array();
  }
  // A member of each item: "" where it is absent.
  static std::vector<std::string> members(const base::HttpResponse& answer, std::string_view member) {
    std::vector<std::string> all;
    for (const auto& item : items_of(answer)) {
      const auto* value = item.as_object().if_contains(member);
      all.push_back(!value ? "" : value->is_string() ? std::string(value->as_string()) : json::serialize(*value));
    }
    return all;
  }
  // Of all pages of one item each.
  static std::vector<std::string> paged(Browser& by, const std::string& target, std::string_view member) {
    std::vector<std::string> all;
    const std::string first = target + (target.find('?') == std::string::npos ? "?limit=1" : "&limit=1");
    std::string cursor;
    do {
      const auto page = by.get(cursor.empty() ? first : first + "&cursor=" + cursor);
      for (auto& value : members(page, member)) all.push_back(std::move(value));
      cursor = text_of(page, "next");
    } while (!cursor.empty() && all.size() < 100);
    return all;
  }
  std::string token(Browser& owner, const std::string& scope) {
    return text_of(owner.post("/api/v1/me/tokens", {{"name", scope}, {"scopes", json::array{scope}}}), "token");
  }
};

}  // namespace causeway::api
