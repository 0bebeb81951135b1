#include "apiserver/render/front_matter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kube/core/codec.hpp"

namespace causeway::api::render {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

FrontMatter read(std::string_view yaml) {
  return read_front_matter(yaml);
}

TEST(SplitReadme, FindsTheHead) {
  const auto readme = split_readme("---\ntitle: x\n---\n# Text\n---\n");
  EXPECT_EQ(readme.yaml, "title: x\n");
  EXPECT_EQ(readme.markdown, "# Text\n---\n");
  EXPECT_EQ(split_readme("\xEF\xBB\xBF---\r\na: b\r\n...  \r\nx").markdown, "x");
  EXPECT_EQ(split_readme("---\n---").yaml, "");
  EXPECT_EQ(split_readme("---\n---").markdown, "");
}

TEST(SplitReadme, LeavesWhatIsNone) {
  for (const auto* text :
       {"", "---", "# Text\n---\na: b\n---\n", "---\nnever closed\n", "----\na\n----\n", "\n---\na: b\n---\n"}) {
    EXPECT_EQ(split_readme(text).yaml, std::nullopt) << text;
    EXPECT_EQ(split_readme(text).markdown, text);
  }
}

TEST(FrontMatter, OfASpace) {
  const auto front = read(
      "title: Digits\nemoji: 🔢\ncolorFrom: blue\ncolorTo: red\nsdk: gradio\nsdk_version: 4.10\npython_version: "
      "\"3.10\"\n"
      "app_file: app.py\napp_port: 7860\npinned: true\nlicense: apache-2.0\ntags: [vision, 2024]\nmodels:\n- a/b\n- "
      "c/d\n");
  EXPECT_THAT(front.problems, IsEmpty());
  EXPECT_THAT(front.rest, IsEmpty());
  const auto& card = front.card;
  EXPECT_EQ(card.title, "Digits");
  EXPECT_EQ(card.emoji, "🔢");
  EXPECT_EQ(card.color_from, "blue");
  EXPECT_EQ(card.sdk_version, "4.10");
  EXPECT_EQ(card.python_version, "3.10");
  EXPECT_EQ(card.app_port, 7860);
  EXPECT_TRUE(card.pinned);
  EXPECT_THAT(card.license, ElementsAre("apache-2.0"));
  EXPECT_THAT(card.tags, ElementsAre("vision", "2024"));
  EXPECT_THAT(card.models, ElementsAre("a/b", "c/d"));
}

TEST(FrontMatter, OfAModelKeepsWhatIsNotKnown) {
  const auto front = read(
      "language: no\nbase_model: [a, b]\nmodel-index:\n- name: x\n  value: 0.5\n  count: 3\n  id: \"3\"\n  ok: true\n"
      "  none: ~\n  inf: .inf\n  version: 1.2.3\n");
  EXPECT_THAT(front.problems, IsEmpty());
  EXPECT_THAT(front.card.language, ElementsAre("no"));
  EXPECT_EQ(
      boost::json::serialize(front.rest),
      R"({"model-index":[{"name":"x","value":5E-1,"count":3,"id":"3","ok":true,"none":null,"inf":".inf","version":"1.2.3"}]})");
}

TEST(FrontMatter, HasTheNamesThatPeopleWrite) {
  const auto front = read("colorFrom: red\nsdk_version: 1\nlibrary_name: x\n");
  EXPECT_EQ(boost::json::serialize(kube::to_json(front.card)),
            R"({"colorFrom":"red","sdk_version":"1","library_name":"x"})");
}

TEST(FrontMatter, SaysWhatIsWrongAndWhere) {
  const auto front = read("title: [x]\nsdk: gradio\napp_port: 70000\npinned: maybe\ntags: [a, {b: c}, d]\nemoji:\n");
  EXPECT_THAT(front.problems, ElementsAre(CardProblem{"title", 2, "has to be a text"},
                                          CardProblem{"app_port", 4, "has to be a number from 1 to 65535"},
                                          CardProblem{"pinned", 5, "has to be true or false"},
                                          CardProblem{"tags[1]", 6, "has to be a text"}));
  EXPECT_EQ(front.card.sdk, "gradio");
  EXPECT_THAT(front.card.tags, ElementsAre("a", "d"));
  EXPECT_EQ(read("sdk: a\nsdk: b\n").problems,
            (std::vector{CardProblem{"sdk", 3, "is there twice; the first one counts"}}));
  EXPECT_EQ(read("sdk: a\nsdk: b\n").card.sdk, "a");
  EXPECT_THAT(read("title: " + std::string(201, 'x')).problems.at(0).message, HasSubstr("longer than 200"));
}

TEST(FrontMatter, ThatIsNoYamlSaysSo) {
  for (const auto* yaml :
       {"title: [x\n", "a: b: c\n", "\tx: y", "a: *nobody\n", "{", "\"", "- a\n", "text", "%YAML 9\n--- \n"}) {
    const auto front = read(yaml);
    ASSERT_THAT(front.problems, SizeIs(1)) << yaml;
    EXPECT_FALSE(front.problems[0].message.empty());
  }
  EXPECT_EQ(read("a: 1\nb: [x\n").problems.at(0).line, 4);
  EXPECT_THAT(read("").problems, IsEmpty());
  EXPECT_THAT(read("# a comment\n").problems, IsEmpty());
}

TEST(FrontMatter, ItsAliasesAreNoBombs) {
  std::string yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const auto before = "*a" + std::to_string(i - 1);
    yaml += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) yaml += (j ? "," : "") + before;
    yaml += "]\n";
  }
  const auto values = read(yaml);
  EXPECT_FALSE(values.problems.empty());
  EXPECT_LT(boost::json::serialize(values.rest).size(), 1u << 20);

  yaml = "a: &a " + std::string(100'000, 'x') + "\nb: [";
  for (int i = 0; i < 1000; ++i) yaml += "*a,";
  EXPECT_THAT(read(yaml + "]\n").problems.at(0).key, "b");

  EXPECT_THAT(read("a: &a [*a]\n").problems, SizeIs(1));
  EXPECT_THAT(read("tags: &a [*a]\n").problems, SizeIs(1));
}

TEST(FrontMatter, ItsSizeIsBounded) {
  EXPECT_THAT(read(std::string(300u << 10, '#')).problems.at(0).message, HasSubstr("longer than"));
  EXPECT_THAT(read(std::string(100'000, '[')).problems, SizeIs(1));
  EXPECT_THAT(read(std::string(100'000, '{')).problems, SizeIs(1));
  std::string deep;
  for (int i = 0; i < 400; ++i) deep += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_THAT(read(deep).problems, SizeIs(1));
  std::string many;
  for (int i = 0; i < 200; ++i) many += "title: x\n";
  EXPECT_THAT(read(many).problems, SizeIs(50));
  std::string tags = "tags:\n";
  for (int i = 0; i < 300; ++i) tags += "- x\n";
  EXPECT_THAT(read(tags).card.tags, SizeIs(200));
  EXPECT_THAT(read(tags).problems, SizeIs(1));
}

TEST(FrontMatter, BytesThatAreNoTextAreReplaced) {
  EXPECT_EQ(read(std::string_view("title: a\xff"
                                  "b\n",
                                  11))
                .card.title,
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(read(std::string_view("title: a\0b\n", 11)).card.title,
            "a\xEF\xBF\xBD"
            "b");
}

}  // namespace
}  // namespace causeway::api::render
