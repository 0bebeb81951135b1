#include "operator/build/context.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.hpp"

namespace causeway::op::build {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct ContextTest : testing::Test {
  void SetUp() override {
    fs::create_directories(checkout / "app");
    fs::create_directories(scratch);
  }
  void file(const std::string& name) { std::ofstream(checkout / name) << "x\n"; }
  base::TemporaryDirectory folder;
  fs::path checkout = folder.path() / "source", scratch = folder.path() / "scratch";
  BuildSpec spec;
  Context context;
};

TEST_F(ContextTest, OwnDockerfileOfTheFolder) {
  file("app/Dockerfile");
  spec.path = "app";
  EXPECT_EQ(prepare_context(spec, checkout, scratch, context).reason, BuildReason::None);
  EXPECT_EQ(context.folder, fs::canonical(checkout / "app"));
  EXPECT_EQ(context.dockerfile, fs::canonical(checkout / "app/Dockerfile"));
}

TEST_F(ContextTest, MissingDockerfileListsWhatIsThere) {
  file("README.md");
  const auto result = prepare_context(spec, checkout, scratch, context);
  EXPECT_EQ(result.reason, BuildReason::NoDockerfile);
  EXPECT_THAT(result.message, HasSubstr("README.md, app/"));
}

TEST_F(ContextTest, MissingFolderOrOneOutside) {
  for (const char* path : {"nothing", "../scratch", "/etc", "app/../../scratch"}) {
    spec.path = path;
    EXPECT_EQ(prepare_context(spec, checkout, scratch, context).reason, BuildReason::RevisionNotFound) << path;
  }
  fs::create_directory_symlink(scratch, checkout / "link");
  spec.path = "link";
  EXPECT_EQ(prepare_context(spec, checkout, scratch, context).reason, BuildReason::RevisionNotFound);
}

TEST_F(ContextTest, ADockerfileThatLinksOutsideIsNone) {
  fs::create_symlink("/etc/passwd", checkout / "Dockerfile");
  EXPECT_EQ(prepare_context(spec, checkout, scratch, context).reason, BuildReason::NoDockerfile);
}

TEST_F(ContextTest, TheTemplatesDockerfileStaysOutsideTheContext) {
  spec.dockerfile = "FROM a:1\n";
  EXPECT_EQ(prepare_context(spec, checkout, scratch, context).reason, BuildReason::None);
  EXPECT_EQ(context.dockerfile, scratch / "Dockerfile");
  EXPECT_EQ(*base::read_file(context.dockerfile), "FROM a:1\n");
}

TEST_F(ContextTest, TheAppFileHasToBeThere) {
  spec.dockerfile = "FROM a:1\nARG APP_FILE=app.py\n";
  file("main.py");
  const auto result = prepare_context(spec, checkout, scratch, context);
  EXPECT_EQ(result.reason, BuildReason::NoAppFile);
  EXPECT_THAT(result.message, HasSubstr("no app.py"));
  EXPECT_THAT(result.message, HasSubstr("main.py"));
  spec.args["APP_FILE"] = "main.py";
  EXPECT_EQ(prepare_context(spec, checkout, scratch, context).reason, BuildReason::None);
}

}  // namespace
}  // namespace causeway::op::build
