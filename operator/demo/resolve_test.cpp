#include "operator/demo/resolve.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operator/demo/record.hpp"
#include "operator/demo/registry.hpp"
#include "operator/demo/revision.hpp"
#include "operator/demo/testing.hpp"

namespace causeway::op::demo {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

kube::Condition condition(std::string type, std::string status, std::string message = {}) {
  return {.type = std::move(type),
          .status = std::move(status),
          .observed_generation = 1,
          .last_transition_time = {},
          .reason = "R",
          .message = std::move(message)};
}

struct ResolveTest : ::testing::Test {
  ResolveTest() {
    repo.metadata.namespace_ = "u-ada";
    repo.metadata.name = "digits";
    repo.spec.path = "ada/digits";
    repo.status.conditions = {condition("Ready", "True")};
    repo.status.head = crds::RepoHead{.branch = "main", .commit = commit, .message = {}, .author = {}, .time = {}};
    python.metadata.namespace_ = "causeway-system";
    python.metadata.name = "python-v1";
    python.spec.family = "python";
    python.spec.dockerfile = "ARG BASE_PYTHON=python:3\nFROM ${BASE_PYTHON}\nARG APP_FILE=app.py\n";
    python.spec.port = 8080;
    python.spec.health.path = "/";
    python.spec.resources.memory = "512Mi";
    python.spec.parameters = {{.name = "APP_FILE",
                               .type = crds::ParameterType::String,
                               .default_ = "app.py",
                               .required = false,
                               .secret = false,
                               .description = {}},
                              {.name = "THEME",
                               .type = crds::ParameterType::String,
                               .default_ = "dark",
                               .required = false,
                               .secret = false,
                               .description = {}},
                              {.name = "SIZE",
                               .type = crds::ParameterType::Integer,
                               .default_ = {},
                               .required = true,
                               .secret = false,
                               .description = "pixels"}};
    demo.spec.parameters = {{"SIZE", "28"}};
    settings.images = {
        {"builder", "b:1"}, {"base-python", "registry/causeway/base-python:12"}, {"base-debian", "d:12"}};
  }
  template <class T>
  std::string blocker(const std::variant<T, Blocker>& outcome) {
    const auto* b = std::get_if<Blocker>(&outcome);
    return b ? b->reason : "none";
  }
  const std::string commit = std::string(40, 'c');
  crds::Demo demo = testing::demo();
  crds::Repo repo;
  crds::ImageTemplate python;
  Settings settings;
};

TEST_F(ResolveTest, TheRepositoryAsBuildPodsReachIt) {
  const auto source = std::get<CodeSource>(resolve_source(demo, &repo, settings));
  EXPECT_EQ(source.url, "http://git.causeway-system.svc/ada/digits.git");
  EXPECT_EQ(source.head_commit, commit);
}

// Otherwise a platform that begins to speak https inside would build and deploy all of its demos anew.
TEST_F(ResolveTest, OverHttpsItIsTheSameRepository) {
  const auto before = std::get<CodeSource>(resolve_source(demo, &repo, settings));
  const auto built = std::get<Inputs>(resolve_inputs(demo, before, &python, commit, "", settings));
  settings.git_internal_url = "https://git.causeway-system.svc/";
  const auto after = std::get<CodeSource>(resolve_source(demo, &repo, settings));
  EXPECT_EQ(after.url, before.url);
  EXPECT_EQ(after.address, "https://git.causeway-system.svc/ada/digits.git");
  const auto again = std::get<Inputs>(resolve_inputs(demo, after, &python, commit, "", settings));
  EXPECT_EQ(again.deployment, built.deployment);
  ASSERT_TRUE(again.build && built.build);
  EXPECT_EQ(built.build->address, "");
  EXPECT_EQ(again.build->address, after.address);
  EXPECT_EQ(build::build_id(*again.build), build::build_id(*built.build));
}

TEST_F(ResolveTest, RepositoriesThatAreNotThereOrNotOnes) {
  EXPECT_EQ(blocker(resolve_source(demo, nullptr, settings)), "RepoNotFound");
  demo.spec.repo_ref->namespace_ = "u-eve";
  repo.metadata.namespace_ = "u-eve";
  EXPECT_EQ(blocker(resolve_source(demo, &repo, settings)), "RepoNotFound") << "somebody else's private one";
  repo.spec.visibility = crds::RepoVisibility::Public;
  EXPECT_EQ(blocker(resolve_source(demo, &repo, settings)), "none");
  repo.status.conditions = {condition("Ready", "False", "disk full")};
  const auto waiting = std::get<Blocker>(resolve_source(demo, &repo, settings));
  EXPECT_EQ(waiting.reason, "RepoNotReady");
  EXPECT_FALSE(waiting.stalled);
  EXPECT_THAT(waiting.message, HasSubstr("disk full"));
  demo.spec.repo_ref.reset();
  EXPECT_EQ(blocker(resolve_source(demo, nullptr, settings)), "SourceNotServed");
}

TEST_F(ResolveTest, CommitsOfRevisions) {
  const auto source = std::get<CodeSource>(resolve_source(demo, &repo, settings));
  EXPECT_EQ(std::get<KnownCommit>(resolve_commit(demo, source, {})).commit, commit);
  demo.spec.revision = "main";
  EXPECT_EQ(std::get<KnownCommit>(resolve_commit(demo, source, {})).commit, commit);
  demo.spec.revision = std::string(40, 'd');
  EXPECT_EQ(std::get<KnownCommit>(resolve_commit(demo, source, {})).commit, std::string(40, 'd'));
  demo.spec.revision = "v1.0";
  EXPECT_EQ(std::get<AskGit>(resolve_commit(demo, source, {})).name, "v1.0");
  demo.spec.revision.clear();
  auto empty = source;
  empty.head_commit.clear();
  const auto nothing = std::get<Blocker>(resolve_commit(demo, empty, {}));
  EXPECT_EQ(nothing.reason, "RepoEmpty");
  EXPECT_EQ(nothing.stage, crds::DemoStage::NoAppFile);
}

TEST_F(ResolveTest, WithoutAutoDeployTheDeployedCommitStays) {
  const auto source = std::get<CodeSource>(resolve_source(demo, &repo, settings));
  demo.spec.auto_deploy = false;
  EXPECT_EQ(std::get<KnownCommit>(resolve_commit(demo, source, {})).commit, commit) << "the first time it is taken";
  auto old = testing::record("digits-1", std::string(40, '1'));
  old.content.repository = source.url;
  EXPECT_EQ(std::get<KnownCommit>(resolve_commit(demo, source, {old})).commit, std::string(40, '1'));
  demo.spec.revision = "main";
  EXPECT_EQ(std::get<KnownCommit>(resolve_commit(demo, source, {old})).commit, commit) << "another wish";
}

TEST_F(ResolveTest, Templates) {
  EXPECT_EQ(blocker(resolve_template(demo, nullptr)), "TemplateNotFound");
  EXPECT_EQ(std::get<TemplateChoice>(resolve_template(demo, &python)).image_template, &python);
  python.status.conditions = {condition("Ready", "False", "no FROM"), condition("Stalled", "True")};
  const auto broken = std::get<Blocker>(resolve_template(demo, &python));
  EXPECT_EQ(broken.reason, "TemplateNotUsable");
  EXPECT_THAT(broken.message, HasSubstr("no FROM"));
  demo.spec.template_ref.reset();
  EXPECT_EQ(std::get<TemplateChoice>(resolve_template(demo, nullptr)).image_template, nullptr);
}

TEST_F(ResolveTest, BuildAndRunAreToldApart) {
  const auto source = std::get<CodeSource>(resolve_source(demo, &repo, settings));
  demo.spec.health.path = "/healthz";
  demo.spec.env = {{"A", "1"}};
  const auto inputs = std::get<Inputs>(resolve_inputs(demo, source, &python, commit, "", settings));
  const auto& d = inputs.deployment;
  EXPECT_EQ(d.port, 8080);
  EXPECT_EQ(d.health.path, "/healthz");
  EXPECT_EQ(d.resources.memory, "512Mi");
  EXPECT_EQ(d.template_name, "causeway-system/python-v1");
  const std::vector<crds::EnvVar> env{{"SIZE", "28"}, {"THEME", "dark"}, {"A", "1"}};
  EXPECT_EQ(d.env, env) << "APP_FILE is the build's";
  ASSERT_TRUE(inputs.build);
  EXPECT_EQ(inputs.build->image, "registry.causeway.internal/u-ada/digits");
  EXPECT_EQ(inputs.build->tag, build::build_id(*inputs.build));
  EXPECT_THAT(inputs.build->args, Contains(Pair("BASE_PYTHON", "registry/causeway/base-python:12")));
  EXPECT_THAT(inputs.build->args, Contains(Pair("APP_FILE", "app.py")));
  EXPECT_THAT(inputs.build->args, Not(Contains(Key("BASE_DEBIAN"))));
  EXPECT_THAT(inputs.build->args, Not(Contains(Key("THEME"))));
  // What only runs otherwise is not built again.
  demo.spec.env = {{"A", "2"}};
  demo.spec.parameters["THEME"] = "light";
  const auto again = std::get<Inputs>(resolve_inputs(demo, source, &python, commit, "", settings));
  EXPECT_EQ(again.deployment.build_id, d.build_id);
  EXPECT_NE(record_name("digits", again.deployment), record_name("digits", d));
}

TEST_F(ResolveTest, WrongParametersAreNamed) {
  const auto source = std::get<CodeSource>(resolve_source(demo, &repo, settings));
  demo.spec.parameters = {{"SIZE", "many"}, {"COLOUR", "red"}};
  const auto wrong = std::get<Blocker>(resolve_inputs(demo, source, &python, commit, "", settings));
  EXPECT_EQ(wrong.reason, "InvalidParameters");
  EXPECT_THAT(wrong.message, HasSubstr("spec.parameters.SIZE"));
  EXPECT_THAT(wrong.message, HasSubstr("COLOUR"));
}

TEST_F(ResolveTest, TheRepositorysOwnDockerfile) {
  const auto source = std::get<CodeSource>(resolve_source(demo, &repo, settings));
  demo.spec.template_ref.reset();
  demo.spec.parameters.clear();
  demo.spec.build.args = {{"A", "b"}};
  const auto inputs = std::get<Inputs>(resolve_inputs(demo, source, nullptr, commit, "", settings));
  EXPECT_EQ(inputs.build->dockerfile, "");
  EXPECT_THAT(inputs.build->args, Contains(Pair("A", "b")));
  EXPECT_EQ(inputs.deployment.port, 7860);
}

TEST_F(ResolveTest, APrebuiltImageIsNotBuilt) {
  demo.spec.repo_ref.reset();
  demo.spec.template_ref.reset();
  demo.spec.parameters.clear();
  demo.spec.image = "r/x@sha256:1";
  demo.spec.port = 80;
  const auto inputs = std::get<Inputs>(resolve_inputs(demo, {}, nullptr, "", "r/x@sha256:1", settings));
  EXPECT_FALSE(inputs.build);
  EXPECT_EQ(inputs.deployment.image, "r/x@sha256:1");
  EXPECT_EQ(inputs.deployment.port, 80);
}

TEST_F(ResolveTest, WrongSpecsShowTheField) {
  EXPECT_FALSE(check_spec(demo, "ada"));
  demo.metadata.name = std::string(62, 'x');
  const auto wrong = check_spec(demo, "ada");
  ASSERT_TRUE(wrong);
  EXPECT_THAT(wrong->message, HasSubstr("metadata.name"));
}

TEST_F(ResolveTest, WhatIsNotServedYetIsRefusedNotIgnored) {
  demo.spec.visibility = crds::DemoVisibility::Private;
  const auto refused = check_spec(demo, "ada");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->reason, "NotServedYet");
  EXPECT_THAT(refused->message, HasSubstr("spec.visibility"));
}

TEST(Record, RoundTripNamesAndPruning) {
  const auto demo = testing::demo();
  auto record = testing::record();
  record.name = record_name("digits", record.content);
  record.revision = 4;
  record.content.env = {{"A", "1"}};
  record.content.storage = crds::Storage{.size = "1Gi", .mount_path = "/data"};
  const auto object = to_object(record, demo);
  const auto read = from_object(object);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, record);
  auto elsewhere = record.content;
  elsewhere.regions = {"x"};
  EXPECT_EQ(record_name("digits", elsewhere), record_name("digits", record.content)) << "a move is no new deployment";

  std::vector<DeploymentRecord> many;
  for (int i = 1; i <= 25; ++i) {
    many.push_back(testing::record("digits-" + std::to_string(i)));
    many.back().revision = i;
  }
  EXPECT_EQ(next_revision(many), 26);
  EXPECT_THAT(records_to_prune(many, {"digits-2"}),
              ::testing::UnorderedElementsAre("digits-1", "digits-3", "digits-4", "digits-5"));
}

TEST(Image, References) {
  const std::string digest = "sha256:" + std::string(64, 'a');
  const auto full = parse_image("registry.example.org:5000/a/b:1@" + digest);
  ASSERT_TRUE(full);
  EXPECT_EQ(full->host, "registry.example.org:5000");
  EXPECT_EQ(full->repository, "a/b");
  EXPECT_EQ(full->tag, "1");
  EXPECT_EQ(full->digest, digest);
  EXPECT_EQ(parse_image("library/python:3")->host, "");
  EXPECT_FALSE(parse_image("a@sha256:short"));
  EXPECT_FALSE(parse_image(""));
  EXPECT_FALSE(parse_image("a b"));
}

}  // namespace
}  // namespace causeway::op::demo
