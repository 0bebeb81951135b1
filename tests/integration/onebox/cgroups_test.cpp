// Real control groups, of either kind; needs root.

#include "onebox/machine/cgroups.hpp"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/process.hpp"

namespace causeway::onebox {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

// The hierarchy that freezes: v2, or v1's freezer.
std::optional<CgroupHierarchy> freezing(const std::vector<CgroupHierarchy>& all) {
  for (const auto& h : all)
    if (h.v2 || std::ranges::find(h.controllers, "freezer") != h.controllers.end()) return h;
  return std::nullopt;
}

bool put(const fs::path& file, const std::string& text) {
  std::ofstream out(file);
  out << text << std::flush;
  return bool(out);
}

TEST(Cgroups, WhatIsFrozenIsRemovedAsWell) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  const auto all = cgroup_hierarchies();
  ASSERT_TRUE(all) << all.error().message;
  const auto hierarchy = freezing(*all);
  ASSERT_TRUE(hierarchy);
  const std::string group = "/causeway-test-" + std::to_string(getpid());
  const fs::path pod = hierarchy->mount / group.substr(1) / "pod";
  fs::create_directories(pod);
  base::ProcessSpec spec;
  spec.argv = {"/bin/sleep", "1000"};
  auto frozen = base::Process::spawn(spec);
  ASSERT_TRUE(frozen) << frozen.error().message;
  ASSERT_TRUE(put(pod / "cgroup.procs", std::to_string(frozen->pid())));
  ASSERT_TRUE(hierarchy->v2 ? put(pod / "cgroup.freeze", "1") : put(pod / "freezer.state", "FROZEN"));
  const auto removed = remove_cgroup(group);
  EXPECT_TRUE(removed) << removed.error().message;
  EXPECT_FALSE(fs::exists(pod));
  if (!removed && !hierarchy->v2) (void)put(pod / "freezer.state", "THAWED");
  (void)frozen->wait(10s);
}

}  // namespace
}  // namespace causeway::onebox
