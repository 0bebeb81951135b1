#include "kube/runtime/owner.hpp"

#include <gtest/gtest.h>

namespace causeway::kube {
namespace {

constexpr ResourceType kSite{"example.org", "v1", "Site", "sites"};
constexpr ResourceType kRegion{"example.org", "v1", "Region", "regions", false};

ObjectMeta meta(const std::string& name, const std::string& uid) {
  ObjectMeta m;
  m.name = name;
  m.uid = uid;
  return m;
}

TEST(Owner, IsFoundFromWhatItControls) {
  auto object = make_object(resources::kConfigMap, "n", "c");
  EXPECT_TRUE(controlling_owner(object, kSite).empty());
  set_controller(object, kSite, meta("home", "u1"));
  EXPECT_EQ(controlling_owner(object, kSite), (std::vector<ObjectKey>{{"n", "home"}}));
  EXPECT_TRUE(controlling_owner(object, kRegion).empty()) << "another kind";
  EXPECT_EQ(controlling_owner(object, {"example.org", "v2", "Site", "sites"}).size(), 1u) << "another version";
  EXPECT_TRUE(controlling_owner(object, {"example.com", "v1", "Site", "sites"}).empty()) << "another group";
}

TEST(Owner, OfNoNamespaceHasNone) {
  auto object = make_object(resources::kConfigMap, "n", "c");
  set_controller(object, kRegion, meta("eu", "u1"));
  EXPECT_EQ(controlling_owner(object, kRegion), (std::vector<ObjectKey>{{"", "eu"}}));
}

TEST(Owner, IsWrittenOnceBesideOthers) {
  auto object = make_object(resources::kConfigMap, "n", "c");
  set_at(object, "metadata.ownerReferences",
         json::array{Object{{"apiVersion", "v1"}, {"kind", "Pod"}, {"name", "p"}, {"uid", "u0"}}});
  set_controller(object, kSite, meta("home", "u1"));
  set_controller(object, kSite, meta("home", "u1"));
  EXPECT_EQ(array_at(object, "metadata.ownerReferences")->size(), 2u);
  EXPECT_TRUE(controlling_owner(object, resources::kPod).empty()) << "it owns, but does not control";
}

}  // namespace
}  // namespace causeway::kube
