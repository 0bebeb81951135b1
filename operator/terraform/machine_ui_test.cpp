#include "operator/terraform/machine_ui.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace causeway::op::terraform {
namespace {

// Recorded from terraform 1.11.4 and tofu 1.10.10.
constexpr std::string_view kVersion =
    R"({"@level":"info","@message":"Terraform 1.11.4","@module":"terraform.ui","@timestamp":"2026-11-24T01:54:45.469155Z","terraform":"1.11.4","type":"version","ui":"1.2"})";
constexpr std::string_view kTofuVersion =
    R"({"@level":"info","@message":"OpenTofu 1.10.10","@module":"tofu.ui","@timestamp":"2026-11-24T02:03:52.4Z","tofu":"1.10.10","type":"version","ui":"1.2"})";
constexpr std::string_view kPlanned =
    R"({"@level":"info","@message":"terraform_data.a: Plan to create","@module":"terraform.ui","@timestamp":"2026-11-24T01:54:45.375639Z","change":{"resource":{"addr":"terraform_data.a","module":"","resource":"terraform_data.a","implied_provider":"terraform","resource_type":"terraform_data","resource_name":"a","resource_key":null},"action":"create"},"type":"planned_change"})";
constexpr std::string_view kPlanSummary =
    R"({"@level":"info","@message":"Plan: 2 to add, 1 to change, 1 to destroy.","@module":"terraform.ui","@timestamp":"2026-11-24T01:54:45.375744Z","changes":{"add":2,"change":1,"import":0,"remove":1,"operation":"plan"},"type":"change_summary"})";
constexpr std::string_view kApplySummary =
    R"({"@level":"info","@message":"Apply complete! Resources: 1 added, 0 changed, 0 destroyed.","@module":"terraform.ui","@timestamp":"2026-11-24T01:54:46.488711Z","changes":{"add":1,"change":0,"import":0,"remove":0,"operation":"apply"},"type":"change_summary"})";
constexpr std::string_view kInvalidRegion =
    R"({"@level":"error","@message":"Error: Invalid value for variable","@module":"terraform.ui","@timestamp":"2026-11-24T01:54:46.568764Z","diagnostic":{"severity":"error","summary":"Invalid value for variable","detail":"region must be one of local-1.\n\nThis was checked by the validation rule at main.tf:3,3-13.","range":{"filename":"main.tf","start":{"line":1,"column":1,"byte":0},"end":{"line":1,"column":18,"byte":17}}},"type":"diagnostic"})";

std::string hook(std::string_view type, std::string_view address, std::string_view action = "create") {
  return R"({"@level":"info","@message":"said","@module":"terraform.ui","hook":{"resource":{"addr":")" +
         std::string(address) + R"(","module":""},"action":")" + std::string(action) + R"("},"type":")" +
         std::string(type) + R"("})";
}

TEST(MachineUi, FollowsAnApply) {
  MachineUi ui;
  ui.begin_plan();
  ui.feed(kVersion);
  EXPECT_EQ(ui.program(), "terraform 1.11.4");
  EXPECT_FALSE(ui.feed(kPlanned).changed);
  EXPECT_TRUE(ui.feed(kPlanSummary).changed);
  EXPECT_EQ(ui.progress(), (Progress{0, 4, ""}));

  ui.begin_command();
  EXPECT_EQ(ui.progress().total, 4) << "the apply goes on with what the plan counted";
  ui.feed(hook("apply_start", "a"));
  ui.feed(hook("apply_start", "b"));
  EXPECT_EQ(ui.progress(), (Progress{0, 4, "a"})) << "the one that takes longest";
  EXPECT_FALSE(ui.feed(hook("apply_progress", "a")).changed);
  ui.feed(hook("apply_complete", "a"));
  EXPECT_EQ(ui.progress(), (Progress{1, 4, "b"}));
  ui.feed(hook("apply_errored", "b"));
  EXPECT_EQ(ui.progress(), (Progress{1, 4, ""}));
  ui.feed(kApplySummary);
  EXPECT_EQ(ui.progress().total, 4) << "an apply's summary is of what it did, not of what there was to do";
}

TEST(MachineUi, KnowsTofu) {
  MachineUi ui;
  ui.feed(kTofuVersion);
  EXPECT_EQ(ui.program(), "tofu 1.10.10");
  EXPECT_FALSE(ui.has_errors());
}

TEST(MachineUi, AReadIsNoChange) {
  MachineUi ui;
  ui.feed(hook("apply_start", "data.x", "read"));
  ui.feed(hook("apply_complete", "data.x", "read"));
  EXPECT_EQ(ui.progress(), (Progress{0, 0, ""}));
}

TEST(MachineUi, TotalIsNeverBelowDone) {
  MachineUi ui;
  ui.feed(hook("apply_complete", "a", "delete"));
  ui.feed(hook("apply_complete", "a", "create"));
  EXPECT_EQ(ui.progress(), (Progress{2, 2, ""}));
}

TEST(MachineUi, KeepsDiagnostics) {
  MachineUi ui;
  const auto line = ui.feed(kInvalidRegion);
  EXPECT_TRUE(line.changed);
  EXPECT_EQ(line.level, "error");
  ASSERT_EQ(ui.diagnostics().size(), 1u);
  EXPECT_EQ(ui.diagnostics()[0].summary, "Invalid value for variable");
  EXPECT_TRUE(ui.has_errors());
  ui.begin_command();
  EXPECT_TRUE(ui.has_errors()) << "they are the run's, not the command's";
  ui.clear_diagnostics();
  EXPECT_FALSE(ui.has_errors());
}

TEST(MachineUi, ErrorsPushWarningsOut) {
  MachineUi ui;
  auto diagnostic = [](std::string_view severity, int i) {
    return R"({"type":"diagnostic","diagnostic":{"severity":")" + std::string(severity) + R"(","summary":"s)" +
           std::to_string(i) + R"("}})";
  };
  for (int i = 0; i < 30; ++i) ui.feed(diagnostic("warning", i));
  ASSERT_EQ(ui.diagnostics().size(), crds::kMaxDiagnostics);
  EXPECT_FALSE(ui.has_errors());
  for (int i = 0; i < 30; ++i) ui.feed(diagnostic("error", i));
  ASSERT_EQ(ui.diagnostics().size(), crds::kMaxDiagnostics);
  for (const auto& d : ui.diagnostics()) EXPECT_EQ(d.severity, crds::Severity::Error);
  EXPECT_EQ(ui.diagnostics()[0].summary, "s0") << "the first are the ones to read";
}

TEST(MachineUi, AnotherMajorVersionIsAnError) {
  MachineUi ui;
  ui.feed(R"({"type":"version","terraform":"9.0.0","ui":"2.0"})");
  ASSERT_TRUE(ui.has_errors());
  EXPECT_NE(ui.diagnostics()[0].detail.find("\"2.0\""), std::string::npos);
}

TEST(MachineUi, AnEmergencyDumpIsKeptAndNotLogged) {
  MachineUi ui;
  const auto line = ui.feed(
      R"({"@level":"info","@message":"Emergency state dump","state":{"serial":3,"outputs":{"password":{"value":"hunter2"}}},"type":"log"})");
  ASSERT_TRUE(line.state_dump);
  EXPECT_NE(line.state_dump->find("hunter2"), std::string::npos);
  EXPECT_EQ(line.text.find("hunter2"), std::string::npos);
  EXPECT_FALSE(ui.feed(R"({"@level":"info","@message":"an ordinary line","type":"log"})").state_dump);
}

TEST(MachineUi, SurvivesWhatIsNoJson) {
  MachineUi ui;
  for (std::string_view garbage :
       {"", "   ", "{", "}", "null", "[1,2]", "{\"type\":3}", "{\"no\":\"type\"}", "\x01\xff\xfe",
        "{\"type\":\"diagnostic\"}", "{\"type\":\"apply_complete\",\"hook\":null}",
        "{\"type\":\"change_summary\",\"changes\":{\"add\":\"many\"}}", "{\"type\":\"from_the_future\",\"x\":{}}"}) {
    ui.feed(garbage);
  }
  EXPECT_FALSE(ui.crashed());
  EXPECT_NE(ui.noise().find("null"), std::string::npos);
}

TEST(MachineUi, RecognisesACrash) {
  MachineUi ui;
  ui.feed("!!!!!!!!!!!!!!!!!!!!!!!!!!! TERRAFORM CRASH !!!!!!!!!!!!!!!!!!!!!!!!!!!!");
  EXPECT_TRUE(ui.crashed());
  ui.begin_command();
  EXPECT_FALSE(ui.crashed());
  ui.feed("panic: runtime error: invalid memory address or nil pointer dereference");
  for (int i = 0; i < 100; ++i) ui.feed("goroutine " + std::to_string(i));
  EXPECT_TRUE(ui.crashed());
  const auto noise = ui.noise();
  EXPECT_EQ(std::count(noise.begin(), noise.end(), '\n'), 39) << "the last of it, not all of it";
}

TEST(MachineUi, NamesWhatDrifted) {
  MachineUi ui;
  ui.begin_plan();
  ui.feed(R"({"type":"resource_drift","change":{"resource":{"addr":"aws_vpc.main"},"action":"update"}})");
  EXPECT_EQ(ui.drifted(), std::vector<std::string>{"aws_vpc.main"});
  ui.begin_plan();
  EXPECT_TRUE(ui.drifted().empty());
}

}  // namespace
}  // namespace causeway::op::terraform
