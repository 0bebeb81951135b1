#include "operator/region/workload.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace causeway::op::region {
namespace {

namespace json = boost::json;

crds::Assignment assignment() {
  crds::Assignment a;
  a.metadata.name = "digits-1a2b3c4d";
  a.spec.demo_ref = {.namespace_ = "u-ada", .name = "digits", .uid = "u"};
  a.spec.tenant_namespace = "u-ada";
  a.spec.owner = "ada";
  a.spec.hosts = {"digits--ada.localhost"};
  a.spec.deployment = "digits-7";
  a.spec.revision = "c0ffee";
  a.spec.image = "registry/u-ada/digits@sha256:1";
  a.spec.port = 8080;
  a.spec.health = {.path = "/healthz", .startup_timeout = "90s"};
  a.spec.env = {{"PORT", "9000"}};
  return a;
}

kube::Object find(const std::vector<Desired>& all, std::string_view kind) {
  for (const auto& d : all)
    if (d.type.kind == kind) return d.object;
  ADD_FAILURE() << "no " << kind;
  return {};
}

TEST(Workload, IsTheSameForTheSameAssignment) {
  const auto once = workload_objects(assignment(), "local-1");
  const auto again = workload_objects(assignment(), "local-1");
  ASSERT_EQ(once.size(), again.size());
  for (std::size_t i = 0; i < once.size(); ++i) EXPECT_EQ(once[i].object, again[i].object);
}

TEST(Workload, ServesTheOldVersionUntilTheNewOneIsReady) {
  const auto d = find(workload_objects(assignment(), "local-1"), "Deployment");
  EXPECT_EQ(kube::int_at(d, "spec.strategy.rollingUpdate.maxUnavailable", -1), 0);
  EXPECT_EQ(kube::int_at(d, "spec.strategy.rollingUpdate.maxSurge"), 1);
  const auto& container = kube::array_at(d, "spec.template.spec.containers")->at(0).as_object();
  EXPECT_EQ(kube::int_at(container, "lifecycle.preStop.sleep.seconds"), 5);
  EXPECT_EQ(kube::int_at(container, "startupProbe.failureThreshold"), 90);
  EXPECT_EQ(kube::string_at(container, "readinessProbe.httpGet.path"), "/healthz");
}

TEST(Workload, IsRestrictedAndHasNoToken) {
  const auto d = find(workload_objects(assignment(), "local-1"), "Deployment");
  EXPECT_FALSE(kube::bool_at(d, "spec.template.spec.automountServiceAccountToken", true));
  EXPECT_TRUE(kube::bool_at(d, "spec.template.spec.securityContext.runAsNonRoot"));
  const auto& container = kube::array_at(d, "spec.template.spec.containers")->at(0).as_object();
  EXPECT_EQ(json::serialize(*kube::find(container, "securityContext")),
            R"({"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}})");
}

TEST(Workload, TellsTheApplicationWhereItIsUnlessItWasToldAlready) {
  const auto d = find(workload_objects(assignment(), "local-1"), "Deployment");
  const auto& container = kube::array_at(d, "spec.template.spec.containers")->at(0).as_object();
  EXPECT_EQ(json::serialize(*kube::array_at(container, "env")),
            R"([{"name":"CAUSEWAY_DEMO","value":"digits"},{"name":"CAUSEWAY_REGION","value":"local-1"},)"
            R"({"name":"CAUSEWAY_REVISION","value":"c0ffee"},{"name":"PORT","value":"9000"}])");
}

TEST(Workload, RoutesEveryHostToTheService) {
  const auto objects = workload_objects(assignment(), "local-1");
  const auto ingress = find(objects, "Ingress");
  EXPECT_EQ(kube::string_at(ingress, "spec.ingressClassName"), "causeway");
  const auto& rule = kube::array_at(ingress, "spec.rules")->at(0).as_object();
  EXPECT_EQ(kube::string_at(rule, "host"), "digits--ada.localhost");
  const auto& path = kube::array_at(rule, "http.paths")->at(0).as_object();
  EXPECT_EQ(kube::string_at(path, "backend.service.name"), kube::name_of(find(objects, "Service")));
}

TEST(Workload, PausedRunsNothingAndAVolumeIsNeverMountedTwice) {
  auto a = assignment();
  a.spec.paused = true;
  a.spec.storage = crds::Storage{.size = "1Gi", .mount_path = "/data"};
  const auto d = find(workload_objects(a, "local-1"), "Deployment");
  EXPECT_EQ(kube::int_at(d, "spec.replicas", -1), 0);
  EXPECT_EQ(kube::string_at(d, "spec.strategy.type"), "Recreate");
}

TEST(Workload, NamesTheServiceSoThatItStartsWithALetter) {
  auto a = assignment();
  a.metadata.name = "3d-shapes-1a2b3c4d";
  EXPECT_EQ(service_name(a), "d3d-shapes-1a2b3c4d");
}

TEST(Workload, TenantsReachTheInternetButNoPrivateAddress) {
  const auto policy = find(tenant_objects(assignment()), "NetworkPolicy");
  EXPECT_EQ(json::serialize(*kube::array_at(policy, "spec.policyTypes")), R"(["Ingress","Egress"])");
  EXPECT_NE(json::serialize(policy).find("169.254.0.0/16"), std::string::npos);
}

}  // namespace
}  // namespace causeway::op::region
