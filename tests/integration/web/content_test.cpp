// What is in repositories, through the role git on real ones: read, rendered, and changed on the site.

#include "base/files.hpp"
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

TEST_F(ContentTest, TagsAndBranchesComeAndGo) {
  auto owner = user("ada");
  make("digits", true);
  auto ada = at_git(owner), eve = at_git(user("eve")), visitor = Browser(git->port(), *contract);
  const std::string root = "/api/v1/content/ada/digits";
  const auto bare = data / "ada" / "digits.git";
  // Told as a push is.
  ASSERT_TRUE(base::write_file_atomic(bare / "hooks" / "post-receive", "#!/bin/sh\ncat >>told\n", 0755));
  const auto told = [&] { return base::read_file(bare / "told").value_or(""); };
  EXPECT_THAT(members(visitor.get(root + "/tags"), "name"), IsEmpty());
  EXPECT_EQ(slug(ada.post(root + "/tags", {{"name", "v1"}})), "not-found") << "there is no commit yet";
  const auto commit =
      text_of(ada.post(root + "/commits", {{"message", "m"}, {"changes", json::array{put("a", "1\n")}}}), "commit");

  const auto light = ada.post(root + "/tags", {{"name", "v1"}});
  ASSERT_EQ(light.status, 201) << light.body;
  EXPECT_EQ(text_of(light, "target"), commit);
  EXPECT_FALSE(object_of(light).contains("tagger"));
  EXPECT_THAT(told(), HasSubstr(" " + commit + " refs/tags/v1\n"));
  const auto annotated =
      ada.post(root + "/tags", {{"name", "release/2"}, {"revision", commit.substr(0, 8)}, {"message", "The second"}});
  ASSERT_EQ(annotated.status, 201) << annotated.body;
  EXPECT_EQ(text_of(annotated, "target"), commit);
  EXPECT_EQ(text_of(annotated, "message"), "The second\n");
  EXPECT_EQ(object_of(annotated).at("tagger").at("name").as_string(), "ada");
  run({"git", "-C", bare.string(), "fsck", "--strict"});
  EXPECT_EQ(slug(ada.post(root + "/tags", {{"name", "v1"}})), "conflict");
  EXPECT_EQ(slug(ada.post(root + "/tags", {{"name", "a..b"}})), "invalid");
  EXPECT_EQ(slug(ada.post(root + "/tags", {{"name", "v3"}, {"revision", "nothing"}})), "not-found");
  EXPECT_EQ(eve.post(root + "/tags", {{"name", "v3"}}).status, 403);
  EXPECT_EQ(visitor.post(root + "/tags", {{"name", "v3"}}).status, 401);
  const auto page = visitor.get(root + "/tags?limit=1");
  EXPECT_THAT(members(page, "name"), ElementsAre("release/2"));
  EXPECT_THAT(members(visitor.get(root + "/tags?limit=1&cursor=" + text_of(page, "next")), "name"), ElementsAre("v1"));
  EXPECT_EQ(eve.send("DELETE", root + "/tags/v1").status, 403);
  EXPECT_EQ(ada.send("DELETE", root + "/tags/release%2F2").status, 204);
  EXPECT_EQ(ada.send("DELETE", root + "/tags/release/2").status, 404);
  EXPECT_THAT(members(visitor.get(root + "/tags"), "name"), ElementsAre("v1"));

  const auto side = ada.post(root + "/branches", {{"name", "fix/side"}, {"revision", "v1"}});
  ASSERT_EQ(side.status, 201) << side.body;
  EXPECT_EQ(text_of(side, "commit"), commit);
  EXPECT_EQ(slug(ada.post(root + "/branches", {{"name", "fix/side"}})), "conflict");
  EXPECT_EQ(eve.post(root + "/branches", {{"name", "mine"}}).status, 403);
  EXPECT_THAT(members(visitor.get(root + "/branches"), "name"), ElementsAre("fix/side", "main"));
  EXPECT_EQ(slug(ada.send("DELETE", root + "/branches/main")), "conflict") << "the default one";
  EXPECT_EQ(eve.send("DELETE", root + "/branches/fix/side").status, 403);
  EXPECT_EQ(slug(ada.send("DELETE", root + "/branches/fix/side?expectedHead=" + std::string(40, '1'))), "conflict");
  EXPECT_EQ(ada.send("DELETE", root + "/branches/fix/side?expectedHead=" + commit).status, 204);
  EXPECT_EQ(ada.send("DELETE", root + "/branches/fix/side").status, 404);
  EXPECT_THAT(told(), HasSubstr(commit + " " + std::string(40, '0') + " refs/heads/fix/side\n"));
}

TEST_F(ContentTest, RevisionsAreComparedFromWhereTheyParted) {
  auto owner = user("ada");
  make("digits", false);
  auto ada = at_git(owner), visitor = Browser(git->port(), *contract);
  const std::string root = "/api/v1/content/ada/digits";
  const auto commit = [&](const std::string& branch, const std::string& message, const std::string& path,
                          const std::string& text) {
    return text_of(ada.post(root + "/commits",
                            {{"branch", branch}, {"message", message}, {"changes", json::array{put(path, text)}}}),
                   "commit");
  };
  const auto base = commit("main", "Begin", "a", "1\n");
  ASSERT_EQ(ada.post(root + "/branches", {{"name", "fix/it"}}).status, 201);
  commit("fix/it", "One", "b", "1\n");
  const auto head = commit("fix/it", "Two", "b", "1\n2\n");
  commit("main", "Elsewhere", "a", "2\n");
  const auto compared = ada.get(root + "/compare?base=main&head=fix%2Fit");
  ASSERT_EQ(compared.status, 200) << compared.body;
  const auto all = object_of(compared);
  EXPECT_EQ(all.at("mergeBase").as_string(), base);
  EXPECT_EQ(all.at("head").as_string(), head);
  EXPECT_EQ(all.at("ahead"), 2);
  EXPECT_EQ(all.at("behind"), 1);
  ASSERT_EQ(all.at("commits").as_array().size(), 2U);
  EXPECT_EQ(all.at("commits").at(0).at("summary").as_string(), "Two");
  ASSERT_EQ(all.at("files").as_array().size(), 1U) << "what main changed meanwhile is not of it";
  EXPECT_EQ(all.at("files").at(0).at("path").as_string(), "b");
  EXPECT_EQ(all.at("files").at(0).at("additions"), 2);
  EXPECT_TRUE(all.at("complete").as_bool());
  EXPECT_EQ(object_of(ada.get(root + "/compare?base=main")).at("ahead"), 0) << "with the default branch";
  EXPECT_EQ(ada.get(root + "/compare?base=nothing").status, 404);
  EXPECT_EQ(ada.get(root + "/compare").status, 400);
  EXPECT_EQ(ada.get(root + "/compare?base=main~1").status, 404) << "no expressions";
  EXPECT_EQ(visitor.get(root + "/compare?base=main").status, 404);
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
