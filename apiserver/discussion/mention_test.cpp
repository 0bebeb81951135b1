#include "apiserver/discussion/mention.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::api::discussion {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Mentions, AreNamesBehindAnAt) {
  EXPECT_THAT(mentions("@ada, look: (@Bob-2) and @ada again.\n@eve."), ElementsAre("ada", "bob-2", "eve"));
  EXPECT_THAT(mentions("请看 @ada。"), ElementsAre("ada"));
  EXPECT_THAT(mentions("@ada- and @bob's"), ElementsAre("ada", "bob"));
}

TEST(Mentions, AreNoPartsOfOtherThings) {
  EXPECT_THAT(mentions("ada@example.org a/@b \\@eve @@x @_ @ @-x @a_b @org/team mail.@x"), IsEmpty());
  EXPECT_THAT(mentions("@" + std::string(40, 'a')), IsEmpty()) << "no name is so long";
  EXPECT_THAT(mentions("@a--b"), IsEmpty()) << "nor has two dashes";
}

TEST(Mentions, AreNotInCode) {
  EXPECT_THAT(mentions("`@ada` ``a ` @bob`` @eve"), ElementsAre("eve"));
  EXPECT_THAT(mentions("```python\n@decorator\n```\n@ada"), ElementsAre("ada"));
  EXPECT_THAT(mentions("~~~~\n@a\n~~~\n@b\n~~~~~\n@c"), ElementsAre("c"));
  EXPECT_THAT(mentions("    @indented\n\t@tab\n@ada"), ElementsAre("ada"));
  EXPECT_THAT(mentions("a ` alone @ada"), ElementsAre("ada")) << "a backtick that nothing ends is one";
  EXPECT_THAT(mentions("```\n@never closed"), IsEmpty());
}

TEST(Mentions, AreNotMoreThanPeopleWrite) {
  std::string all;
  for (int i = 0; i < 1000; ++i) all += "@user" + std::to_string(i) + " ";
  EXPECT_THAT(mentions(all), SizeIs(kMostMentions));
  EXPECT_THAT(mentions(std::string(65536, '`')), IsEmpty());
}

TEST(Mentions, OfAnEditAreThoseThatItAdds) {
  EXPECT_THAT(new_mentions("@ada", "@eve @ADA @bob"), ElementsAre("eve", "bob"));
  EXPECT_THAT(new_mentions("@ada", "nobody"), IsEmpty());
}

}  // namespace
}  // namespace causeway::api::discussion
