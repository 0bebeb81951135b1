#include "crds/image_template/validation.hpp"

#include <gtest/gtest.h>

namespace causeway::crds {
namespace {

ImageTemplate python() {
  ImageTemplate t;
  t.metadata.name = "python-v3";
  t.spec.family = "python";
  t.spec.version = 3;
  t.spec.dockerfile = "FROM scratch\n";
  return t;
}

TEST(ImageTemplateValidation, NameSaysFamilyAndVersion) {
  ImageTemplate t = python();
  EXPECT_EQ(to_string(validate(t)), "");
  t.metadata.name = "python-v2";
  EXPECT_EQ(to_string(validate(t)), "metadata.name: does not say family and version; accepted: \"python-v3\"");
}

TEST(ImageTemplateValidation, DefaultsAreOfTheirType) {
  ImageTemplate t = python();
  t.spec.parameters = {{.name = "N",
                        .type = ParameterType::Integer,
                        .default_ = "three",
                        .required = false,
                        .secret = false,
                        .description = ""}};
  const FieldErrors errors = validate(t);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].path, "spec.parameters[0].default");
}

TEST(ParameterTypes, AcceptTheirValuesOnly) {
  std::string accepted;
  EXPECT_TRUE(accepts(ParameterType::Integer, "-12", accepted));
  EXPECT_FALSE(accepts(ParameterType::Integer, "1.5", accepted));
  EXPECT_FALSE(accepts(ParameterType::Integer, "1\n2", accepted));
  EXPECT_TRUE(accepts(ParameterType::Number, "1.5", accepted));
  EXPECT_FALSE(accepts(ParameterType::Number, "", accepted));
  EXPECT_TRUE(accepts(ParameterType::Boolean, "false", accepted));
  EXPECT_FALSE(accepts(ParameterType::Boolean, "no", accepted));
  EXPECT_TRUE(accepts(ParameterType::String, "any\nthing", accepted));
}

TEST(ImageTemplateUpdate, BuildInputsFreezeOnceDemosUseThem) {
  ImageTemplate before = python();
  ImageTemplate after = before;
  after.spec.dockerfile = "FROM debian\n";
  EXPECT_TRUE(validate_update(before, after).empty());
  before.status.demo_count = 1;
  const FieldErrors errors = validate_update(before, after);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].path, "spec.dockerfile");
  EXPECT_NE(errors[0].accepted.find("python-v4"), std::string::npos);
  after = before;
  after.spec.title = "still free";
  EXPECT_TRUE(validate_update(before, after).empty());
}

}  // namespace
}  // namespace causeway::crds
