// What a region's credential may do on the hub, and everything else: tried against a real API server with its RBAC.

#include <gtest/gtest.h>

#include "crds/assignment/assignment.hpp"
#include "operator/federation/bootstrap.hpp"
#include "tests/integration/kube_fixture.hpp"

namespace causeway::op::federation {
namespace {

class FederationTest : public kube::KubeTest {
 protected:
  void SetUp() override {
    KubeTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    cluster.metadata.name = "first";
    cluster.metadata.uid = base::uuid4();
    home = region_namespace(cluster);
    const auto made = ensure_hub_side(*client, cluster, Settings{});
    ASSERT_TRUE(made.ok()) << made.error().message;
    region = log_in();
  }
  void TearDown() override {
    if (client && !home.empty()) (void)remove_hub_side(*client, cluster);
    KubeTest::TearDown();
  }

  std::unique_ptr<kube::Client> log_in() {
    const auto credential = client->get(kube::resources::kSecret, home, "region-credential");
    EXPECT_TRUE(credential.ok());
    const auto token =
        client->create_token(home, "region", std::chrono::hours(1),
                             kube::Client::BoundSecret{"region-credential", std::string(kube::uid_of(*credential))});
    EXPECT_TRUE(token.ok()) << token.error().message;
    kube::ClientConfig mine;
    mine.server = config.server;
    mine.tls.ca_pem = config.tls.ca_pem;
    mine.token = kube::static_token(token->token);
    return std::make_unique<kube::Client>(mine);
  }

  // The status of a request with the region's token.
  int code(std::string_view method, const std::string& path) {
    base::HttpRequest request;
    request.method = std::string(method);
    request.target = path;
    request.headers.set("Accept", "application/json");
    if (method == "PATCH") {
      request.headers.set("Content-Type", "application/merge-patch+json");
      request.body = "{}";
    } else if (method == "POST" || method == "PUT") {
      request.headers.set("Content-Type", "application/json");
      request.body = "{}";
    }
    const auto answer = region->raw(std::move(request));
    return answer ? answer->status : answer.error().code;
  }

  crds::Cluster cluster;
  std::string home;
  std::unique_ptr<kube::Client> region;
};

const kube::ResourceType kAssignment = crds::Assignment::kResource;

TEST_F(FederationTest, MayDoWhatItIsFor) {
  namespace r = kube::resources;
  EXPECT_NE(code("GET", kAssignment.path(home)), 403);
  EXPECT_NE(code("PATCH", kAssignment.path(home, "x", "status")), 403);
  EXPECT_EQ(code("GET", r::kSecret.path(home)), 200);
  EXPECT_EQ(code("GET", r::kLease.path(home, "region")), 200);
  EXPECT_EQ(code("PATCH", r::kLease.path(home, "region")), 200);
  EXPECT_EQ(code("PATCH", r::kConfigMap.path(home, "region-report")), 200);
  EXPECT_NE(code("POST", r::kEvent.path(home)), 403);
  const auto renewed = region->create_token(home, "region", std::chrono::hours(1));
  EXPECT_TRUE(renewed.ok()) << renewed.error().message;
}

TEST_F(FederationTest, MayDoNothingElseInItsNamespace) {
  namespace r = kube::resources;
  EXPECT_EQ(code("POST", kAssignment.path(home)), 403);
  for (const char* method : {"PUT", "PATCH", "DELETE"})
    EXPECT_EQ(code(method, kAssignment.path(home, "x")), 403) << method;
  EXPECT_EQ(code("PUT", kAssignment.path(home, "x", "status")), 403);
  EXPECT_EQ(code("DELETE", kAssignment.path(home)), 403);
  for (const char* method : {"PUT", "PATCH", "DELETE"}) {
    EXPECT_EQ(code(method, r::kSecret.path(home, "region-credential")), 403) << method;
    EXPECT_EQ(code(method, r::kServiceAccount.path(home, "region")), 403) << method;
    EXPECT_EQ(code(method, r::kRole.path(home, "region")), 403) << method;
    EXPECT_EQ(code(method, r::kRoleBinding.path(home, "region")), 403) << method;
    EXPECT_EQ(code(method, r::kLease.path(home, "another")), 403) << method;
    EXPECT_EQ(code(method, r::kConfigMap.path(home, "kube-root-ca.crt")), 403) << method;
  }
  EXPECT_EQ(code("DELETE", r::kLease.path(home, "region")), 403);
  EXPECT_EQ(code("DELETE", r::kConfigMap.path(home, "region-report")), 403);
  for (const auto& type : {r::kSecret, r::kConfigMap, r::kLease, r::kServiceAccount, r::kRole, r::kRoleBinding, r::kPod,
                           r::kJob, r::kDeployment})
    EXPECT_EQ(code("POST", type.path(home)), 403) << type.kind;
  for (const auto& type : {r::kConfigMap, r::kLease, r::kServiceAccount, r::kRole, r::kRoleBinding, r::kPod, r::kEvent})
    EXPECT_EQ(code("GET", type.path(home)), 403) << type.kind;
  EXPECT_EQ(code("POST", r::kServiceAccount.path(home, "default", "token")), 403);
}

TEST_F(FederationTest, SeesNothingOfOtherNamespacesAndOfTheCluster) {
  namespace r = kube::resources;
  for (const std::string& elsewhere : {ns, std::string("kube-system"), std::string("default")}) {
    for (const auto& type : {r::kSecret, r::kConfigMap, r::kLease, r::kPod, r::kServiceAccount, kAssignment}) {
      EXPECT_EQ(code("GET", type.path(elsewhere)), 403) << elsewhere << " " << type.kind;
      EXPECT_EQ(code("GET", type.path(elsewhere, "region")), 403) << elsewhere << " " << type.kind;
      EXPECT_EQ(code("POST", type.path(elsewhere)), 403) << elsewhere << " " << type.kind;
    }
    EXPECT_EQ(code("POST", r::kServiceAccount.path(elsewhere, "default", "token")), 403);
  }
  for (const auto& type : {r::kSecret, r::kConfigMap, r::kPod, kAssignment})
    EXPECT_EQ(code("GET", type.path("")), 403) << type.kind << " of all namespaces";
  for (const auto& type :
       {r::kNamespace, r::kNode, r::kClusterRole, r::kClusterRoleBinding, r::kCustomResourceDefinition}) {
    EXPECT_EQ(code("GET", type.path("")), 403) << type.kind;
    EXPECT_EQ(code("POST", type.path("")), 403) << type.kind;
  }
  EXPECT_EQ(code("GET", r::kNamespace.path("", home)), 403);
  for (const char* plural : {"clusters", "demos", "repos", "imagetemplates"})
    EXPECT_EQ(code("GET", "/apis/causeway.dev/v1alpha1/namespaces/" + home + "/" + plural), 403) << plural;
}

TEST_F(FederationTest, DeletingTheCredentialRevokesEveryToken) {
  ASSERT_EQ(code("GET", kube::resources::kSecret.path(home)), 200);
  ASSERT_TRUE(client->remove(kube::resources::kSecret, home, "region-credential").ok());
  EXPECT_TRUE(kube::eventually([&] { return code("GET", kube::resources::kSecret.path(home)) == 401; }));
}

}  // namespace
}  // namespace causeway::op::federation
