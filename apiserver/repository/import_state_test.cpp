#include "apiserver/repository/import_state.hpp"

#include <gtest/gtest.h>

namespace causeway::api::repository {
namespace {

crds::Repo repo(const std::string& reason, const std::string& message, std::int64_t generation = 1) {
  crds::Repo r;
  r.metadata.generation = 1;
  r.spec.import_ = crds::RepoImport{.url = "https://example.org/x", .credentials_ref = {}, .mirror_interval = {}};
  kube::set_condition(r.status.conditions,
                      {.type = std::string(crds::repo_conditions::kImported),
                       .status = "False",
                       .observed_generation = generation,
                       .last_transition_time = {},
                       .reason = reason,
                       .message = message},
                      base::WallTime{});
  return r;
}

TEST(ImportState, FollowsTheCondition) {
  crds::Repo fresh;
  EXPECT_EQ(import_state_of(fresh).state, "waiting");
  EXPECT_EQ(import_state_of(repo("Queued", "others")).state, "waiting");
  EXPECT_EQ(import_state_of(repo("Queued", "others")).error, "");
  const auto running = import_state_of(repo("Importing", "receiving objects: 430 of 1000, 7 bytes"));
  EXPECT_EQ(running.state, "running");
  EXPECT_EQ(to_string(running.progress.phase), "receiving");
  EXPECT_EQ(running.progress.done, 430U);
  EXPECT_EQ(running.progress.total, 1000U);
  EXPECT_EQ(running.progress.bytes, 7U);
  EXPECT_EQ(import_state_of(repo("ImportFailed", "no answer")).state, "waiting") << "it is tried again";
  EXPECT_EQ(import_state_of(repo("ImportFailed", "no answer")).error, "no answer");
  EXPECT_EQ(import_state_of(repo("ImportRefused", "not there")).state, "failed");
  EXPECT_EQ(import_state_of(repo("ImportRefused", "not there")).error, "not there");
  EXPECT_EQ(import_state_of(repo("ImportRefused", "not there", 0)).state, "waiting") << "of another address";
  auto done = repo("ImportFailed", "the copy of today failed");
  done.status.imported = crds::RepoImported{.at = "2026-11-24T10:00:00Z", .from = "https://example.org/x"};
  EXPECT_EQ(import_state_of(done).state, "succeeded");
}

TEST(ImportState, WhereThereIsNoRepositoryNothingIsImported) {
  auto taken = repo("Pending", "");
  kube::set_condition(taken.status.conditions,
                      {.type = std::string(crds::repo_conditions::kStalled),
                       .status = "True",
                       .observed_generation = 1,
                       .last_transition_time = {},
                       .reason = "PathTaken",
                       .message = "the path is another one's"},
                      base::WallTime{});
  EXPECT_EQ(import_state_of(taken).state, "failed");
  EXPECT_EQ(import_state_of(taken).error, "the path is another one's");
}

}  // namespace
}  // namespace causeway::api::repository
