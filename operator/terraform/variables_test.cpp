#include "operator/terraform/variables.hpp"

#include <gtest/gtest.h>

#include "operator/terraform/protocol.hpp"

namespace causeway::op::terraform {
namespace {

namespace json = kube::json;

crds::Cluster cluster() {
  crds::Cluster c;
  c.metadata.name = "first";
  c.metadata.namespace_ = "u-ada";
  c.metadata.uid = "0d6f2c1e-7f1d-4a6b-9d3e-5b1f0c9a8e77";
  c.spec.source.terraform = crds::TerraformSource{.provider = "local", .region = "local-1", .zones = {"a"}};
  return c;
}

TEST(ModuleVariables, AlwaysTheWholeContract) {
  auto v = module_variables(cluster());
  ASSERT_TRUE(v.ok());
  for (const char* name :
       {"name", "region", "zones", "network", "kubernetes_version", "node_pools", "endpoint", "services", "tags"}) {
    EXPECT_TRUE(v->contains(name)) << name;
  }
  EXPECT_EQ(v->size(), 9u);
  EXPECT_EQ(v->at("name"), "first");
  EXPECT_EQ(kube::string_at(v->at("tags").as_object(), "causeway-cluster-uid"), cluster().metadata.uid);
  EXPECT_EQ(v->at("endpoint"), (json::object{{"public", true}, {"allowed_cidrs", json::array()}}));
}

TEST(ModuleVariables, NamesAreInSnakeCase) {
  auto c = cluster();
  c.spec.network = crds::ClusterNetwork{.cidr = "10.0.0.0/16", .pod_cidr = "10.1.0.0/16", .service_cidr = ""};
  c.spec.node_pools = {crds::NodePool{.name = "gpu",
                                      .type = crds::NodePoolType::GPU,
                                      .instance_types = {"g4"},
                                      .min = 1,
                                      .max = 3,
                                      .labels = {{"exampleOrg/teamName", "x"}},
                                      .taints = {},
                                      .max_price = "1.5",
                                      .gpu = crds::Gpu{.type = "t4", .count = 1}}};
  c.spec.cloud_services = crds::CloudServices{.file_storage = {},
                                              .object_storage = {},
                                              .nat = crds::Nat{.public_addresses = 2, .bandwidth_mbps = 50},
                                              .machines = {}};
  auto v = module_variables(c);
  ASSERT_TRUE(v.ok());
  EXPECT_EQ(kube::string_at(v->at("network").as_object(), "pod_cidr"), "10.1.0.0/16");
  const auto& pool = v->at("node_pools").as_array().at(0).as_object();
  EXPECT_EQ(pool.at("max_price"), "1.5");
  EXPECT_EQ(pool.at("type"), "GPU");
  EXPECT_EQ(pool.at("min"), 1) << "defaults are spelt out";
  EXPECT_TRUE(pool.at("labels").as_object().contains("exampleOrg/teamName")) << "keys of maps are the user's";
  EXPECT_EQ(kube::int_at(v->at("services").as_object(), "nat.public_addresses"), 2);
}

TEST(ModuleVariables, OwnOnesMayNotShadowTheContract) {
  auto c = cluster();
  c.spec.terraform.variables = {{"socket", "/x"}, {"size", 3}};
  auto v = module_variables(c);
  ASSERT_TRUE(v.ok());
  EXPECT_EQ(v->at("size"), 3);
  c.spec.terraform.variables["region"] = "elsewhere";
  v = module_variables(c);
  ASSERT_FALSE(v.ok());
  EXPECT_NE(v.error().message.find("\"region\""), std::string::npos) << v.error().message;
}

TEST(VariableValue, ReadsJsonAndKeepsText) {
  EXPECT_EQ(variable_value("[1,2]"), (json::array{1, 2}));
  EXPECT_EQ(variable_value("true"), true);
  EXPECT_EQ(variable_value("3"), 3);
  EXPECT_EQ(variable_value("hunter2"), "hunter2");
  EXPECT_EQ(variable_value("\"quoted\""), "\"quoted\"") << "text is text";
  EXPECT_EQ(variable_value("null"), "null");
  EXPECT_EQ(variable_value(""), "");
}

TEST(StateSuffix, NeverEndsInDashNumber) {
  EXPECT_EQ(state_suffix("12345678-1234-1234-1234-123456789012"), "c12345678123412341234123456789012");
  EXPECT_EQ(state_suffix("1"), "c1");
}

TEST(RunNames, AreNumbers) {
  EXPECT_EQ(run_name(17), "terraform-17");
  EXPECT_EQ(run_number("terraform-17"), 17);
  for (std::string_view other : {"terraform-", "terraform-x", "terraform-1x", "terraform--1", "job-1", ""}) {
    EXPECT_FALSE(run_number(other)) << other;
  }
}

TEST(Protocol, ComesBackAsItWent) {
  RunInput input;
  input.run_id = "terraform-3";
  input.operation = crds::RunOperation::Destroy;
  input.variables = {{"a", {{"b", 1}}}};
  input.expected_state = crds::TerraformState{.lineage = "l", .serial = 2, .resources = 1};
  auto in = parse_input(to_text(input));
  ASSERT_TRUE(in.ok()) << in.error().message;
  EXPECT_EQ(in->operation, input.operation);
  EXPECT_EQ(in->variables, input.variables);
  EXPECT_EQ(in->expected_state, input.expected_state);

  RunResult result;
  result.outcome = RunOutcome::AwaitingApproval;
  result.error_class = ErrorClass::Quota;
  result.drifted = {"a"};
  auto out = parse_result(to_text(result));
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(out->outcome, result.outcome);
  EXPECT_EQ(out->error_class, result.error_class);
  EXPECT_EQ(out->drifted, result.drifted);
  EXPECT_FALSE(parse_result("{").ok());
  EXPECT_FALSE(parse_result(R"({"outcome":"Sometimes"})").ok());
}

}  // namespace
}  // namespace causeway::op::terraform
