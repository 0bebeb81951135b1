#include "kube/runtime/store.hpp"

#include <gtest/gtest.h>

namespace causeway::kube {
namespace {

// Objects are strings here; the first letter is what the index is by.
Store::Item item(const std::string& text, std::uint64_t version) {
  return {.object = std::make_shared<const std::string>(text), .version = version};
}
std::string text(const AnyObject& object) {
  return object ? *static_cast<const std::string*>(object.get()) : "(none)";
}
std::vector<std::string> texts(const std::vector<AnyObject>& objects) {
  std::vector<std::string> out;
  for (const auto& o : objects) out.push_back(text(o));
  return out;
}
using Texts = std::vector<std::string>;

class StoreTest : public ::testing::Test {
 protected:
  StoreTest() {
    store.add_index("letter", [](const void* o) {
      return std::vector<std::string>{static_cast<const std::string*>(o)->substr(0, 1)};
    });
  }
  Store store;
  const ObjectKey a{"one", "a"}, b{"one", "b"}, c{"two", "c"};
};

TEST(VersionNumber, IsANumberOrNothing) {
  EXPECT_EQ(version_number("42"), 42u);
  EXPECT_EQ(version_number(""), 0u);
  EXPECT_EQ(version_number("12x"), 0u);
  EXPECT_EQ(version_number("18446744073709551615"), 18446744073709551615u);
}

TEST_F(StoreTest, PutsGetsAndErases) {
  EXPECT_EQ(text(store.put(a, item("x", 1))), "(none)");
  EXPECT_EQ(text(store.put(a, item("y", 2))), "x");
  EXPECT_EQ(text(store.get(a)), "y");
  EXPECT_EQ(text(store.erase(a, 3)), "y");
  EXPECT_EQ(store.get(a), nullptr);
  EXPECT_EQ(store.erase(a, 4), nullptr);
  EXPECT_EQ(store.size(), 0u);
}

TEST_F(StoreTest, ListsByNamespace) {
  store.put(c, item("z", 1));
  store.put(b, item("y", 2));
  store.put(a, item("x", 3));
  store.put({"o", "x"}, item("o", 4));
  EXPECT_EQ(texts(store.list("")), (Texts{"o", "x", "y", "z"}));
  EXPECT_EQ(texts(store.list("one")), (Texts{"x", "y"}));
  EXPECT_EQ(texts(store.list("none")), Texts{});
}

TEST_F(StoreTest, IndexesFollowEveryChange) {
  store.put(a, item("x1", 1));
  store.put(b, item("x2", 2));
  EXPECT_EQ(texts(store.by_index("letter", "x")), (Texts{"x1", "x2"}));
  store.put(a, item("y1", 3));
  EXPECT_EQ(texts(store.by_index("letter", "x")), Texts{"x2"});
  EXPECT_EQ(texts(store.by_index("letter", "y")), Texts{"y1"});
  store.erase(b, 4);
  EXPECT_EQ(texts(store.by_index("letter", "x")), Texts{});
  store.replace({{c, item("x3", 5)}}, 5);
  EXPECT_EQ(texts(store.by_index("letter", "x")), Texts{"x3"});
  EXPECT_EQ(texts(store.by_index("letter", "y")), Texts{});
  EXPECT_THROW(store.by_index("other", "x"), std::out_of_range);
}

TEST_F(StoreTest, ReplaceTellsWhatIsDifferent) {
  store.put(a, item("x", 1));
  store.put(b, item("y", 2));
  const auto kept = store.item(b);
  const auto changes = store.replace({{b, kept}, {c, item("z", 9)}}, 9);
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].key, a);
  EXPECT_EQ(changes[0].now, nullptr);
  EXPECT_EQ(text(changes[0].old), "x");
  EXPECT_EQ(changes[1].key, c);
  EXPECT_EQ(changes[1].old, nullptr);
}

TEST_F(StoreTest, ShowsAWriteUntilTheStreamHasReachedIt) {
  store.put(a, item("old", 5));
  store.overlay(a, item("mine", 8));
  store.overlay(b, item("new", 9));
  EXPECT_EQ(text(store.get(a)), "mine");
  EXPECT_EQ(texts(store.list("one")), (Texts{"mine", "new"}));
  EXPECT_EQ(texts(store.by_index("letter", "m")), Texts{"mine"});
  EXPECT_EQ(texts(store.by_index("letter", "o")), Texts{}) << "the index must not show what is overlaid";
  EXPECT_EQ(store.size(), 2u);
  // Another object's event from before the write: nothing is known about ours yet.
  store.put(c, item("c", 7));
  EXPECT_EQ(text(store.get(a)), "mine");
  store.put(a, item("theirs", 10));
  EXPECT_EQ(text(store.get(a)), "theirs");
  EXPECT_EQ(text(store.get(b)), "(none)") << "version 10 was reached without it: it was deleted, or is not ours to see";
}

TEST_F(StoreTest, AnOverlayGoesWithABookmarkADeletionOrAReplacement) {
  store.overlay(a, item("mine", 8));
  store.reached(7);
  EXPECT_NE(store.get(a), nullptr);
  store.reached(8);
  EXPECT_EQ(store.get(a), nullptr);
  store.overlay(a, item("mine", 12));
  store.erase(a, 13);
  EXPECT_EQ(store.get(a), nullptr);
  store.overlay(a, item("mine", 20));
  store.replace({}, 21);
  EXPECT_EQ(store.get(a), nullptr);
}

TEST_F(StoreTest, ALateResponseDoesNotBringBackWhatTheStreamHasPassed) {
  store.put(a, item("x", 5));
  store.erase(a, 9);
  store.overlay(a, item("mine", 7));
  EXPECT_EQ(store.get(a), nullptr);
}

TEST_F(StoreTest, TheNewerOfTwoWritesIsShown) {
  store.overlay(a, item("second", 9));
  store.overlay(a, item("first", 8));
  EXPECT_EQ(text(store.get(a)), "second");
}

}  // namespace
}  // namespace causeway::kube
