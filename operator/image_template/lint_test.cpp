#include "operator/image_template/lint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operator/image_template/digest.hpp"
#include "operator/image_template/dockerfile.hpp"

namespace causeway::op::image_template {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

crds::ImageTemplate make(std::string dockerfile) {
  crds::ImageTemplate t;
  t.metadata.name = "python-v1";
  t.spec.family = "python";
  t.spec.version = 1;
  t.spec.port = 8080;
  t.spec.dockerfile = std::move(dockerfile);
  return t;
}

TEST(Dockerfile, JoinsContinuationsAndKnowsLines) {
  const auto file =
      Dockerfile::parse("# comment\nARG BASE=debian:12\nFROM ${BASE} AS build\nRUN a && \\\n  # inside\n  b\ncmd x\n");
  ASSERT_EQ(file.instructions().size(), 4u);
  EXPECT_EQ(file.instructions()[2].name, "RUN");
  EXPECT_EQ(file.instructions()[2].arguments, "a &&  b");
  EXPECT_EQ(file.instructions()[2].line, 4);
  EXPECT_EQ(file.instructions()[3].name, "CMD");
  EXPECT_THAT(file.base_images(), ElementsAre("debian:12"));
}

TEST(Dockerfile, StagesAndScratchAreNoBases) {
  const auto file = Dockerfile::parse(
      "FROM --platform=linux/amd64 golang:1.22 AS build\nRUN x\nFROM scratch\nCOPY --from=build /a /a\nFROM build\n");
  EXPECT_THAT(file.base_images(), ElementsAre("golang:1.22"));
}

TEST(Dockerfile, EscapeDirective) {
  const auto file = Dockerfile::parse("# escape=`\nFROM a:1\nRUN b `\n c\nRUN d\\\n");
  ASSERT_EQ(file.instructions().size(), 3u);
  EXPECT_EQ(file.instructions()[1].arguments, "b  c");
  EXPECT_EQ(file.instructions()[2].arguments, "d\\");
}

TEST(Dockerfile, ArgsWithAndWithoutDefaults) {
  const auto file = Dockerfile::parse("ARG A=\"x y\nARG B\nARG C='z'\nFROM $C:${B:-1}\n");
  EXPECT_TRUE(file.args().contains("B"));
  EXPECT_FALSE(file.args().at("B").has_value());
  EXPECT_THAT(file.base_images(), ElementsAre("z:1"));
}

TEST(Lint, AGoodTemplateHasNothingToSay) {
  const auto found = lint(make("ARG BASE=python:3.12-slim\nFROM ${BASE}\nUSER 1000\nCMD [\"python3\", \"app.py\"]\n"));
  EXPECT_THAT(found.errors, IsEmpty());
  EXPECT_THAT(found.warnings, IsEmpty());
}

TEST(Lint, WithoutADockerfileTheRepositoryBringsIt) {
  const auto found = lint(make(""));
  EXPECT_THAT(found.errors, IsEmpty());
}

TEST(Lint, SaysWhatCannotBuild) {
  EXPECT_THAT(lint(make("RUN x\n")).errors, Contains(HasSubstr("there is no FROM")));
  EXPECT_THAT(lint(make("RUN x\nFROM a:1\n")).errors, Contains(HasSubstr("line 1: RUN stands before FROM")));
  EXPECT_THAT(lint(make("FROM a:1\nFORM b\n")).errors, Contains(HasSubstr("line 2: \"FORM\"")));
  auto t = make("FROM a:1\n");
  t.spec.port = 0;
  t.metadata.name = "python";
  t.spec.health.path = "healthz";
  t.spec.resources.memory = "lots";
  const auto errors = lint(t).errors;
  EXPECT_THAT(errors, Contains(HasSubstr("spec.port")));
  EXPECT_THAT(errors, Contains(HasSubstr("python-v1")));
  EXPECT_THAT(errors, Contains(HasSubstr("spec.health.path")));
  EXPECT_THAT(errors, Contains(HasSubstr("spec.resources.memory")));
}

TEST(Lint, WarnsOfWhatFloatsAndWhatNobodyStarts) {
  const auto warnings = lint(make("FROM debian\nFROM debian:latest\nFROM r:5000/x@sha256:0\n")).warnings;
  EXPECT_THAT(warnings, Contains(HasSubstr("base image debian has")));
  EXPECT_THAT(warnings, Contains(HasSubstr("base image debian:latest has")));
  EXPECT_THAT(warnings, testing::Not(Contains(HasSubstr("sha256"))));
  EXPECT_THAT(warnings, Contains(HasSubstr("nothing starts")));
  EXPECT_THAT(warnings, Contains(HasSubstr("no USER")));
}

TEST(Lint, SecretsAreNoBuildArguments) {
  auto t = make("FROM a:1\nARG TOKEN\nUSER 1000\nCMD x\n");
  t.spec.parameters = {{.name = "TOKEN",
                        .type = crds::ParameterType::String,
                        .default_ = {},
                        .required = false,
                        .secret = true,
                        .description = {}}};
  EXPECT_THAT(lint(t).errors, Contains(HasSubstr("TOKEN is secret")));
}

TEST(Digest, FollowsBuildInputsOnly) {
  auto t = make("FROM a:1\n");
  const auto digest = build_digest(t.spec);
  EXPECT_EQ(digest.size(), 71u);
  t.spec.port = 9;
  t.spec.title = "x";
  t.spec.proc = {"a"};
  EXPECT_EQ(build_digest(t.spec), digest);
  t.spec.dockerfile += "RUN x\n";
  EXPECT_NE(build_digest(t.spec), digest);
}

}  // namespace
}  // namespace causeway::op::image_template
