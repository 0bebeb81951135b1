#include "operator/cluster/job.hpp"

#include <algorithm>
#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "operator/cluster/inputs.hpp"
#include "operator/cluster/run_namespace.hpp"

namespace causeway::op::cluster {
namespace {

namespace json = kube::json;
using crds::RunOperation;

crds::Cluster cluster() {
  crds::Cluster c;
  c.metadata.name = "first";
  c.metadata.namespace_ = "u-ada";
  c.metadata.uid = "0d6f2c1e-7f1d-4a6b-9d3e-5b1f0c9a8e77";
  c.spec.source.terraform = crds::TerraformSource{.provider = "local", .region = "local-1", .zones = {}};
  return c;
}

const json::object& pod_spec(const kube::Object& job) {
  return *kube::object_at(job, "spec.template.spec");
}

TEST(RunJob, IsOnePodOnceWithLittleRights) {
  const auto job = run_job(cluster(), {RunOperation::Apply, 17, 2}, "image:1", nullptr);
  EXPECT_EQ(kube::name_of(job), "terraform-17");
  EXPECT_EQ(kube::namespace_of(job), "causeway-run-0d6f2c1e");
  EXPECT_EQ(kube::int_at(job, "spec.backoffLimit", -1), 0);
  const auto& spec = pod_spec(job);
  EXPECT_EQ(kube::string_at(spec, "restartPolicy"), "Never");
  EXPECT_EQ(kube::string_at(spec, "serviceAccountName"), "terraform-run");
  EXPECT_TRUE(kube::bool_at(spec, "securityContext.runAsNonRoot"));
  const auto& container = kube::array_at(spec, "containers")->at(0).as_object();
  EXPECT_EQ(kube::string_at(container, "image"), "image:1");
  EXPECT_TRUE(kube::bool_at(container, "securityContext.readOnlyRootFilesystem"));
  const auto args = json::serialize(container.at("args"));
  EXPECT_NE(args.find("--run-id=terraform-17"), std::string::npos) << args;
  EXPECT_NE(args.find("--operation=apply"), std::string::npos) << args;
  EXPECT_NE(args.find("--cluster=u-ada/first"), std::string::npos) << args;

  const auto run = observe_job(job);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->number, 17);
  EXPECT_EQ(run->attempt, 2);
  EXPECT_EQ(run->operation, RunOperation::Apply);
  EXPECT_FALSE(run->ended);
}

TEST(RunJob, TakesTheOverlayOfItsProvider) {
  // As manifests/overlays/onebox has it.
  const auto overlay = json::parse(R"({
    "securityContext": {"runAsUser": 0, "runAsNonRoot": false},
    "volumes": [{"name": "onebox", "hostPath": {"path": "/x", "type": "Directory"}}],
    "hostNetwork": true,
    "containers": [{"env": [{"name": "A", "value": "1"}, {"name": "HOME", "value": "/root"}],
                    "volumeMounts": [{"name": "onebox", "mountPath": "/run/onebox"}]}]})");
  const auto job = run_job(cluster(), {RunOperation::Apply, 1, 0}, "image:1", overlay);
  const auto& spec = pod_spec(job);
  EXPECT_EQ(kube::int_at(spec, "securityContext.runAsUser", -1), 0);
  EXPECT_EQ(kube::int_at(spec, "securityContext.runAsGroup", -1), 65532) << "what it does not name stays";
  EXPECT_TRUE(kube::bool_at(spec, "hostNetwork"));
  EXPECT_EQ(kube::array_at(spec, "volumes")->size(), 2u);
  ASSERT_EQ(kube::array_at(spec, "containers")->size(), 1u) << "a container without a name is the first";
  const auto& container = kube::array_at(spec, "containers")->at(0).as_object();
  EXPECT_EQ(kube::string_at(container, "image"), "image:1");
  EXPECT_EQ(kube::array_at(container, "volumeMounts")->size(), 2u);
  const auto& env = *kube::array_at(container, "env");
  ASSERT_EQ(env.size(), 2u);
  EXPECT_EQ(kube::string_at(env.at(0).as_object(), "value"), "/root") << "replaced by name";
}

TEST(Overlay, ReplacesOtherLists) {
  json::object spec{{"tolerations", {{{"key", "a"}}}},
                    {"containers", json::array{json::object{{"name", "c"}, {"args", {"x"}}}}}};
  overlay_pod_spec(spec, {{"tolerations", {{{"key", "b"}}}},
                          {"containers", {{{"name", "c"}, {"args", {"y", "z"}}}, {{"name", "sidecar"}}}}});
  EXPECT_EQ(kube::array_at(spec, "tolerations")->size(), 1u);
  EXPECT_EQ(kube::array_at(spec, "containers")->size(), 2u);
  EXPECT_EQ(kube::array_at(spec, "containers")->at(0).as_object().at("args"), (json::array{"y", "z"}));
}

TEST(ObserveJob, KnowsWhenItHasEnded) {
  auto job = run_job(cluster(), {RunOperation::Destroy, 3, 0}, "i", nullptr);
  job["metadata"].as_object()["creationTimestamp"] = "2026-11-24T10:00:00Z";
  auto ended = [&](std::string_view type, std::string_view status) {
    job["status"] = {
        {"conditions", {{{"type", type}, {"status", status}, {"lastTransitionTime", "2026-11-24T10:01:00Z"}}}}};
    return observe_job(job)->ended;
  };
  EXPECT_TRUE(ended("Complete", "True"));
  EXPECT_TRUE(ended("Failed", "True"));
  EXPECT_FALSE(ended("Failed", "False"));
  EXPECT_FALSE(ended("FailureTarget", "True")) << "its pod may still be running";
  EXPECT_FALSE(observe_job(kube::make_object(kube::resources::kJob, "ns", "terraform-3"))) << "not one of ours";
}

TEST(WhyWaiting, SaysWhatThePodSays) {
  auto pod = [](std::string_view status) {
    kube::Object p;
    p["status"] = json::parse(boost::json::string_view(status.data(), status.size()));
    return why_waiting(p);
  };
  EXPECT_EQ(
      pod(R"({"conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/1 nodes"}]})"),
      "0/1 nodes");
  EXPECT_EQ(pod(R"({"containerStatuses":[{"state":{"waiting":{"reason":"ErrImagePull","message":"not found"}}}]})"),
            "ErrImagePull: not found");
  EXPECT_EQ(pod(R"({"containerStatuses":[{"state":{"running":{}}}]})"), "");
  EXPECT_EQ(pod("{}"), "");
}

TEST(RunNamespace, GivesNoMoreThanNeeded) {
  std::size_t outside = 0;
  for (const auto& [type, object] : run_namespace_objects(cluster())) {
    const auto ns = kube::namespace_of(object);
    if (ns == "u-ada") ++outside;
    if (type != kube::resources::kRole) continue;
    for (const auto& rule : *kube::array_at(object, "rules")) {
      const auto text = json::serialize(rule);
      EXPECT_EQ(text.find('*'), std::string::npos) << text;
      if (ns == "u-ada") {
        EXPECT_EQ(rule.as_object().at("resources"), json::array{"clusters/status"});
        EXPECT_EQ(rule.as_object().at("resourceNames"), json::array{"first"}) << "no other Cluster there";
        EXPECT_EQ(rule.as_object().at("verbs"), json::array{"patch"});
      }
    }
  }
  EXPECT_EQ(outside, outside_run_namespace(cluster()).size()) << "everything outside has to be removed by itself";
}

TEST(RunNamespace, LetsRunsReachEverythingButTheNodesCredentials) {
  const auto objects = run_namespace_objects(cluster());
  const auto policy = std::find_if(objects.begin(), objects.end(),
                                   [](const auto& typed) { return typed.first == kube::resources::kNetworkPolicy; });
  ASSERT_NE(policy, objects.end());
  const auto& spec = *kube::object_at(policy->second, "spec");
  EXPECT_EQ(spec.at("policyTypes"), (json::array{"Ingress", "Egress"}));
  EXPECT_FALSE(spec.contains("ingress"));
  for (const auto& rule : *kube::array_at(spec, "egress")) {
    if (!rule.as_object().contains("to")) continue;
    for (const auto& peer : rule.at("to").as_array())
      EXPECT_FALSE(peer.at("ipBlock").at("except").as_array().empty()) << json::serialize(peer);
  }
}

kube::Object secret(json::object plain) {
  auto s = kube::make_object(kube::resources::kSecret, "u-ada", "s");
  json::object data;
  for (const auto& e : plain) data[e.key()] = base::base64_encode(e.value().as_string());
  s["data"] = data;
  return s;
}

TEST(Inputs, NameWhatIsMissing) {
  auto c = cluster();
  c.spec.credentials_ref = crds::SecretRef{.name = "aws"};
  c.spec.terraform.variables_from = {
      {.kind = crds::VariablesKind::ConfigMap, .name = "sizes", .keys = {}, .optional = false},
      {.kind = crds::VariablesKind::Secret, .name = "extra", .keys = {"token"}, .optional = false},
      {.kind = crds::VariablesKind::Secret, .name = "maybe", .keys = {}, .optional = true}};
  const auto inputs =
      make_inputs(c, {.credentials = {}, .variables = {std::nullopt, secret({{"other", "x"}}), std::nullopt}}, "i");
  EXPECT_EQ(inputs.missing,
            (std::vector<std::string>{"Secret u-ada/aws (spec.credentialsRef)",
                                      "ConfigMap u-ada/sizes (spec.terraform.variablesFrom)",
                                      "key \"token\" of Secret u-ada/extra (spec.terraform.variablesFrom)"}));
}

TEST(Inputs, HashesTellWhatChanged) {
  auto c = cluster();
  c.spec.credentials_ref = crds::SecretRef{.name = "aws"};
  c.spec.terraform.variables_from = {
      {.kind = crds::VariablesKind::Secret, .name = "extra", .keys = {}, .optional = false}};
  auto make = [&](const crds::Cluster& of, std::string_view token, std::string_view size, const std::string& image) {
    return make_inputs(of, {.credentials = secret({{"TOKEN", token}}), .variables = {secret({{"size", size}})}}, image);
  };
  const auto before = make(c, "a", "3", "i");
  EXPECT_EQ(before.secret_variables.at("size"), 3);
  EXPECT_EQ(make(c, "a", "3", "i").retry_key, before.retry_key);
  EXPECT_NE(make(c, "a", "4", "i").inputs_hash, before.inputs_hash);

  const auto rotated = make(c, "b", "3", "i");
  EXPECT_EQ(rotated.inputs_hash, before.inputs_hash) << "new credentials change nothing that is applied";
  EXPECT_NE(rotated.retry_key, before.retry_key) << "but may cure what failed";
  EXPECT_NE(make(c, "a", "3", "j").retry_key, before.retry_key) << "so may another image";

  auto words = c;
  words.spec.description = "only words";
  words.spec.schedulable = false;
  EXPECT_EQ(make(words, "a", "3", "i").retry_key, before.retry_key);
  auto approved = c;
  approved.spec.approved_plan = "p";
  EXPECT_EQ(make(approved, "a", "3", "i").inputs_hash, before.inputs_hash);
  EXPECT_NE(make(approved, "a", "3", "i").retry_key, before.retry_key);
  auto asked = c;
  asked.metadata.annotations[kRetry] = "please";
  EXPECT_NE(make(asked, "a", "3", "i").retry_key, before.retry_key);
}

TEST(Inputs, SecretVariablesMayNotShadowTheContract) {
  auto c = cluster();
  c.spec.terraform.variables_from = {
      {.kind = crds::VariablesKind::Secret, .name = "extra", .keys = {}, .optional = false}};
  const auto inputs = make_inputs(c, {.credentials = {}, .variables = {secret({{"region", "x"}})}}, "i");
  ASSERT_TRUE(inputs.invalid);
  EXPECT_NE(inputs.invalid->find("\"region\""), std::string::npos);
}

kube::Object pod(const char* status) {
  return json::object{{"status", json::parse(status)}};
}

TEST(Pod, SaysWhyItEnded) {
  EXPECT_EQ(last_words(pod(R"({"containerStatuses":[{"state":{"terminated":
      {"exitCode":3,"reason":"Error","message":"starting\nneither terraform nor tofu is in the image\n"}}}]})")),
            "exit code 3: neither terraform nor tofu is in the image");
  EXPECT_EQ(
      last_words(pod(R"({"containerStatuses":[{"state":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}]})")),
      "exit code 137, OOMKilled");
  EXPECT_EQ(last_words(pod(R"({"message":"The node was low on resource: memory."})")),
            "The node was low on resource: memory.");
  EXPECT_EQ(last_words(pod(R"({"containerStatuses":[{"state":{"running":{}}}]})")), "");
  std::string log;
  for (int i = 0; i < 400; ++i) log += "é";
  const auto cut =
      last_words(pod((R"({"containerStatuses":[{"state":{"terminated":{"message":"x)" + log + R"("}}}]})").c_str()));
  EXPECT_EQ(cut.size(), std::string("exit code 0: x").size() + 510) << "whole characters";
}

}  // namespace
}  // namespace causeway::op::cluster
