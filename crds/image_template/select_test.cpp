#include "crds/image_template/select.hpp"

#include <gtest/gtest.h>

namespace causeway::crds {
namespace {

ImageTemplate make(std::string ns, std::int64_t version, bool deprecated = false) {
  ImageTemplate t;
  t.metadata.namespace_ = std::move(ns);
  t.metadata.name = template_name("python", version);
  t.spec.family = "python";
  t.spec.version = version;
  t.spec.deprecated = deprecated;
  return t;
}

TemplateRef ref(std::optional<std::int64_t> version = {}, std::string ns = {}) {
  return {.family = "python", .version = version, .namespace_ = std::move(ns)};
}

TEST(SelectTemplate, OwnNamespaceFirstThenTheCatalogue) {
  const auto own = make("u-ada", 1), catalogue = make("causeway-system", 3);
  EXPECT_EQ(select_template(ref(), "u-ada", "causeway-system", {&own, &catalogue}), &own);
  EXPECT_EQ(select_template(ref(), "u-eve", "causeway-system", {&own, &catalogue}), &catalogue);
  EXPECT_EQ(select_template(ref({}, "causeway-system"), "u-ada", "causeway-system", {&own, &catalogue}), &catalogue);
  EXPECT_EQ(select_template(ref(3), "u-ada", "causeway-system", {&own, &catalogue}), nullptr)
      << "a family of one's own hides the catalogue's";
}

TEST(SelectTemplate, NewestThatIsNotDeprecated) {
  const auto v1 = make("s", 1), v2 = make("s", 2), v3 = make("s", 3, true);
  EXPECT_EQ(select_template(ref(), "u", "s", {&v1, &v3, &v2}), &v2);
  EXPECT_EQ(select_template(ref(3), "u", "s", {&v1, &v3, &v2}), &v3);
  EXPECT_EQ(select_template(ref(), "u", "s", {&v3}), &v3);
  EXPECT_EQ(select_template(ref(9), "u", "s", {&v1}), nullptr);
}

}  // namespace
}  // namespace causeway::crds
