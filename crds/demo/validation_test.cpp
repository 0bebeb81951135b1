#include "crds/demo/validation.hpp"

#include <gtest/gtest.h>

namespace causeway::crds {
namespace {

Demo digits() {
  Demo demo;
  demo.metadata.name = "digits";
  demo.metadata.namespace_ = "u-ada";
  demo.spec.repo_ref = ObjectRef{"ada-digits", ""};
  return demo;
}

std::vector<std::string> paths_of(const FieldErrors& errors) {
  std::vector<std::string> paths;
  for (const FieldError& error : errors) paths.push_back(error.path);
  return paths;
}

TEST(DemoValidation, AcceptsTheSmallestOne) {
  EXPECT_EQ(to_string(validate(digits())), "");
}

TEST(HostLabel, JoinsDemoAndOwner) {
  EXPECT_EQ(host_label("digits", "ada"), "digits--ada");
  EXPECT_EQ(owner_of_namespace("u-ada"), "ada");
  EXPECT_EQ(owner_of_namespace("o-acme"), "acme");
  EXPECT_EQ(owner_of_namespace("team"), "team");
}

TEST(HostLabel, IsAtMost63CharactersTogether) {
  EXPECT_TRUE(validate_host_label(std::string(58, 'd'), "ada").empty());
  const FieldErrors errors = validate_host_label(std::string(59, 'd'), "ada");
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].path, "metadata.name");
  EXPECT_EQ(errors[0].accepted, "a name of at most 58 characters for this owner");
}

TEST(HostLabel, SeparatorBelongsToNeitherPart) {
  EXPECT_EQ(paths_of(validate_host_label("a--b", "ada")), (std::vector<std::string>{"metadata.name"}));
  EXPECT_EQ(paths_of(validate_host_label("a.b", "ada")), (std::vector<std::string>{"metadata.name"}));
  EXPECT_EQ(paths_of(validate_host_label("a", "a--b")), (std::vector<std::string>{"metadata.namespace"}));
}

TEST(DemoValidation, TheOwnerOfTheNamespaceCounts) {
  Demo demo = digits();
  demo.metadata.name = std::string(40, 'd');
  EXPECT_TRUE(validate(demo).empty());
  EXPECT_FALSE(validate(demo, std::string(40, 'o')).empty());
}

TEST(DemoValidation, PathsStayInside) {
  Demo demo = digits();
  demo.spec.path = "apps/../../etc";
  EXPECT_EQ(paths_of(validate(demo)), (std::vector<std::string>{"spec.path"}));
  demo.spec.path = "apps/..hidden";
  EXPECT_TRUE(validate(demo).empty());
}

TEST(DemoValidation, MountsDoNotCollide) {
  Demo demo = digits();
  demo.spec.storage = Storage{"1Gi", "/data"};
  demo.spec.models = {
      {"a", {"r", ""}, "main", "/data"}, {"b", {"r", ""}, "main", "/models"}, {"c", {"r", ""}, "main", "/models"}};
  EXPECT_EQ(paths_of(validate(demo)),
            (std::vector<std::string>{"spec.models[0].mountPath", "spec.models[2].mountPath"}));
}

TEST(DemoValidation, DurationsHaveAFloor) {
  Demo demo = digits();
  demo.spec.placement.failover.after = "1s";
  demo.spec.build.timeout = "0s";
  EXPECT_EQ(paths_of(validate(demo)),
            (std::vector<std::string>{"spec.build.timeout", "spec.placement.failover.after"}));
}

TEST(DemoDefaults, BuildModeFollowsFromTheRest) {
  Demo demo = digits();
  EXPECT_EQ(build_mode(demo.spec), BuildMode::Dockerfile);
  demo.spec.template_ref = TemplateRef{"python", std::nullopt, ""};
  EXPECT_EQ(build_mode(demo.spec), BuildMode::Template);
  demo.spec.build.mode = BuildMode::Dockerfile;
  EXPECT_EQ(build_mode(demo.spec), BuildMode::Dockerfile);
  demo = digits();
  demo.spec.repo_ref.reset();
  demo.spec.image = "a/b:c";
  EXPECT_EQ(build_mode(demo.spec), BuildMode::Prebuilt);
}

TEST(DemoDefaults, FillNamespacesOnceAndForAll) {
  Demo demo = digits();
  demo.spec.models = {{"a", {"w", "u-grace"}, "main", "/m"}};
  set_defaults(demo);
  EXPECT_EQ(demo.spec.repo_ref->namespace_, "u-ada");
  EXPECT_EQ(demo.spec.models[0].repo_ref.namespace_, "u-grace");
  EXPECT_EQ(demo.spec.scaling.target, 20);
  const Demo once = demo;
  set_defaults(demo);
  EXPECT_EQ(demo, once);
}

ImageTemplate with_parameters() {
  ImageTemplate t;
  t.metadata.name = "t-v1";
  t.spec.parameters = {{.name = "WORKERS",
                        .type = ParameterType::Integer,
                        .default_ = "1",
                        .required = false,
                        .secret = false,
                        .description = ""},
                       {.name = "MODEL",
                        .type = ParameterType::String,
                        .default_ = std::nullopt,
                        .required = true,
                        .secret = false,
                        .description = "which model"},
                       {.name = "TOKEN",
                        .type = ParameterType::String,
                        .default_ = std::nullopt,
                        .required = true,
                        .secret = true,
                        .description = ""}};
  return t;
}

TEST(DemoParameters, FollowTheTemplate) {
  Demo demo = digits();
  demo.spec.parameters = {{"MODEL", "x"}, {"WORKERS", "4"}};
  EXPECT_EQ(to_string(validate_parameters(demo, with_parameters())), "");
}

TEST(DemoParameters, EachMistakeIsNamed) {
  Demo demo = digits();
  demo.spec.parameters = {{"OTHER", "x"}, {"TOKEN", "hunter2"}, {"WORKERS", "many"}};
  const FieldErrors errors = validate_parameters(demo, with_parameters());
  EXPECT_EQ(paths_of(errors), (std::vector<std::string>{"spec.parameters.OTHER", "spec.parameters.TOKEN",
                                                        "spec.parameters.WORKERS", "spec.parameters.MODEL"}));
  EXPECT_EQ(errors[0].accepted, "WORKERS, MODEL, TOKEN");
  EXPECT_EQ(to_string(errors).find("hunter2"), std::string::npos);
}

TEST(DemoStages, HaveHuggingFacesNames) {
  EXPECT_EQ(stage_rest_name(DemoStage::NoAppFile), "NO_APP_FILE");
  EXPECT_EQ(stage_rest_name(DemoStage::RunningAppStarting), "RUNNING_APP_STARTING");
  EXPECT_EQ(stage_rest_name(DemoStage::Running), "RUNNING");
}

TEST(Tolerations, AsNodesHaveThem) {
  const Taint taint{"gpu", "a10", TaintEffect::NoSchedule};
  const auto tolerates = [&](std::string key, TolerationOperator op, std::string value,
                             std::optional<TaintEffect> effect) {
    return Toleration{std::move(key), op, std::move(value), effect}.tolerates(taint);
  };
  EXPECT_TRUE(tolerates("gpu", TolerationOperator::Equal, "a10", std::nullopt));
  EXPECT_TRUE(tolerates("gpu", TolerationOperator::Exists, "", TaintEffect::NoSchedule));
  EXPECT_TRUE(tolerates("", TolerationOperator::Exists, "", std::nullopt));
  EXPECT_FALSE(tolerates("", TolerationOperator::Equal, "", std::nullopt));
  EXPECT_FALSE(tolerates("gpu", TolerationOperator::Equal, "h100", std::nullopt));
  EXPECT_FALSE(tolerates("gpu", TolerationOperator::Exists, "", TaintEffect::NoExecute));
}

}  // namespace
}  // namespace causeway::crds
