// objects/ holds what the status functions write today. After a change that is meant:
// CAUSEWAY_WRITE_OBJECTS=1 build/asan/tests/gitops/gitops_test

#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <set>

#include "base/files.hpp"
#include "crds/crdgen/yaml.hpp"
#include "kube/core/object.hpp"
#include "tests/gitops/states.hpp"

namespace causeway::gitops {
namespace {

namespace fs = std::filesystem;

const fs::path kObjects = CAUSEWAY_GITOPS_OBJECTS;

TEST(Objects, AreWhatTheOperatorWrites) {
  const bool write = std::getenv("CAUSEWAY_WRITE_OBJECTS") != nullptr;
  std::set<std::string> files;
  for (const auto& state : all_states()) {
    const auto text =
        "# kstatus " + state.kstatus + ", Argo CD " + state.argo_cd + "\n" + crds::crdgen::to_yaml(state.object) + "\n";
    const auto file = kObjects / (state.name + ".yaml");
    EXPECT_TRUE(files.insert(file.filename()).second) << state.name << " is there twice";
    if (write) {
      ASSERT_TRUE(base::write_file_atomic(file, text, 0644).ok());
      continue;
    }
    const auto written = base::read_file(file);
    ASSERT_TRUE(written.ok()) << written.error().message;
    EXPECT_EQ(*written, text) << "see the head of this file";
  }
  for (const auto& entry : fs::directory_iterator(kObjects)) {
    EXPECT_TRUE(entry.path().extension() != ".yaml" || files.contains(entry.path().filename())) << entry.path();
  }
}

// What kstatus asks of a kind, for every state there is: somebody who waits is told of an end.
TEST(Objects, NeverLetAClientWaitForEver) {
  for (const auto& state : all_states()) {
    SCOPED_TRACE(state.name);
    const auto conditions = kube::conditions_of(state.object);
    if (conditions.empty()) continue;  // not visited yet
    const bool ready = kube::condition_is_true(conditions, "Ready");
    const bool reconciling = kube::condition_is_true(conditions, "Reconciling");
    const bool stalled = kube::condition_is_true(conditions, "Stalled");
    EXPECT_FALSE(reconciling && stalled);
    EXPECT_TRUE(ready || reconciling || stalled) << "nothing is under way, nothing is wrong, and it is not Ready";
  }
}

}  // namespace
}  // namespace causeway::gitops
