// Issues and discussions of repositories: who may what, and what becomes of it.

#include <set>
#include <thread>

#include "tests/integration/web/community_fixture.hpp"

namespace causeway::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class DiscussionsTest : public CommunityTest {
 protected:
  const std::string issues = "/api/v1/repositories/ada/digits/issues";
};

TEST_F(DiscussionsTest, AnIssueIsOpenedReadAndClosed) {
  auto ada = user("ada"), eve = user("eve"), visitor = browser();
  make("ada", "digits");
  const auto made = create(eve, issues, {{"title", "It fails"}, {"body", "**Why?** <script>x</script>"}});
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.headers.get("Location").value_or(""), issues + "/1");
  const auto issue = issues + "/1";

  const auto plain = visitor.get(issue), rendered = visitor.get(issue + "?bodyHtml=true");
  EXPECT_EQ(text_of(plain, "author"), "eve");
  EXPECT_EQ(text_of(plain, "state"), "open");
  EXPECT_EQ(text_of(plain, "body"), "**Why?** <script>x</script>");
  EXPECT_EQ(text_of(plain, "bodyHtml"), "");
  EXPECT_THAT(text_of(rendered, "bodyHtml"), HasSubstr("<strong>Why?</strong>"));
  EXPECT_THAT(text_of(rendered, "bodyHtml"), Not(HasSubstr("<script")));
  EXPECT_EQ(object_of(visitor.get("/api/v1/repositories/ada/digits")).at("issues").as_int64(), 1);

  const auto closed = change(ada, issue, {{"state", "closed"}});
  ASSERT_EQ(closed.status, 200) << closed.body;
  EXPECT_EQ(text_of(closed, "closedBy"), "ada");
  EXPECT_FALSE(text_of(closed, "closedAt").empty());
  EXPECT_EQ(object_of(visitor.get("/api/v1/repositories/ada/digits")).at("issues").as_int64(), 0);
  EXPECT_THAT(members(visitor.get(issues), "title"), IsEmpty());
  EXPECT_THAT(members(visitor.get(issues + "?state=closed"), "title"), ElementsAre("It fails"));

  const auto again = change(eve, issue, {{"state", "open"}, {"title", "It still fails"}});
  ASSERT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(text_of(again, "closedBy"), "");
  EXPECT_THAT(members(visitor.get(issues), "title"), ElementsAre("It still fails"));
}

TEST_F(DiscussionsTest, WhoMayNotSeeTheRepositoryLearnsNothing) {
  auto ada = user("ada"), eve = user("eve"), visitor = browser();
  make("ada", "digits", false);
  const auto issue = open(ada, "ada/digits", "Secret plans");
  const auto said = comment(ada, issue, "More of them");
  for (auto* by : {&eve, &visitor}) {
    EXPECT_EQ(by->get(issues).status, 404);
    EXPECT_EQ(by->get(issue).status, 404);
    EXPECT_EQ(by->get(issue + "/comments").status, 404);
    EXPECT_EQ(by->get(said).status, 404);
  }
  EXPECT_EQ(text_of(eve.get(issue), "detail"), text_of(eve.get("/api/v1/repositories/ada/digits/issues/7"), "detail"));
  EXPECT_EQ(create(eve, issues, {{"title", "x"}}).status, 404);
  EXPECT_EQ(create(eve, issue + "/comments", {{"body", "x"}}).status, 404);
  EXPECT_EQ(eve.send("PATCH", issue, json::object{{"title", "x"}}, {{"If-Match", "\"x\""}}).status, 404);
  EXPECT_EQ(eve.send("DELETE", said).status, 404);
  EXPECT_EQ(create(visitor, issues, {{"title", "x"}}).status, 401);

  // Nor does a token that was made for something else.
  const auto with = [&](const char* scope) {
    return browser().get(issue, {{"Authorization", "Bearer " + token(ada, scope)}}).status;
  };
  EXPECT_EQ(with("account:read"), 404);
  EXPECT_EQ(with("repository:read"), 200);
  // A comment of another issue is none of this one.
  const auto other = open(ada, "ada/digits", "Other");
  EXPECT_EQ(ada.get(other + said.substr(issue.size())).status, 404);
}

TEST_F(DiscussionsTest, NumbersHaveNoGaps) {
  auto ada = user("ada");
  make("ada", "digits");
  make("ada", "letters");
  // One that comes to nothing, in the middle.
  EXPECT_EQ(create(ada, issues, {{"title", "x"}, {"labels", json::array{std::string(51, 'l')}}}).status, 422);
  std::mutex mutex;
  std::set<std::int64_t> numbers;
  {
    std::vector<std::jthread> writers;
    for (int i = 0; i < 4; ++i) {
      writers.emplace_back([&, i] {
        auto mine = user("user" + std::to_string(i));
        for (int n = 0; n < 5; ++n) {
          const auto made =
              create(mine, issues, {{"title", "one of many"}, {"kind", n % 2 == 0 ? "issue" : "discussion"}});
          const std::lock_guard lock(mutex);
          ASSERT_EQ(made.status, 201) << made.body;
          numbers.insert(object_of(made).at("number").as_int64());
        }
      });
    }
  }
  ASSERT_EQ(numbers.size(), 20U);
  EXPECT_EQ(*numbers.begin(), 1);
  EXPECT_EQ(*numbers.rbegin(), 20);
  EXPECT_THAT(open(ada, "ada/letters", "another numbering"), testing::EndsWith("/letters/issues/1"));
  EXPECT_EQ(number("SELECT issue_count FROM repositories WHERE name = 'digits'"), 12);
  EXPECT_EQ(number("SELECT discussion_count FROM repositories WHERE name = 'digits'"), 8);
}

TEST_F(DiscussionsTest, ACreateIsDoneOnce) {
  auto ada = user("ada");
  make("ada", "digits");
  const base::Headers key{{"Idempotency-Key", "the-same"}};
  const auto first = ada.post(issues, {{"title", "once"}}, key), second = ada.post(issues, {{"title", "once"}}, key);
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(first.body, second.body);
  EXPECT_EQ(number("SELECT count(*) FROM issues"), 1);
  EXPECT_EQ(ada.post(issues, {{"title", "once"}}).status, 400) << "without a key";
}

TEST_F(DiscussionsTest, WhoHasNotReadItDoesNotChangeIt) {
  auto ada = user("ada"), eve = user("eve");
  make("ada", "digits");
  const auto issue = open(eve, "ada/digits", "Title", "Text");
  const auto read = etag_of(eve, issue);
  EXPECT_EQ(eve.send("PATCH", issue, json::object{{"title", "x"}}).status, 428);
  comment(ada, issue, "A comment changes nothing of it");
  ASSERT_EQ(eve.send("PATCH", issue, json::object{{"body", "Better"}}, {{"If-Match", read}}).status, 200);
  EXPECT_EQ(eve.send("PATCH", issue, json::object{{"body", "Worse"}}, {{"If-Match", read}}).status, 412);
  EXPECT_EQ(text_of(eve.get(issue), "body"), "Better");
  EXPECT_EQ(eve.get(issue, {{"If-None-Match", etag_of(eve, issue)}}).status, 304);

  const auto said = comment(eve, issue, "First");
  const auto before = etag_of(eve, said);
  ASSERT_EQ(change(eve, said, {{"body", "Second"}}).status, 200);
  EXPECT_EQ(eve.send("PATCH", said, json::object{{"body", "Third"}}, {{"If-Match", before}}).status, 412);
  EXPECT_FALSE(text_of(eve.get(said), "editedAt").empty());
}

TEST_F(DiscussionsTest, EverybodyDoesWhatTheyMay) {
  auto ada = user("ada"), eve = user("eve"), bob = user("bob"), mia = user("mia");
  auto r = repo("ada", "digits", true);
  r.spec.collaborators = {{"bob", crds::CollaboratorRole::Write}, {"mia", crds::CollaboratorRole::Maintain}};
  ASSERT_EQ(store->follow(r).value(), true);
  const auto issue = open(ada, "ada/digits", "Rules");

  EXPECT_EQ(create(eve, issues, {{"title", "x"}, {"labels", json::array{"bug"}}}).status, 403);
  EXPECT_EQ(create(bob, issues, {{"title", "x"}, {"labels", json::array{"bug"}}}).status, 201);
  EXPECT_EQ(change(eve, issue, {{"title", "x"}}).status, 403);
  EXPECT_EQ(change(bob, issue, {{"title", "x"}}).status, 403);
  EXPECT_EQ(change(mia, issue, {{"title", "Our rules"}}).status, 200);
  EXPECT_EQ(change(eve, issue, {{"state", "closed"}}).status, 403);
  EXPECT_EQ(change(eve, issue, {{"labels", json::array{"x"}}}).status, 403);
  EXPECT_EQ(change(bob, issue, {{"labels", json::array{"bug", "later"}}}).status, 200);
  EXPECT_EQ(change(bob, issue, {{"pinned", true}}).status, 403);
  EXPECT_EQ(change(mia, issue, {{"pinned", true}, {"locked", true}}).status, 200);

  EXPECT_EQ(create(eve, issue + "/comments", {{"body", "x"}}).status, 403) << "it is locked";
  EXPECT_EQ(create(bob, issue + "/comments", {{"body", "x"}}).status, 201);
  EXPECT_EQ(change(ada, issue, {{"locked", false}}).status, 200);
  const auto said = comment(eve, issue, "Buy my pills");
  EXPECT_EQ(change(bob, said, {{"hidden", true}}).status, 403);
  ASSERT_EQ(change(mia, said, {{"hidden", true}}).status, 200);
  EXPECT_EQ(text_of(browser().get(said), "body"), "");
  EXPECT_TRUE(object_of(browser().get(said)).at("hidden").as_bool());
  EXPECT_EQ(text_of(browser().get(said + "?bodyHtml=true"), "bodyHtml"), "");
  EXPECT_EQ(text_of(eve.get(said), "body"), "Buy my pills") << "its author may know";
  EXPECT_EQ(text_of(mia.get(said), "body"), "Buy my pills");
  EXPECT_THAT(members(bob.get(issue + "/comments"), "body"), ElementsAre("x", ""));
  EXPECT_EQ(bob.send("DELETE", said).status, 403);
  EXPECT_EQ(mia.send("DELETE", said).status, 204);
  EXPECT_EQ(mia.send("DELETE", said).status, 404);
  EXPECT_EQ(number("SELECT comment_count FROM issues WHERE number = 1"), 1);

  ++r.metadata.generation;
  r.spec.archived = true;
  ASSERT_EQ(store->follow(r).value(), true);
  EXPECT_EQ(create(ada, issues, {{"title", "x"}}).status, 403);
  EXPECT_EQ(create(ada, issue + "/comments", {{"body", "x"}}).status, 403);
  EXPECT_EQ(change(ada, issue, {{"state", "closed"}}).status, 403);
  EXPECT_EQ(ada.get(issue).status, 200);
}

TEST_F(DiscussionsTest, AreFilteredInPages) {
  auto ada = user("ada"), eve = user("eve"), visitor = browser();
  make("ada", "digits");
  for (const char* title : {"one", "two 100%", "three"}) open(ada, "ada/digits", title);
  create(eve, issues, {{"title", "four"}});
  create(eve, issues, {{"title", "talk"}, {"kind", "discussion"}});
  ASSERT_EQ(change(ada, issues + "/1", {{"labels", json::array{"bug"}}, {"pinned", true}}).status, 200);
  const auto all = [&](const std::string& query) { return members(visitor.get(issues + query), "title"); };
  EXPECT_THAT(all(""), ElementsAre("four", "three", "two 100%", "one"));
  EXPECT_THAT(all("?kind=discussion"), ElementsAre("talk"));
  EXPECT_THAT(all("?author=EVE"), ElementsAre("four"));
  EXPECT_THAT(all("?author=nobody"), IsEmpty());
  EXPECT_THAT(all("?label=bug"), ElementsAre("one"));
  EXPECT_THAT(all("?pinned=true"), ElementsAre("one"));
  EXPECT_THAT(all("?q=O"), ElementsAre("four", "two 100%", "one"));
  EXPECT_THAT(all("?q=0%25"), ElementsAre("two 100%"));
  EXPECT_EQ(visitor.get(issues + "?state=sleeping").status, 400);
  comment(eve, issues + "/2", "back to the top");
  ASSERT_EQ(change(ada, issues + "/3", {{"state", "closed"}}).status, 200);
  EXPECT_THAT(paged(visitor, issues, "title"), ElementsAre("two 100%", "four", "one"));
  EXPECT_THAT(paged(visitor, issues + "?state=all", "title"), ElementsAre("three", "two 100%", "four", "one"));
  EXPECT_THAT(members(visitor.get(issues + "?q=two"), "comments"), ElementsAre("1"));
}

TEST_F(DiscussionsTest, CommentsComeInTheirOrderRendered) {
  auto ada = user("ada"), visitor = browser();
  make("ada", "digits");
  const auto issue = open(ada, "ada/digits", "Talk");
  for (const char* text : {"one", "*two*", "<img src=x onerror=alert(1)>"}) comment(ada, issue, text);
  EXPECT_THAT(paged(visitor, issue + "/comments", "body"), ElementsAre("one", "*two*", "<img src=x onerror=alert(1)>"));
  const auto html = members(visitor.get(issue + "/comments?bodyHtml=true"), "bodyHtml");
  ASSERT_EQ(html.size(), 3U);
  EXPECT_THAT(html[1], HasSubstr("<em>two</em>"));
  EXPECT_THAT(html[2], Not(HasSubstr("onerror")));
}

TEST_F(DiscussionsTest, WhatIsTooLongOrEmptyIsRefused) {
  auto ada = user("ada");
  make("ada", "digits");
  const auto issue = open(ada, "ada/digits", "Title", std::string(65536, 'x'));
  EXPECT_EQ(slug(create(ada, issues, {{"title", " "}})), "invalid");
  EXPECT_EQ(slug(create(ada, issues, {{"title", "a\nb"}})), "invalid");
  EXPECT_EQ(slug(create(ada, issues, {{"title", std::string(256, 'x')}})), "invalid");
  EXPECT_EQ(slug(create(ada, issues, {{"title", "x"}, {"kind", "poem"}})), "invalid");
  EXPECT_EQ(slug(create(ada, issues, {{"title", "x"}, {"labels", json::array{"a", "a"}}})), "invalid");
  // In characters it is short enough.
  std::string wide;
  for (int i = 0; i < 30000; ++i) wide += "字";
  EXPECT_EQ(slug(create(ada, issues, {{"title", "x"}, {"body", wide}})), "invalid");
  EXPECT_EQ(slug(create(ada, issue + "/comments", {{"body", " \n\t"}})), "invalid");
  EXPECT_EQ(slug(create(ada, issue + "/comments", {{"body", wide}})), "invalid");
  EXPECT_EQ(create(ada, issues, {{"title", "x"}, {"body", std::string(300 << 10, 'x')}}).status, 413);
  EXPECT_EQ(slug(change(ada, issue, {{"body", wide}})), "invalid");
  EXPECT_EQ(ada.get(issues + "/0").status, 404);
  EXPECT_EQ(ada.get(issues + "/99999999999999999999").status, 404);
}

TEST_F(DiscussionsTest, NobodyWritesAllTheTime) {
  auto ada = user("ada");
  make("ada", "digits");
  const auto issue = open(ada, "ada/digits", "Talk");
  int refused = 0;
  for (int i = 0; i < 31; ++i) refused += create(ada, issue + "/comments", {{"body", "x"}}).status == 429;
  EXPECT_EQ(refused, 2);
  clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(create(ada, issue + "/comments", {{"body", "x"}}).status, 201);
}

TEST_F(DiscussionsTest, WhatWasWrittenOutlivesItsAuthor) {
  auto ada = user("ada"), eve = user("eve");
  make("ada", "digits");
  const auto issue = open(eve, "ada/digits", "Title");
  const auto said = comment(eve, issue, "Text");
  script("DELETE FROM accounts WHERE name = 'eve'");
  EXPECT_EQ(text_of(ada.get(issue), "title"), "Title");
  EXPECT_EQ(text_of(ada.get(issue), "author"), "");
  EXPECT_EQ(text_of(ada.get(said), "body"), "Text");
}

TEST_F(DiscussionsTest, WhoHasNoNameYetChoosesOneFirst) {
  user("ada");
  make("ada", "digits");
  auto fresh = browser();
  ASSERT_EQ(fresh.post("/email_code", {{"email", "new@example.org"}}).status, 200);
  ASSERT_EQ(fresh.post("/login", {{"email", "new@example.org"}, {"code", mailbox.code("new@example.org")}}).status,
            200);
  EXPECT_EQ(slug(create(fresh, issues, {{"title", "x"}})), "conflict");
  EXPECT_EQ(fresh.send("PUT", "/api/v1/me/stars/ada/digits").status, 409);
  EXPECT_EQ(fresh.send("PUT", "/api/v1/me/following/ada").status, 409);
}

}  // namespace
}  // namespace causeway::api
