// The Cluster reconciler with the real terraform, the real API server as hub and as region, and onebox' stand-in.
//
// The program runs itself twice over: `PROGRAM hub …` is an operator with nothing but the Cluster controller, in a
// process that can be killed; `PROGRAM terraform-run …` is what its Jobs run.

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <future>
#include <gtest/gtest.h>

#include "base/process.hpp"
#include "base/shutdown.hpp"
#include "crds/assignment/assignment.hpp"
#include "operator/cluster/plan.hpp"
#include "operator/cluster/reconciler.hpp"
#include "operator/terraform/terraform_run.hpp"
#include "tests/integration/kube_fixture.hpp"
#include "tests/integration/kube_objects.hpp"
#include "tests/integration/onebox_stand_in.hpp"
#include "tests/integration/run_player.hpp"

namespace causeway::op::cluster {
namespace {

namespace fs = std::filesystem;
namespace json = kube::json;
namespace resources = kube::resources;
using crds::ClusterPhase;
using namespace std::chrono_literals;

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

std::string self() {
  return fs::read_symlink("/proc/self/exe");
}

class ClusterController : public kube::KubeTest {
 protected:
  void SetUp() override {
    kube::KubeTest::SetUp();
    if (IsSkipped()) return;
    if (geteuid() != 0) GTEST_SKIP() << "needs root, to give a process the host name of its pod";
    if (!base::find_program("terraform") && !base::find_program("tofu")) {
      GTEST_SKIP() << "neither terraform nor tofu is on the PATH";
    }
    for (const char* crd : {"cluster", "assignment"}) ASSERT_TRUE(test::install_crd(*client, crd));
    fs::create_directories(region.path() / "region");
    fs::create_directories(region.path() / "crds");
    auto ca = kube::make_object(resources::kConfigMap, ns, "kube-root-ca.crt");
    ca["data"] = {{"ca.crt", "a certificate"}};
    ASSERT_TRUE(client->create(resources::kConfigMap, ca).ok());

    auto kubeconfig_text = embedded_kubeconfig();
    onebox = std::make_unique<test::OneboxStandIn>(kubeconfig_text);
    player = std::make_unique<test::RunPlayer>(
        test::RunPlayer::Options{config, std::getenv("CAUSEWAY_TEST_KUBECONFIG"), self(), ns});
    start_hub();
  }
  void TearDown() override {
    if (onebox) {
      onebox->refuse_with(0, "");
      onebox->before_answer(nullptr);
      onebox->start();
    }
    renewal = {};
    if (hub) kill_hub();
    // Leave nothing for the next test's hub to work on.
    auto clusters = client ? client->list<crds::Cluster>(ns) : kube::Error::local("no client");
    for (const auto& c : clusters.ok() ? *clusters : std::vector<crds::Cluster>{}) {
      (void)client->remove(crds::Cluster::kResource, ns, c.metadata.name);
      patch(c.metadata.name, {{"metadata", {{"finalizers", nullptr}}}});
      for (const auto& left : {crds::run_namespace(c.metadata.uid), crds::cluster_namespace(c.metadata.uid)}) {
        (void)client->remove(resources::kNamespace, "", left);
      }
    }
    hub.reset();
    player.reset();
    kube::KubeTest::TearDown();
  }

  // The region is the hub's own API server, reached as any other would be.
  std::string embedded_kubeconfig() {
    return kube::write_kubeconfig("region", config.server, config.tls.ca_pem, config.tls, "");
  }

  base::Process spawn_hub() {
    base::ProcessSpec spec;
    spec.argv = {self(), "hub", ns, region.path() / "region"};
    spec.out = spec.err = base::ProcessSpec::Stream::kFile;
    spec.out_file = spec.err_file = region.path() / "hub.log";
    spec.parent_death_signal = SIGKILL;
    auto process = base::Process::spawn(spec);
    EXPECT_TRUE(process.ok());
    return std::move(*process);
  }
  void start_hub() { hub = std::make_unique<base::Process>(spawn_hub()); }
  void kill_hub() {
    hub->signal(SIGKILL);
    (void)hub->wait(10s);
  }

  crds::Cluster wanted(const std::string& name = "first") {
    crds::Cluster c;
    c.metadata.name = name;
    c.metadata.namespace_ = ns;
    c.spec.source.terraform = crds::TerraformSource{.provider = "local", .region = "local-1", .zones = {}};
    c.spec.terraform.variables["socket"] = onebox->socket();
    c.spec.terraform.variables["outputs_folder"] = onebox->outputs_folder();
    return c;
  }
  void create(const crds::Cluster& c) {
    auto made = client->create(crds::Cluster::kResource, kube::encode(c), {.strict = true});
    ASSERT_TRUE(made.ok()) << made.error().message;
  }
  crds::Cluster get(const std::string& name = "first") {
    auto c = client->get<crds::Cluster>(ns, name);
    return c.ok() ? *c : crds::Cluster{};
  }
  bool there(const std::string& name = "first") { return client->get(crds::Cluster::kResource, ns, name).ok(); }
  void patch(const std::string& name, json::object body) {
    auto r = client->patch(crds::Cluster::kResource, ns, name, kube::PatchType::kMerge, body);
    EXPECT_TRUE(r.ok() || r.error().not_found()) << r.error().message;
  }
  ::testing::AssertionResult reaches(ClusterPhase phase, const std::string& name = "first",
                                     base::Duration limit = 60s) {
    if (kube::eventually([&] { return get(name).status.phase == phase; }, limit)) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << explain(name);
  }
  ::testing::AssertionResult has(std::string_view type, std::string_view status, std::string_view reason,
                                 const std::string& name = "first") {
    const bool found = kube::eventually([&] {
      const auto c = get(name);
      const auto* condition = kube::find_condition(c.status.conditions, type);
      return condition && condition->status == status && condition->reason == reason;
    });
    return found ? ::testing::AssertionSuccess() : ::testing::AssertionFailure() << explain(name);
  }
  std::string message_of(std::string_view type, const std::string& name = "first") {
    const auto c = get(name);
    const auto* condition = kube::find_condition(c.status.conditions, type);
    return condition ? condition->message : "";
  }
  std::string explain(const std::string& name) {
    auto log = base::read_file(region.path() / "hub.log");
    return json::serialize(kube::to_json(get(name).status)) + "\n" + (log ? *log : "") + player->logs();
  }

  // The region's operator renews its lease from now on.
  void connect_region(const std::string& name = "first") {
    const std::string home = crds::cluster_namespace(get(name).metadata.uid);
    std::promise<void> renewed;
    auto first = renewed.get_future();
    renewal = std::jthread([this, home, renewed = std::move(renewed)](std::stop_token stop) mutable {
      auto lease = kube::make_object(resources::kLease, home, "region");
      bool told = false;
      do {
        lease["spec"] = {{"holderIdentity", "region-0"},
                         {"leaseDurationSeconds", 40},
                         {"renewTime", base::format_micro_time(base::system_clock().wall())}};
        auto r = client->apply(resources::kLease, lease, {.field_manager = "region", .force = true});
        if (r.ok() && !std::exchange(told, true)) renewed.set_value();
      } while (base::system_clock().sleep_for(1s, stop));
    });
    ASSERT_EQ(first.wait_for(30s), std::future_status::ready);
  }
  void make_ready(const std::string& name = "first") {
    ASSERT_TRUE(reaches(ClusterPhase::Joining, name));
    connect_region(name);
    ASSERT_TRUE(reaches(ClusterPhase::Ready, name));
  }
  void remove(const std::string& name = "first") {
    ASSERT_TRUE(client->remove(crds::Cluster::kResource, ns, name).ok());
  }
  ::testing::AssertionResult goes(const std::string& name = "first") {
    if (kube::eventually([&] { return !there(name); }, 60s)) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << explain(name);
  }
  bool namespace_there(const std::string& name) { return client->get(resources::kNamespace, "", name).ok(); }

  base::TemporaryDirectory region{"region"};
  std::unique_ptr<test::OneboxStandIn> onebox;
  std::unique_ptr<test::RunPlayer> player;
  std::unique_ptr<base::Process> hub;
  std::jthread renewal;
};

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

TEST_F(ClusterController, DeletedWhileCreatingIsDestroyedAfterwards) {
  std::promise<void> answered;
  onebox->before_answer([future = answered.get_future().share()] { future.wait(); });
  create(wanted());
  ASSERT_TRUE(onebox->wait_for_put(1));
  remove();
  ASSERT_TRUE(reaches(ClusterPhase::Deleting));
  ASSERT_TRUE(player->kill_run()) << "and the pod dies on top of it";
  answered.set_value();
  ASSERT_TRUE(goes());
  EXPECT_TRUE(onebox->clusters().empty()) << "what no state knew of is found";
  EXPECT_EQ(onebox->creates(), 1);
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

TEST_F(ClusterController, AProtectedClusterIsKeptUntilConfirmed) {
  auto c = wanted();
  c.spec.protected_ = true;
  create(c);
  make_ready();
  remove();
  EXPECT_TRUE(has("Stalled", "True", "Protected"));
  EXPECT_EQ(onebox->clusters().size(), 1u);
  patch("first", {{"metadata", {{"annotations", {{kConfirmDestroy, "another"}}}}}});
  EXPECT_TRUE(has("Stalled", "True", "Protected"));
  patch("first", {{"metadata", {{"annotations", {{kConfirmDestroy, "first"}}}}}});
  EXPECT_TRUE(goes());
  EXPECT_TRUE(onebox->clusters().empty());
}

TEST_F(ClusterController, NotDeletedWhileDemosRunThere) {
  create(wanted());
  make_ready();
  crds::Assignment assignment;
  assignment.metadata.namespace_ = crds::cluster_namespace(get().metadata.uid);
  assignment.metadata.name = "digits-1a2b3c4d";
  assignment.spec.demo_ref = {.namespace_ = "u-ada", .name = "digits", .uid = "1"};
  assignment.spec.epoch = 1;
  assignment.spec.tenant_namespace = "u-ada";
  assignment.spec.image = "registry.causeway.internal/u-ada/digits@sha256:" + std::string(64, '0');
  auto made = client->create(crds::Assignment::kResource, kube::encode(assignment));
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_TRUE(kube::eventually([&] { return get().status.demo_count == 1; }));

  remove();
  EXPECT_TRUE(has("Stalled", "True", "DemosRunning"));
  EXPECT_NE(message_of("Stalled").find("u-ada/digits"), std::string::npos);
  EXPECT_EQ(onebox->clusters().size(), 1u);
  ASSERT_TRUE(
      client->remove(crds::Assignment::kResource, assignment.metadata.namespace_, assignment.metadata.name).ok());
  EXPECT_TRUE(goes());
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
  EXPECT_EQ(get().status.phase, ClusterPhase::Pending);
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

TEST_F(ClusterController, AClusterNobodyAnswersForGoesAndSaysWhatIsLeft) {
  crds::Cluster c;
  c.metadata.name = "first";
  c.metadata.namespace_ = ns;
  c.spec.source.kubeconfig_ref = crds::KubeconfigRef{.name = "region"};
  c.spec.protected_ = false;
  auto secret = kube::make_object(resources::kSecret, ns, "region");
  secret["stringData"] = {{"kubeconfig", embedded_kubeconfig()}};
  ASSERT_TRUE(client->create(resources::kSecret, secret).ok());
  create(c);
  make_ready();
  ASSERT_TRUE(client->remove(resources::kSecret, ns, "region").ok());
  remove();
  EXPECT_TRUE(goes());
  EXPECT_TRUE(kube::eventually([&] {
    const auto events = client->list(resources::kEvent, ns);
    return events.ok() && std::any_of(events->items.begin(), events->items.end(), [](const kube::Object& e) {
             return kube::string_at(e, "reason") == "RegionNotCleaned";
           });
  }));
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

TEST_F(ClusterController, RetainedItsInfrastructureAndStateStay) {
  auto c = wanted();
  c.spec.deletion_policy = crds::DeletionPolicy::Retain;
  create(c);
  make_ready();
  const std::string run_ns = crds::run_namespace(get().metadata.uid);
  remove();
  EXPECT_TRUE(goes());
  EXPECT_EQ(onebox->clusters().size(), 1u);
  EXPECT_TRUE(client->get(resources::kSecret, run_ns, "bundle").ok());
  EXPECT_TRUE(client->get(resources::kSecret, run_ns, "input").error().not_found());
  (void)client->remove(resources::kNamespace, "", run_ns);
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
