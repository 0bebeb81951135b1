// The region role with exactly its rights, in this API server as its own cluster and as its hub. The test plays the
// hub, the Deployment controller and the gateway.

#include "operator/region/region.hpp"

#include <gtest/gtest.h>
#include <sstream>
#include <thread>

#include "base/files.hpp"
#include "base/http_server.hpp"
#include "crds/assignment/assignment.hpp"
#include "kube/runtime/manager.hpp"
#include "operator/federation/bootstrap.hpp"
#include "operator/region/hub_link.hpp"
#include "operator/region/token_renewal.hpp"
#include "tests/integration/kube_fixture.hpp"
#include "tests/integration/kube_objects.hpp"

namespace causeway::op::region {
namespace {

namespace json = kube::json;
namespace resources = kube::resources;
using crds::Assignment;
using crds::AssignmentStage;
using kube::eventually;
using kube::Object;
using namespace std::chrono_literals;

class RegionTest : public kube::KubeTest {
 protected:
  void SetUp() override {
    KubeTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    ASSERT_TRUE(test::install_crd(*client, "assignment"));
    cluster_.metadata.name = "first";
    cluster_.metadata.uid = base::uuid4();
    hub_ns_ = federation::region_namespace(cluster_);
    const auto made = federation::ensure_hub_side(*client, cluster_, Settings{});
    ASSERT_TRUE(made.ok()) << made.error().message;
  }
  void TearDown() override {
    stop_region();
    if (client && !hub_ns_.empty()) (void)federation::remove_hub_side(*client, cluster_);
    for (const auto& type : {resources::kClusterRole, resources::kClusterRoleBinding})
      if (client) (void)client->remove(type, "", ns);
    if (client) (void)client->remove(resources::kNamespace, "", tenant_);
    KubeTest::TearDown();
  }

  // A token of the region's on the hub, as the bootstrap hands it over.
  std::string hub_token() {
    const auto credential = client->get(resources::kSecret, hub_ns_, "region-credential");
    EXPECT_TRUE(credential.ok());
    const auto token = client->create_token(
        hub_ns_, "region", 1h, kube::Client::BoundSecret{"region-credential", std::string(kube::uid_of(*credential))});
    EXPECT_TRUE(token.ok()) << token.error().message;
    return token->token;
  }
  void write_hub_secret(const std::string& token) {
    auto secret = kube::make_object(resources::kSecret, ns, "hub");
    secret["stringData"] = Object{{"url", config.server}, {"ca", config.tls.ca_pem}, {"token", token},
                                  {"namespace", hub_ns_}, {"cluster", "first"},      {"region", "east-1"}};
    const auto made = client->create(resources::kSecret, secret);
    ASSERT_TRUE(made.ok()) << made.error().message;
  }
  kube::ClientConfig as(std::shared_ptr<kube::TokenSource> token) {
    kube::ClientConfig mine;
    mine.server = config.server;
    mine.tls.ca_pem = config.tls.ca_pem;
    mine.token = std::move(token);
    return mine;
  }

  // manifests/region/rbac.yaml, with this test's namespace and names.
  void grant_rights() {
    auto yaml = base::read_file(std::string(CAUSEWAY_SOURCE_DIR) + "/manifests/region/rbac.yaml");
    ASSERT_TRUE(yaml.ok());
    for (const std::string_view name : {"causeway-operator-region", "causeway-system"})
      for (auto at = yaml->find(name); at != yaml->npos; at = yaml->find(name)) yaml->replace(at, name.size(), ns);
    const std::pair<std::string_view, kube::ResourceType> kinds[] = {
        {"kind: ServiceAccount\n", resources::kServiceAccount},
        {"kind: ClusterRole\n", resources::kClusterRole},
        {"kind: ClusterRoleBinding\n", resources::kClusterRoleBinding},
        {"kind: Role\n", resources::kRole},
        {"kind: RoleBinding\n", resources::kRoleBinding}};
    for (std::size_t from = 0; from != yaml->npos;) {
      const auto end = yaml->find("\n---\n", from);
      const std::string document = yaml->substr(from, end == yaml->npos ? end : end + 1 - from);
      from = end == yaml->npos ? end : end + 5;
      for (const auto& [line, type] : kinds) {
        if (("\n" + document).find("\n" + std::string(line)) == document.npos) continue;
        const bool everywhere = line.starts_with("kind: Cluster");
        auto applied = client->raw({.method = "PATCH",
                                    .target = type.path(everywhere ? "" : ns, ns) + "?fieldManager=test&force=true",
                                    .headers = {{"Content-Type", "application/apply-patch+yaml"}},
                                    .body = document});
        ASSERT_TRUE(applied.ok()) << line << applied.error().message;
      }
    }
  }

  void start_region() {
    grant_rights();
    write_hub_secret(hub_token());
    auto server = base::HttpServer::start(
        {}, base::HttpServer::Handler([](const base::HttpRequest&) { return base::text_response(200, "hello"); }));
    ASSERT_TRUE(server.ok()) << server.error().message;
    gateway_ = std::move(*server);
    const auto token = client->create_token(ns, ns, 1h);
    ASSERT_TRUE(token.ok()) << token.error().message;
    manager_ = std::make_unique<kube::Manager>(kube::ManagerOptions{
        .name = "test-region", .config = as(kube::static_token(token->token)), .leader = {}, .listen = ""});
    const auto added = add_to(
        *manager_, {.ns = ns, .secret = "hub", .gateway_url = "http://127.0.0.1:" + std::to_string(gateway_->port())});
    ASSERT_TRUE(added.ok()) << added.error().message;
    thread_ = std::jthread([this](std::stop_token stop) {
      const auto ended = manager_->run(stop);
      EXPECT_TRUE(ended.ok()) << (ended.ok() ? "" : ended.error().message);
    });
  }
  void stop_region() {
    if (thread_.joinable()) {
      thread_.request_stop();
      thread_.join();
    }
    manager_.reset();
  }

  // The hub's hand: the Assignment, with these Secrets beside it.
  void assign(crds::Desired desired, const std::string& record, const std::vector<std::string>& secrets) {
    Assignment a;
    a.metadata.name = "digits-1a2b3c4d";
    a.metadata.namespace_ = hub_ns_;
    a.spec.demo_ref = {.namespace_ = tenant_, .name = "digits", .uid = demo_uid_};
    a.spec.epoch = 1;
    a.spec.desired = desired;
    a.spec.tenant_namespace = tenant_;
    a.spec.owner = "ada";
    a.spec.hosts = {"digits--ada.localhost"};
    a.spec.deployment = record;
    a.spec.image = "registry/digits@sha256:" + std::string(64, '1');
    a.spec.port = 8080;
    for (const auto& name : secrets) {
      auto secret = kube::make_object(resources::kSecret, hub_ns_, name);
      secret["stringData"] = Object{{"KEY", "value"}};
      auto there = client->apply(resources::kSecret, secret, {.field_manager = "hub", .force = true});
      ASSERT_TRUE(there.ok()) << there.error().message;
      a.spec.env_from.push_back({name, "hash"});
    }
    auto object = kube::encode(a);
    object.erase("status");
    const auto applied = client->apply(Assignment::kResource, object, {.field_manager = "hub", .force = true});
    ASSERT_TRUE(applied.ok()) << applied.error().message;
  }
  // Waits for the Deployment of `record` and says that it has rolled out.
  void roll_out(const std::string& record) {
    if (HasFatalFailure()) return;
    Object deployment;
    ASSERT_TRUE(eventually([&] {
      auto d = client->get(resources::kDeployment, tenant_, "digits-1a2b3c4d");
      if (!d) return false;
      deployment = *d;
      const auto* annotations = kube::object_at(deployment, "spec.template.metadata.annotations");
      return annotations && annotations->at("causeway.dev/deployment") == json::value(record);
    })) << "no Deployment of "
        << record;
    const Object status{{"observedGeneration", kube::int_at(deployment, "metadata.generation")},
                        {"replicas", 1},
                        {"updatedReplicas", 1},
                        {"readyReplicas", 1}};
    const auto patched = client->patch(resources::kDeployment, tenant_, "digits-1a2b3c4d", kube::PatchType::kMerge,
                                       Object{{"status", status}}, {.subresource = "status"});
    ASSERT_TRUE(patched.ok()) << patched.error().message;
  }
  // What the hub is told.
  bool reports(AssignmentStage stage, const std::string& record = {}) {
    if (HasFatalFailure()) return false;
    const bool told = eventually([&] {
      const auto a = client->get<Assignment>(hub_ns_, "digits-1a2b3c4d");
      return a.ok() && a->status.stage == stage && a->status.observed_generation == a->metadata.generation &&
             a->status.deployment == record;
    });
    if (!told) {
      const auto a = client->get<Assignment>(hub_ns_, "digits-1a2b3c4d");
      ADD_FAILURE() << (a ? json::serialize(kube::to_json(a->status)) : a.error().message);
    }
    return told;
  }
  bool there(const kube::ResourceType& type, std::string_view in, std::string_view name) {
    return client->get(type, in, name).ok();
  }
  // Absent, acknowledged, and the Assignment deleted, as a Demo's deletion does; true once the mirror is gone.
  bool remove_demo(const std::vector<std::string>& secrets) {
    assign(crds::Desired::Absent, "digits-2", secrets);
    if (!reports(AssignmentStage::Absent)) return false;
    EXPECT_TRUE(client->remove(Assignment::kResource, hub_ns_, "digits-1a2b3c4d").ok());
    return eventually([&] { return !there(Assignment::kResource, ns, "digits-1a2b3c4d"); });
  }

  crds::Cluster cluster_;
  std::string hub_ns_;
  const std::string tenant_ = "u-" + base::random_hex(10);
  std::string demo_uid_ = "first";
  std::unique_ptr<base::HttpServer> gateway_;
  std::unique_ptr<kube::Manager> manager_;
  std::jthread thread_;
};

TEST_F(RegionTest, RunsADemoAndLeavesNothingOfIt) {
  start_region();
  assign(crds::Desired::Running, "digits-1", {"first", "both"});
  roll_out("digits-1");
  ASSERT_TRUE(reports(AssignmentStage::Running, "digits-1"));
  EXPECT_TRUE(there(resources::kSecret, tenant_, "first"));
  EXPECT_TRUE(there(resources::kSecret, tenant_, "both"));

  // The old version's pods may still start again: its Secret stays until the new one has rolled out.
  assign(crds::Desired::Running, "digits-2", {"both"});
  ASSERT_TRUE(reports(AssignmentStage::AppStarting));
  EXPECT_TRUE(there(resources::kSecret, tenant_, "first"));
  roll_out("digits-2");
  ASSERT_TRUE(reports(AssignmentStage::Running, "digits-2"));
  EXPECT_TRUE(eventually([&] { return !there(resources::kSecret, tenant_, "first"); }));
  EXPECT_TRUE(there(resources::kSecret, tenant_, "both"));
  EXPECT_TRUE(eventually([&] {
    const auto mirror = client->get<Assignment>(ns, "digits-1a2b3c4d");
    return mirror.ok() && mirror->metadata.annotations.empty();
  }));

  // What is asked for last does not name it any more.
  ASSERT_TRUE(remove_demo({}));
  EXPECT_FALSE(there(resources::kSecret, tenant_, "both"));
  for (const auto& type : {resources::kDeployment, resources::kIngress, resources::kService})
    EXPECT_FALSE(there(type, tenant_, "digits-1a2b3c4d")) << type.kind;
  const auto space = client->get(resources::kNamespace, "", tenant_);
  EXPECT_TRUE(!space || kube::deleting(*space)) << "the region made it, and its last demo has gone";
}

TEST_F(RegionTest, TakesUpAnotherDemoOfTheSameName) {
  start_region();
  assign(crds::Desired::Running, "digits-1", {"first", "both"});
  roll_out("digits-1");
  ASSERT_TRUE(reports(AssignmentStage::Running, "digits-1"));

  // Deleted and made again while the region was away: it sees one Assignment become the other.
  ASSERT_TRUE(client->remove(Assignment::kResource, hub_ns_, "digits-1a2b3c4d").ok());
  demo_uid_ = "second";
  assign(crds::Desired::Running, "digits-2", {"both"});
  roll_out("digits-2");
  ASSERT_TRUE(reports(AssignmentStage::Running, "digits-2"));
  const auto mirror = client->get<Assignment>(ns, "digits-1a2b3c4d");
  ASSERT_TRUE(mirror.ok());
  EXPECT_EQ(mirror->spec.demo_ref.uid, "second");
  EXPECT_TRUE(eventually([&] { return !there(resources::kSecret, tenant_, "first"); })) << "the first one's Secret";
  EXPECT_TRUE(there(resources::kSecret, tenant_, "both"));
  ASSERT_TRUE(remove_demo({}));
}

TEST_F(RegionTest, LeavesANamespaceThatItDidNotMake) {
  ASSERT_TRUE(client->create(resources::kNamespace, kube::make_object(resources::kNamespace, "", tenant_)).ok());
  start_region();
  assign(crds::Desired::Running, "digits-2", {});
  roll_out("digits-2");
  ASSERT_TRUE(reports(AssignmentStage::Running, "digits-2"));
  auto own = kube::make_object(resources::kSecret, tenant_, "own");
  ASSERT_TRUE(client->create(resources::kSecret, own).ok());
  ASSERT_TRUE(remove_demo({"own"}));
  const auto space = client->get(resources::kNamespace, "", tenant_);
  ASSERT_TRUE(space.ok());
  EXPECT_FALSE(kube::deleting(*space));
  EXPECT_TRUE(there(resources::kSecret, tenant_, "own")) << "the user's Secret is not a copy of the region's";
}

TEST_F(RegionTest, RenewsItsTokenAtHalfItsLife) {
  const auto first = hub_token();
  write_hub_secret(first);
  const auto life = token_life(first);
  ASSERT_TRUE(life);
  const auto token = std::make_shared<HubToken>(first);
  kube::Client hub(as(token));
  base::ManualClock clock(renewal_time(*life) - 1s);
  TokenRenewal renewal(*client, hub, clock, token, hub_ns_, ns, "hub");
  const auto kept = [&] { return HubAddress::parse(*client->get(resources::kSecret, ns, "hub"))->token; };

  EXPECT_GT(renewal.check(), 0s);
  EXPECT_EQ(*token->token(), first) << "it is too early";

  clock.advance(1s);
  EXPECT_GT(renewal.check(), 0s);
  const auto second = *token->token();
  EXPECT_NE(second, first);
  EXPECT_EQ(kept(), second) << "a restart has it too";
  const auto next = token_life(second);
  ASSERT_TRUE(next);
  EXPECT_GT(next->expires, life->expires);
  kube::Client with_second(as(kube::static_token(second)));
  EXPECT_TRUE(with_second.list(resources::kSecret, hub_ns_).ok()) << "the hub takes the new one";
  renewal.check();
  EXPECT_EQ(*token->token(), second) << "once is enough";

  // It can be kept nowhere: the one that a restart would find stays in use.
  clock.set_wall(renewal_time(*next));
  TokenRenewal homeless(*client, hub, clock, token, hub_ns_, ns, "gone");
  EXPECT_GT(homeless.check(), 0s);
  EXPECT_EQ(*token->token(), second);

  // Revoked: nothing to be had, nothing is lost, and it is tried again.
  ASSERT_TRUE(client->remove(resources::kSecret, hub_ns_, "region-credential").ok());
  ASSERT_TRUE(eventually([&] { return !with_second.list(resources::kSecret, hub_ns_).ok(); }));
  EXPECT_GT(renewal.check(), 0s);
  EXPECT_EQ(kept(), second);
}

}  // namespace
}  // namespace causeway::op::region
