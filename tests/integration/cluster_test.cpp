// The Cluster reconciler with the real terraform, the real API server as hub and as region, and onebox' stand-in.
//
// The program runs itself twice over: `PROGRAM hub …` is an operator with nothing but the Cluster controller, in a
// process that can be killed; `PROGRAM terraform-run …` is what its Jobs run.

#include "base/shutdown.hpp"
#include "operator/cluster/reconciler.hpp"
#include "operator/terraform/terraform_run.hpp"
#include "tests/integration/cluster_fixture.hpp"

namespace causeway::op::cluster {
namespace {

// hub NAMESPACE REGION_MANIFESTS: acts on Clusters of every namespace, as the real one does, so tests run one at a
// time.
int hub_main(const char* system_namespace, const char* region_manifests) {
  base::ShutdownSignal shutdown;
  Settings settings;
  settings.system_namespace = system_namespace;
  settings.region_manifests = region_manifests;
  settings.hub_url = "https://192.0.2.1:6443";
  settings.images = {{"operator", "causeway/operator:1"}, {"runner-local", "causeway/runner-local:1"}};
  auto config = kube::default_config(std::getenv("CAUSEWAY_TEST_KUBECONFIG"));
  if (!config) return 1;
  kube::Manager manager({.name = "hub", .config = *config, .leader = std::nullopt, .listen = ""});
  add_to(manager, settings, federation::make_liveness_tracker(manager));
  return manager.run(shutdown.token()) ? 0 : 1;
}

TEST_F(ClusterController, CreatesBootstrapsJoinsAndLeavesNothingBehind) {
  create(wanted());
  ASSERT_TRUE(reaches(ClusterPhase::Joining));
  auto cluster = get();
  EXPECT_EQ(cluster.status.conditions.size(), 9u);
  EXPECT_TRUE(has("InfrastructureReady", "True", "Applied"));
  EXPECT_TRUE(has("Planned", "True", "PlanMade"));
  EXPECT_TRUE(has("Approved", "True", "ApprovedByPolicy"));
  EXPECT_TRUE(has("StateHealthy", "True", "Consistent"));
  EXPECT_TRUE(has("AgentConnected", "False", "NeverSeen"));
  EXPECT_TRUE(has("Reconciling", "True", "Joining"));
  EXPECT_TRUE(has("Stalled", "False", "NotStalled"));

  connect_region();
  ASSERT_TRUE(reaches(ClusterPhase::Ready));
  EXPECT_TRUE(has("Ready", "True", "Ready"));
  EXPECT_TRUE(has("Reconciling", "False", "AtRest"));
  cluster = get();
  EXPECT_EQ(cluster.status.observed_generation, cluster.metadata.generation);
  EXPECT_EQ(kube::string_at(cluster.status.outputs.at("gateway").as_object(), "address"), "10.41.0.2");
  EXPECT_EQ(cluster.status.outputs.at("region"), "local-1");
  EXPECT_TRUE(cluster.status.endpoint.starts_with("https://")) << "no secret, though the kubeconfig has it too";
  EXPECT_FALSE(cluster.status.outputs.contains("kubeconfig"));
  ASSERT_TRUE(cluster.status.gateway && cluster.status.state && cluster.status.last_run && cluster.status.plan);
  EXPECT_EQ(cluster.status.gateway->port, 80);
  EXPECT_EQ(cluster.status.state->resources, 3);
  EXPECT_EQ(cluster.status.last_run->id, "terraform-1");
  const std::string run_ns = crds::run_namespace(cluster.metadata.uid);
  EXPECT_EQ(cluster.status.run_namespace, run_ns);
  ASSERT_TRUE(cluster.status.kubeconfig_ref);
  EXPECT_TRUE(
      client->get(resources::kSecret, cluster.status.kubeconfig_ref->namespace_, cluster.status.kubeconfig_ref->name)
          .ok());

  remove();
  ASSERT_TRUE(goes());
  EXPECT_TRUE(onebox->clusters().empty());
  EXPECT_FALSE(namespace_there(run_ns));
  EXPECT_FALSE(namespace_there(crds::cluster_namespace(cluster.metadata.uid)));
  EXPECT_TRUE(client->list(resources::kRole, ns)->items.empty());
  EXPECT_TRUE(client->list(resources::kRoleBinding, ns)->items.empty());
  EXPECT_EQ(player->started(), 2) << "one run to create, one to destroy";
}

TEST_F(ClusterController, AnOperatorKilledAtEveryMomentRepeatsAndLosesNothing) {
  create(wanted());
  // Each life is a little longer than the one before: every step is somebody's last.
  for (auto life = 40ms; get().status.phase != ClusterPhase::Joining && life < 3s; life += 35ms) {
    base::system_clock().sleep_for(life, {});
    kill_hub();
    start_hub();
  }
  ASSERT_TRUE(reaches(ClusterPhase::Joining));
  EXPECT_EQ(onebox->creates(), 1);
  EXPECT_EQ(player->started(), 1) << "the run outlives its operator and is adopted, not repeated";

  connect_region();
  ASSERT_TRUE(reaches(ClusterPhase::Ready));
  remove();
  for (auto life = 40ms; there() && life < 3s; life += 35ms) {
    base::system_clock().sleep_for(life, {});
    kill_hub();
    start_hub();
  }
  ASSERT_TRUE(goes());
  EXPECT_EQ(player->started(), 2);
  EXPECT_TRUE(onebox->clusters().empty());
}

TEST_F(ClusterController, TwoOperatorsAtOnceStartOneRun) {
  auto second = spawn_hub();
  create(wanted());
  make_ready();
  EXPECT_EQ(player->started(), 1);
  EXPECT_EQ(onebox->creates(), 1);
  remove();
  ASSERT_TRUE(goes());
  EXPECT_EQ(player->started(), 2);
  EXPECT_EQ(player->at_once(), 1);
}

TEST_F(ClusterController, APodKilledWhileCreatingIsMadeUpFor) {
  std::promise<void> killed;
  onebox->before_answer([future = killed.get_future().share()] { future.wait(); });
  create(wanted());
  ASSERT_TRUE(onebox->wait_for_put(1));
  ASSERT_TRUE(player->kill_run());
  killed.set_value();
  make_ready();
  EXPECT_EQ(player->started(), 2);
  EXPECT_EQ(onebox->creates(), 1);
  EXPECT_EQ(onebox->clusters().size(), 1u);
}

TEST_F(ClusterController, AnUnknownProviderStallsAndNamesThoseThereAre) {
  auto c = wanted();
  c.spec.source.terraform->provider = "mars";
  create(c);
  EXPECT_TRUE(has("Stalled", "True", "UnknownProvider"));
  EXPECT_NE(message_of("Stalled").find("local"), std::string::npos) << message_of("Stalled");
  EXPECT_EQ(get().status.conditions.size(), 9u);
  EXPECT_EQ(get().status.phase, ClusterPhase::Failed);
  remove();
  patch("first", {{"spec", {{"protected", false}}}});
  EXPECT_TRUE(goes()) << "nothing was made, so nothing keeps it";
}

TEST_F(ClusterController, AnUnknownRegionStallsInTheModulesWords) {
  auto c = wanted();
  c.spec.source.terraform->region = "mars-1";
  create(c);
  EXPECT_TRUE(has("Stalled", "True", "InvalidConfiguration"));
  EXPECT_NE(message_of("Stalled").find("local-1, local-2"), std::string::npos) << message_of("Stalled");
  EXPECT_EQ(onebox->puts(), 0);
  remove();
  EXPECT_TRUE(goes());
}

TEST_F(ClusterController, AWrongVariableStallsUntilItIsRight) {
  auto c = wanted();
  c.spec.terraform.variables["tags"] = json::object{{"a", "b"}};
  create(c);
  EXPECT_TRUE(has("Stalled", "True", "InvalidConfiguration"));
  EXPECT_NE(message_of("Stalled").find("\"tags\""), std::string::npos) << message_of("Stalled");
  EXPECT_EQ(player->started(), 0);
  patch("first", {{"spec", {{"terraform", {{"variables", {{"tags", nullptr}}}}}}}});
  EXPECT_TRUE(reaches(ClusterPhase::Joining)) << "a changed spec is tried by itself";
}

TEST_F(ClusterController, MissingCredentialsAreNamedAndWaitedFor) {
  auto c = wanted();
  c.spec.credentials_ref = crds::SecretRef{.name = "cloud"};
  create(c);
  EXPECT_TRUE(has("InfrastructureReady", "False", "InputsMissing"));
  EXPECT_NE(message_of("InfrastructureReady").find("Secret " + ns + "/cloud"), std::string::npos);
  auto secret = kube::make_object(resources::kSecret, ns, "cloud");
  secret["stringData"] = {{"CLOUD_TOKEN", "canary-83b1"}};
  ASSERT_TRUE(client->create(resources::kSecret, secret).ok());
  make_ready();

  // Gone before the Cluster: its copy is what it is destroyed with.
  ASSERT_TRUE(client->remove(resources::kSecret, ns, "cloud").ok());
  remove();
  EXPECT_TRUE(goes());
  EXPECT_TRUE(onebox->clusters().empty());
}

TEST_F(ClusterController, AManualPlanWaitsForApproval) {
  auto c = wanted();
  c.spec.approval = crds::ApprovalPolicy::Manual;
  create(c);
  ASSERT_TRUE(reaches(ClusterPhase::AwaitingApproval));
  EXPECT_TRUE(has("Approved", "False", "AwaitingApproval"));
  const auto status = get().status;
  ASSERT_TRUE(status.plan);
  EXPECT_EQ(status.plan->add, 3);
  EXPECT_EQ(onebox->puts(), 0);
  patch("first", {{"spec", {{"approvedPlan", status.plan->id}}}});
  make_ready();
  EXPECT_TRUE(has("Approved", "True", "Approved"));
}

TEST_F(ClusterController, OneboxDownIsWaitedFor) {
  onebox->stop();
  create(wanted());
  EXPECT_TRUE(has("InfrastructureReady", "False", "NetworkError"));
  EXPECT_TRUE(reaches(ClusterPhase::Pending));  // between two attempts
  EXPECT_TRUE(has("Stalled", "False", "NotStalled"));
  onebox->start();
  EXPECT_TRUE(reaches(ClusterPhase::Joining));
}

TEST_F(ClusterController, AClusterThatExistsJoinsByItsKubeconfig) {
  crds::Cluster c;
  c.metadata.name = "first";
  c.metadata.namespace_ = ns;
  c.spec.source.kubeconfig_ref = crds::KubeconfigRef{.name = "region"};
  c.spec.protected_ = false;
  create(c);
  EXPECT_TRUE(has("Ready", "False", "AccessMissing"));
  EXPECT_EQ(get().status.phase, ClusterPhase::Bootstrapping);
  EXPECT_NE(message_of("Ready").find("Secret " + ns + "/region"), std::string::npos) << message_of("Ready");
  auto secret = kube::make_object(resources::kSecret, ns, "region");
  secret["stringData"] = {{"kubeconfig", embedded_kubeconfig()}};
  ASSERT_TRUE(client->create(resources::kSecret, secret).ok());
  make_ready();
  EXPECT_EQ(player->started(), 0);

  // The same cluster under a second name. It is the hub's own, too: deleting either leaves it alone.
  c.metadata.name = "second";
  create(c);
  EXPECT_TRUE(has("Stalled", "True", "DuplicateRegistration", "second"));
  EXPECT_NE(message_of("Ready", "second").find(ns + "/first"), std::string::npos) << message_of("Ready", "second");
  EXPECT_EQ(get("second").status.phase, ClusterPhase::Failed);
  EXPECT_EQ(get().status.phase, ClusterPhase::Ready);
  remove();
  EXPECT_TRUE(goes());
  EXPECT_TRUE(reaches(ClusterPhase::Joining, "second")) << "the name is free";
  remove("second");
  EXPECT_TRUE(goes("second"));
  const auto platform = client->get(resources::kNamespace, "", ns);
  ASSERT_TRUE(platform.ok());
  EXPECT_FALSE(kube::deleting(*platform));
  EXPECT_TRUE(client->get(resources::kSecret, ns, "hub").ok());
}

TEST_F(ClusterController, AChangedSpecIsAppliedWhileTheRegionWorks) {
  create(wanted());
  make_ready();
  patch("first", {{"spec", {{"kubernetesVersion", "1.34"}}}});
  EXPECT_TRUE(kube::eventually([&] { return player->started() == 2 && get().status.phase == ClusterPhase::Ready; }))
      << explain("first");
  EXPECT_TRUE(has("Ready", "True", "Ready"));
  patch("first", {{"spec", {{"description", "words change nothing"}}}});
  EXPECT_TRUE(kube::eventually([&] { return get().status.observed_generation == get().metadata.generation; }));
  EXPECT_EQ(player->started(), 2);
}

TEST_F(ClusterController, SuspendedNothingIsStarted) {
  auto c = wanted();
  c.spec.suspend = true;
  create(c);
  EXPECT_TRUE(has("Reconciling", "False", "Suspended"));
  EXPECT_EQ(player->started(), 0);
  patch("first", {{"spec", {{"suspend", false}}}});
  EXPECT_TRUE(reaches(ClusterPhase::Joining));
}

}  // namespace
}  // namespace causeway::op::cluster

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "terraform-run") return causeway::op::terraform::terraform_run_main(argc - 1, argv + 1);
  if (mode == "hub" && argc == 4) return causeway::op::cluster::hub_main(argv[2], argv[3]);
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
