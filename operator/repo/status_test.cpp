#include "operator/repo/status.hpp"

#include <gtest/gtest.h>

namespace causeway::op::repo {
namespace {

crds::Repo repo() {
  crds::Repo r;
  r.metadata.uid = "u1";
  r.metadata.generation = 3;
  r.spec.path = "ada/digits";
  return r;
}

std::string reason(const crds::RepoStatus& s, const char* type) {
  const auto* c = kube::find_condition(s.conditions, type);
  return c ? c->status + " " + c->reason : "absent";
}

TEST(RepoStatus, ServingAndEmpty) {
  Found found;
  found.look = Look{};
  auto status = status_of(repo(), found, "http://git.localhost:8080/", base::WallTime{});
  EXPECT_EQ(status.observed_generation, 3);
  EXPECT_EQ(status.clone->http, "http://git.localhost:8080/ada/digits.git");
  EXPECT_EQ(reason(status, "Ready"), "True Empty");
  EXPECT_EQ(reason(status, "Stalled"), "False Done");
  EXPECT_EQ(reason(status, "Imported"), "False NotAsked");
  found.look->head = crds::RepoHead{.branch = "main", .commit = "c", .message = {}, .author = {}, .time = {}};
  status = status_of(repo(), found, "", base::WallTime{});
  EXPECT_EQ(reason(status, "Ready"), "True Serving");
  EXPECT_EQ(status.head->commit, "c");
}

TEST(RepoStatus, TerminalProblemsStallAndPassingOnesReconcile) {
  Found found;
  found.problem = Problem{"PathTaken", "taken", true};
  auto status = status_of(repo(), found, "", base::WallTime{});
  EXPECT_EQ(reason(status, "Ready"), "False PathTaken");
  EXPECT_EQ(reason(status, "Stalled"), "True PathTaken");
  found.problem = Problem{"StorageFailed", "disk full", false};
  status = status_of(repo(), found, "", base::WallTime{});
  EXPECT_EQ(reason(status, "Stalled"), "False StorageFailed");
  EXPECT_EQ(reason(status, "Reconciling"), "True StorageFailed");
}

TEST(RepoStatus, AFailedMirrorKeepsServingTheCopy) {
  auto r = repo();
  r.spec.import_ = crds::RepoImport{.url = "https://x/y", .credentials_ref = {}, .mirror_interval = "1h"};
  Found found;
  found.import_problem = Problem{"ImportFailed", "down", false};
  EXPECT_EQ(reason(status_of(r, found, "", base::WallTime{}), "Ready"), "False ImportFailed");
  r.status.imported = crds::RepoImported{.at = "2026-11-24T10:00:00Z", .from = "https://x/y"};
  found.look = Look{};
  const auto status = status_of(r, found, "", base::WallTime{});
  EXPECT_EQ(reason(status, "Ready"), "True Empty");
  EXPECT_EQ(reason(status, "Imported"), "True Imported");
  EXPECT_EQ(reason(status, "Synced"), "False ImportFailed");
}

}  // namespace
}  // namespace causeway::op::repo
