#include "crds/assignment/assignment.hpp"

#include <gtest/gtest.h>

#include "crds/assignment/validation.hpp"

namespace causeway::crds {
namespace {

TEST(AssignmentName, TellsEqualNamesOfTwoTenantsApart) {
  EXPECT_EQ(assignment_name("u-ada", "digits"), assignment_name("u-ada", "digits"));
  EXPECT_NE(assignment_name("u-ada", "digits"), assignment_name("u-bob", "digits"));
  EXPECT_TRUE(assignment_name("u-ada", "digits").starts_with("digits-"));
  EXPECT_EQ(assignment_name("u-ada", "digits").size(), 6U + 1 + 8);
}

TEST(AssignmentName, StaysALabelValue) {
  const std::string name = assignment_name("u-ada", std::string(53, 'd') + "-" + std::string(6, 'e'));
  EXPECT_LE(name.size(), 63U);
  EXPECT_EQ(name.find("--"), std::string::npos);
  EXPECT_NE(name, assignment_name("u-ada", std::string(53, 'd') + "-" + std::string(5, 'e')));
}

TEST(Namespaces, AreFromTheFirstEightOfTheUid) {
  EXPECT_EQ(cluster_namespace("0f3a9c51-1111-2222-3333-444455556666"), "cluster-0f3a9c51");
  EXPECT_EQ(run_namespace("0f3a9c51-1111-2222-3333-444455556666"), "causeway-run-0f3a9c51");
}

TEST(AssignmentUpdate, EpochNeverGoesBackAndTheDemoStays) {
  Assignment before;
  before.spec.epoch = 4;
  before.spec.demo_ref = {"u-ada", "digits", "1"};
  Assignment after = before;
  after.spec.epoch = 5;
  EXPECT_TRUE(validate_update(before, after).empty());
  after.spec.epoch = 3;
  after.spec.demo_ref.uid = "2";
  EXPECT_EQ(validate_update(before, after).size(), 2U);
}

TEST(AssignmentStatus, ZeroesAreWritten) {
  const auto status = kube::to_json(AssignmentStatus{}).as_object();
  EXPECT_EQ(status.at("observedEpoch").as_int64(), 0);
  EXPECT_EQ(status.at("ready").as_bool(), false);
  EXPECT_EQ(status.at("readyReplicas").as_int64(), 0);
}

}  // namespace
}  // namespace causeway::crds
