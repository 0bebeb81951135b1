#pragma once
// A region's side of a hub: its namespace, its rights, and a client with its token.

#include <gtest/gtest.h>

#include "crds/assignment/assignment.hpp"
#include "operator/federation/bootstrap.hpp"
#include "tests/integration/kube_fixture.hpp"
#include "tests/integration/kube_objects.hpp"

namespace causeway::op::federation {

class FederationTest : public kube::KubeTest {
 protected:
  void SetUp() override {
    KubeTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    for (const char* crd : {"assignment", "cluster"}) ASSERT_TRUE(test::install_crd(*client, crd));
    cluster.metadata.name = "first";
    cluster.metadata.namespace_ = ns;
    cluster.metadata.uid = base::uuid4();
    home = region_namespace(cluster);
    const auto made = ensure_hub_side(*client, cluster, Settings{});
    ASSERT_TRUE(made.ok()) << made.error().message;
  }
  void TearDown() override {
    if (client && !home.empty()) (void)remove_hub_side(*client, cluster);
    KubeTest::TearDown();
  }

  std::unique_ptr<kube::Client> with_token(const std::string& token) const {
    kube::ClientConfig mine;
    mine.server = config.server;
    mine.tls.ca_pem = config.tls.ca_pem;
    mine.token = kube::static_token(token);
    return std::make_unique<kube::Client>(mine);
  }
  std::unique_ptr<kube::Client> log_in() {
    const auto credential = client->get(kube::resources::kSecret, home, "region-credential");
    EXPECT_TRUE(credential.ok());
    const auto token =
        client->create_token(home, "region", std::chrono::hours(1),
                             kube::Client::BoundSecret{"region-credential", std::string(kube::uid_of(*credential))});
    EXPECT_TRUE(token.ok()) << token.error().message;
    return with_token(token->token);
  }

  crds::Cluster cluster;
  std::string home;
};

// The status of a request.
inline int code_of(kube::Client& client, std::string_view method, const std::string& path) {
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
  const auto answer = client.raw(std::move(request));
  return answer ? answer->status : answer.error().code;
}

}  // namespace causeway::op::federation
