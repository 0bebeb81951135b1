// What is in repositories, through the role git on real ones: read, rendered, and changed on the site.

#include "tests/integration/web/git_fixture.hpp"

namespace causeway::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ContentTest : public GitTest {
 protected:
  // The browser's cookies are of the site, whichever role answers a path.
  Browser at_git(const Browser& of) {
    auto there = Browser(git->port(), *contract);
    there.cookies = of.cookies;
    return there;
  }
  static std::vector<std::string> members(const base::HttpResponse& answer, const char* member) {
    std::vector<std::string> all;
    const auto page = object_of(answer);
    for (const auto& item : page.at("items").as_array()) all.emplace_back(item.at(member).as_string());
    return all;
  }
  static json::object put(const std::string& path, const std::string& text) {
    return {{"action", "put"}, {"path", path}, {"text", text}};
  }
};

TEST_F(ContentTest, AnEmptyRepositoryIsFilledOnTheSite) {
  auto owner = user("ada");
  make("digits", false);
  auto ada = at_git(owner), visitor = Browser(git->port(), *contract);
  const std::string root = "/api/v1/content/ada/digits";
  EXPECT_THAT(members(ada.get(root + "/tree"), "path"), IsEmpty());
  EXPECT_THAT(members(ada.get(root + "/commits"), "id"), IsEmpty());
  EXPECT_EQ(visitor.get(root + "/tree").status, 404);
  EXPECT_EQ(visitor.post(root + "/commits", {{"message", "m"}, {"changes", json::array{put("a", "b")}}}).status, 401);

  const auto first = ada.post(
      root + "/commits",
      {{"message", "Begin"},
       {"changes", json::array{put("README.md", "# Digits\n<script>x</script>"), put("src/app.py", "import os\n")}}});
  ASSERT_EQ(first.status, 201) << first.body;
  const auto head = text_of(first, "commit");
  EXPECT_THAT(members(ada.get(root + "/tree"), "path"), ElementsAre("README.md", "src"));
  EXPECT_THAT(members(ada.get(root + "/tree?path=src"), "path"), ElementsAre("src/app.py"));
  const auto readme = ada.get(root + "/files/main/README.md");
  EXPECT_THAT(text_of(readme, "html"), HasSubstr("<h1"));
  EXPECT_THAT(text_of(readme, "html"), Not(HasSubstr("<script")));
  EXPECT_THAT(text_of(ada.get(root + "/files/" + head.substr(0, 8) + "/src/app.py"), "html"), HasSubstr("hl-keyword"));
  EXPECT_EQ(ada.get(root + "/files/main/nothing").status, 404);
  EXPECT_EQ(ada.get(root + "/files/nothing/README.md").status, 404);
  EXPECT_THAT(members(ada.get(root + "/branches"), "name"), ElementsAre("main"));

  const auto second = ada.post(
      root + "/commits",
      {{"message", "Change"}, {"expectedHead", head}, {"changes", json::array{put("src/app.py", "import sys\n")}}});
  ASSERT_EQ(second.status, 201) << second.body;
  EXPECT_EQ(text_of(second, "before"), head);
  const auto late = ada.post(
      root + "/commits",
      {{"message", "Late"}, {"expectedHead", head}, {"changes", json::array{put("src/app.py", "import io\n")}}});
  EXPECT_EQ(slug(late), "conflict");
  EXPECT_THAT(members(ada.get(root + "/commits?path=README.md"), "summary"), ElementsAre("Begin"));
  const auto commit = object_of(ada.get(root + "/commits/main"));
  const auto& file = commit.at("files").as_array().at(0).as_object();
  EXPECT_EQ(file.at("path").as_string(), "src/app.py");
  EXPECT_EQ(file.at("hunks").as_array().at(0).at("lines").as_array().size(), 2U);
  EXPECT_EQ(commit.at("commit").at("author").at("name").as_string(), "ada");
  run({"git", "-C", (data / "ada" / "digits.git").string(), "fsck", "--strict"});
}

TEST_F(ContentTest, WhatCannotBeACommitIsSaid) {
  auto owner = user("ada");
  make("digits", true);
  auto ada = at_git(owner), eve = at_git(user("eve"));
  const std::string commits = "/api/v1/content/ada/digits/commits";
  const auto change = [&](json::object one) {
    return ada.post(commits, {{"message", "m"}, {"changes", json::array{std::move(one)}}});
  };
  EXPECT_EQ(slug(change(put("../x", "x"))), "invalid");
  EXPECT_EQ(slug(change(put(".git/config", "x"))), "invalid");
  EXPECT_EQ(slug(change({{"action", "move"}, {"path", "x"}})), "invalid");
  EXPECT_EQ(slug(change({{"action", "put"}, {"path", "x"}, {"base64", "?"}})), "invalid");
  EXPECT_EQ(slug(change({{"action", "eat"}, {"path", "x"}})), "invalid");
  EXPECT_EQ(eve.post(commits, {{"message", "m"}, {"changes", json::array{put("a", "b")}}}).status, 403);
}

TEST_F(ContentTest, ARawFileIsNoPageOfOurs) {
  auto owner = user("ada");
  make("digits", true);
  auto ada = at_git(owner);
  const std::string root = "/api/v1/content/ada/digits";
  ASSERT_EQ(
      ada.post(root + "/commits",
               {{"message", "m"},
                {"changes",
                 json::array{put("a.html", "<script>alert(1)</script>"),
                             json::object{{"action", "put"}, {"path", "src/b \"é.bin"}, {"base64", "AAECAw=="}}}}})
          .status,
      201);
  const auto page = ada.get(root + "/raw/main/a.html");
  EXPECT_EQ(page.body, "<script>alert(1)</script>");
  EXPECT_EQ(page.headers.get("Content-Type").value_or(""), "text/plain; charset=utf-8");
  EXPECT_THAT(std::string(page.headers.get("Content-Security-Policy").value_or("")), HasSubstr("sandbox"));
  EXPECT_EQ(page.headers.get("X-Content-Type-Options").value_or(""), "nosniff");
  const auto bytes = ada.get(root + "/raw/main/src/b%20%22%C3%A9.bin");
  EXPECT_EQ(bytes.body, std::string("\0\1\2\3", 4));
  EXPECT_EQ(bytes.headers.get("Content-Disposition").value_or(""), "attachment; filename*=UTF-8''b%20%22%C3%A9.bin");
  EXPECT_THAT(std::string(bytes.headers.get("Content-Security-Policy").value_or("")),
              HasSubstr("frame-ancestors 'none'"));
}

}  // namespace
}  // namespace causeway::api
