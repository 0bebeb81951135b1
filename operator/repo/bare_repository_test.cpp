#include "operator/repo/bare_repository.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.hpp"
#include "base/process.hpp"
#include "operator/build/git_environment.hpp"

namespace causeway::op::repo {
namespace {

namespace fs = std::filesystem;

struct BareRepositoryTest : testing::Test {
  BareRepositoryTest() {
    repo.metadata.namespace_ = "u-ada";
    repo.metadata.name = "digits";
    repo.metadata.uid = "uid-1";
    repo.spec.path = "ada/digits";
    repo.spec.visibility = crds::RepoVisibility::Public;
    repo.spec.description = "Digits, drawn";
  }
  static base::RunOutput run(std::vector<std::string> argv, const fs::path& cwd) {
    base::ProcessSpec spec;
    spec.argv = std::move(argv);
    spec.cwd = cwd.string();
    auto env = build::git_environment();
    for (const char* who : {"AUTHOR", "COMMITTER"}) {
      env[std::string("GIT_") + who + "_NAME"] = "Ada";
      env[std::string("GIT_") + who + "_EMAIL"] = "ada@example.org";
      env[std::string("GIT_") + who + "_DATE"] = "2026-11-24T10:00:00+02:00";
    }
    spec.env = env;
    auto ran = base::run(spec);
    EXPECT_TRUE(ran.ok());
    return ran.ok() ? *ran : base::RunOutput{};
  }
  std::string push(const std::string& branch, const std::string& message) {
    const auto work = folder.path() / ("work-" + branch);
    fs::create_directories(work);
    run({"git", "init", "-q", "--initial-branch=" + branch, "."}, work);
    run({"git", "commit", "-q", "--allow-empty", "-m", message}, work);
    const auto pushed = run({"git", "push", "-q", bare.directory().string(), branch}, work);
    EXPECT_TRUE(pushed.status.success()) << pushed.err;
    return run({"git", "rev-parse", "HEAD"}, work).out.substr(0, 40);
  }

  base::TemporaryDirectory folder{"causeway-repo"};
  Layout layout{folder.path() / "data"};
  BareRepository bare{layout.repository({"ada", "digits"})};
  crds::Repo repo;
};

TEST_F(BareRepositoryTest, IsMadeAndConfiguredAsTheServerExpects) {
  EXPECT_FALSE(bare.exists());
  ASSERT_TRUE(bare.init("main").ok());
  ASSERT_TRUE(bare.owner().ok());
  EXPECT_FALSE(bare.owner()->has_value());
  ASSERT_TRUE(bare.configure(repo).ok());
  EXPECT_EQ(*bare.git({"config", "causeway.visibility"}), "public\n");
  EXPECT_EQ(*bare.git({"config", "causeway.archived"}), "false\n");
  EXPECT_EQ(*bare.git({"config", "causeway.lfs"}), "true\n");
  const auto owner = bare.owner();
  ASSERT_TRUE(owner.ok() && owner->has_value());
  EXPECT_EQ((*owner)->uid, "uid-1");
  EXPECT_EQ((*owner)->object, "u-ada/digits");
  EXPECT_EQ(*base::read_file(bare.directory() / "description"), "Digits, drawn\n");

  repo.spec.archived = true;
  repo.spec.visibility = crds::RepoVisibility::Private;
  repo.spec.default_branch = "trunk";
  ASSERT_TRUE(bare.configure(repo).ok());
  EXPECT_EQ(*bare.git({"config", "causeway.visibility"}), "private\n");
  EXPECT_EQ(*bare.git({"config", "causeway.archived"}), "true\n");
  EXPECT_EQ(*bare.git({"symbolic-ref", "HEAD"}), "refs/heads/trunk\n");
}

TEST_F(BareRepositoryTest, ConfiguringAgainTouchesNothing) {
  ASSERT_TRUE(bare.init("main").ok());
  ASSERT_TRUE(bare.configure(repo).ok());
  const auto stamp = fs::last_write_time(bare.directory() / "config");
  ASSERT_TRUE(bare.configure(repo).ok());
  EXPECT_EQ(fs::last_write_time(bare.directory() / "config"), stamp) << "the server would read it again";
}

TEST_F(BareRepositoryTest, AnEmptyOneHasNoHead) {
  ASSERT_TRUE(bare.init("main").ok());
  const auto look = bare.look("main");
  ASSERT_TRUE(look.ok()) << look.error().message;
  EXPECT_FALSE(look->head.has_value());
  EXPECT_EQ(look->branch_count, 0);
}

TEST_F(BareRepositoryTest, APushIsSeenAndTold) {
  ASSERT_TRUE(bare.init("main").ok());
  ASSERT_TRUE(bare.configure(repo).ok());
  fs::create_directories(layout.events());
  const auto commit = push("main", "Recognise a digit\n\nbody");
  push("other", "x");
  const auto look = bare.look("main");
  ASSERT_TRUE(look.ok());
  ASSERT_TRUE(look->head.has_value());
  EXPECT_EQ(look->head->commit, commit);
  EXPECT_EQ(look->head->branch, "main");
  EXPECT_EQ(look->head->message, "Recognise a digit");
  EXPECT_EQ(look->head->author, "Ada");
  EXPECT_EQ(look->head->time, "2026-11-24T08:00:00Z");
  EXPECT_EQ(look->branch_count, 2);
  EXPECT_GT(look->size_bytes, 0);
  EXPECT_TRUE(fs::exists(layout.events() / "u-ada.digits"));
}

TEST_F(BareRepositoryTest, CommitsThatAreNotUtf8StillGiveText) {
  ASSERT_TRUE(bare.init("main").ok());
  // git itself mends what it is given; a commit made by hand may say anything.
  const auto file = folder.path() / "commit";
  const auto tree = bare.git({"hash-object", "-t", "tree", "-w", "/dev/null"});
  ASSERT_TRUE(tree.ok());
  std::ofstream(file) << "tree " << *tree
                      << "author A <a@b> 0 +0000\ncommitter A <a@b> 0 +0000\nencoding UTF-8\n\ncaf\xe9 "
                      << std::string(400, 'x') << "\n";
  const auto commit = bare.git({"hash-object", "-t", "commit", "-w", "--literally", file.string()});
  ASSERT_TRUE(commit.ok()) << commit.error().message;
  ASSERT_TRUE(bare.git({"update-ref", "refs/heads/main", commit->substr(0, 40)}).ok());
  const auto look = bare.look("main");
  ASSERT_TRUE(look.ok());
  ASSERT_TRUE(look->head.has_value());
  EXPECT_TRUE(look->head->message.starts_with("caf? xxx")) << look->head->message;
  EXPECT_LT(look->head->message.size(), 210u);
}

TEST_F(BareRepositoryTest, DeletionArchivesAndNeverTwiceUnderOneName) {
  const base::WallTime now{};
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(bare.init("main").ok());
    ASSERT_TRUE(archive_repository(layout, bare.directory(), {"u-ada", "digits"}, now).ok());
    EXPECT_FALSE(bare.exists());
  }
  EXPECT_TRUE(archive_repository(layout, bare.directory(), {"u-ada", "digits"}, now).ok()) << "gone already";
  EXPECT_EQ(std::distance(fs::directory_iterator(layout.archive()), fs::directory_iterator{}), 2);
  EXPECT_FALSE(fs::exists(layout.data / "ada"));
}

TEST_F(BareRepositoryTest, AChangedPathMovesIt) {
  ASSERT_TRUE(bare.init("main").ok());
  ASSERT_TRUE(bare.configure(repo).ok());
  ASSERT_TRUE(remember_place(layout, "uid-1", {"ada", "digits"}).ok());
  const auto commit = push("main", "x");
  const RepoPath target{"grace", "Numbers"};
  ASSERT_TRUE(move_repository(layout, "uid-1", target, {}).ok());
  EXPECT_FALSE(bare.exists());
  EXPECT_FALSE(fs::exists(layout.data / "ada"));
  const BareRepository moved(layout.repository(target));
  EXPECT_EQ(moved.look("main")->head->commit, commit);
  ASSERT_TRUE(remember_place(layout, "uid-1", target).ok());
  EXPECT_EQ(remembered_place(layout, "uid-1")->text(), "grace/Numbers");
  EXPECT_TRUE(move_repository(layout, "uid-1", target, {}).ok()) << "it is there already";
  EXPECT_TRUE(move_repository(layout, "uid-2", {"eve", "x"}, {}).ok()) << "nothing was ever made";
  // What lies at the remembered place belongs to somebody else by now.
  ASSERT_TRUE(remember_place(layout, "uid-2", target).ok());
  EXPECT_TRUE(move_repository(layout, "uid-2", {"eve", "x"}, {}).ok());
  EXPECT_TRUE(moved.exists());
}

TEST(Path, SlugsAndBack) {
  EXPECT_EQ(event_slug({"u-ada", "digits.v2"}), "u-ada.digits.v2");
  EXPECT_EQ(key_of_slug("u-ada.digits.v2"), (kube::ObjectKey{"u-ada", "digits.v2"}));
  EXPECT_EQ(key_of_slug("nonsense").name, "");
  EXPECT_EQ(key_of_slug(".x").name, "");
}

TEST(Path, OwnerAndName) {
  ASSERT_TRUE(parse_path("Ada/Digits_2.x").ok());
  EXPECT_EQ(parse_path("Ada/Digits_2.x")->name, "Digits_2.x");
  for (const char* bad :
       {"", "ada", "ada/", "/digits", "ada/../x", "ada/.x", "a/b/c", "ada/x.git", "ada/x y", "../x"}) {
    EXPECT_FALSE(parse_path(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace causeway::op::repo
