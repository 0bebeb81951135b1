// terraform-run with the real terraform, the real `local` module and a real API server, as its Job's pod would run it.
//
// The program runs itself: `PROGRAM terraform-run …` is the subcommand, in a process of its own that can be killed,
// with the host name its pod would have (which is how the state's lock knows its holder).

#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <future>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/process.hpp"
#include "crds/assignment/assignment.hpp"
#include "operator/terraform/run_store.hpp"
#include "operator/terraform/terraform_run.hpp"
#include "operator/terraform/variables.hpp"
#include "tests/integration/kube_fixture.hpp"
#include "tests/integration/kube_objects.hpp"
#include "tests/integration/onebox_stand_in.hpp"

namespace causeway::op::terraform {
namespace {

using crds::RunOperation;
using namespace std::chrono_literals;
namespace resources = kube::resources;
namespace json = kube::json;

constexpr std::string_view kCanary = "canary-4f1d0c9b7a";
constexpr auto kKubeconfig = R"(apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:6443"}}]
users: [{name: u, user: {token: region-token-6b1e0f3a9c}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
current-context: c
)";

class TerraformRun : public kube::KubeTest {
 protected:
  void SetUp() override {
    kube::KubeTest::SetUp();
    if (IsSkipped()) return;
    if (geteuid() != 0) GTEST_SKIP() << "needs root, to give a process the host name of its pod";
    if (!base::find_program("terraform") && !base::find_program("tofu")) {
      GTEST_SKIP() << "neither terraform nor tofu is on the PATH";
    }
    ASSERT_TRUE(test::install_crd(*client, "cluster"));

    cluster.metadata.name = "first";
    cluster.metadata.namespace_ = ns;
    cluster.spec.source.terraform = crds::TerraformSource{.provider = "local", .region = "local-1", .zones = {}};
    auto made = client->create(crds::Cluster::kResource, kube::encode(cluster));
    ASSERT_TRUE(made.ok()) << made.error().message;
    cluster = *kube::decode<crds::Cluster>(*made);

    run_ns = crds::run_namespace(cluster.metadata.uid);
    ASSERT_TRUE(client->create(resources::kNamespace, kube::make_object(resources::kNamespace, "", run_ns)).ok());
    auto credentials = kube::make_object(resources::kSecret, run_ns, names::kCredentials);
    credentials["stringData"] = {{"CLOUD_TOKEN", kCanary}};
    ASSERT_TRUE(client->create(resources::kSecret, credentials).ok());
    store = std::make_unique<RunStore>(*client, run_ns);
    logs = std::make_unique<base::TemporaryDirectory>("terraform-run");
  }
  void TearDown() override {
    // An operator that another test starts would go on with it: nothing here empties namespaces.
    if (client) (void)client->remove(crds::Cluster::kResource, ns, cluster.metadata.name);
    if (client && !run_ns.empty()) (void)client->remove(resources::kNamespace, "", run_ns);
    kube::KubeTest::TearDown();
  }

  RunInput input(RunOperation operation) {
    auto variables = module_variables(cluster);
    EXPECT_TRUE(variables.ok());
    (*variables)["socket"] = onebox.socket();
    (*variables)["outputs_folder"] = onebox.outputs_folder();
    RunInput in;
    in.run_id = run_name(++number);
    in.operation = operation;
    in.cluster_namespace = ns;
    in.cluster_name = cluster.metadata.name;
    in.cluster_uid = cluster.metadata.uid;
    in.provider = "local";
    in.variables = *variables;
    in.approval = cluster.spec.approval;
    in.approved_plan = cluster.spec.approved_plan;
    in.expected_state = last_state;
    in.inputs_hash = "inputs";
    in.retry_key = "retry";
    return in;
  }

  base::Process start(const RunInput& in) {
    auto secret = kube::make_object(resources::kSecret, run_ns, names::kInput);
    secret["data"] = {{names::kInputKey, base::base64_encode(to_text(in))}};
    EXPECT_TRUE(client->apply(resources::kSecret, secret, {.field_manager = "causeway-hub", .force = true}).ok());
    pod = in.run_id + "-x7k2p";
    log_file = logs->path() / (in.run_id + ".log");
    base::ProcessSpec spec;
    spec.argv = {"unshare",
                 "--uts",
                 "sh",
                 "-c",
                 "hostname \"$0\" && exec \"$@\"",
                 pod,
                 std::filesystem::read_symlink("/proc/self/exe"),
                 "terraform-run",
                 "--run-namespace=" + run_ns,
                 "--run-id=" + in.run_id,
                 "--cluster=" + ns + "/" + cluster.metadata.name,
                 "--kubeconfig=" + kubeconfig(),
                 "--modules=" CAUSEWAY_SOURCE_DIR "/terraform-modules",
                 "--grace=60"};
    // To try OpenTofu where both are there.
    if (const char* program = std::getenv("CAUSEWAY_TEST_TERRAFORM")) {
      spec.argv.push_back("--program=" + std::string(program));
    }
    spec.out = spec.err = base::ProcessSpec::Stream::kFile;
    spec.out_file = spec.err_file = log_file;
    auto process = base::Process::spawn(spec);
    EXPECT_TRUE(process.ok());
    return std::move(*process);
  }
  static std::string kubeconfig() { return std::getenv("CAUSEWAY_TEST_KUBECONFIG"); }

  // Runs to the end and returns the result it wrote.
  RunResult run(const RunInput& in) {
    auto process = start(in);
    auto status = process.wait(120s);
    EXPECT_TRUE(status.ok()) << "the run does not end";
    return result(in.run_id);
  }
  RunResult run(RunOperation operation) { return run(input(operation)); }

  RunResult result(const std::string& run_id) {
    auto map = client->get(resources::kConfigMap, run_ns, names::kResults);
    EXPECT_TRUE(map.ok()) << log();
    if (!map) return {};
    auto parsed = parse_result(map->at("data").at(names::kLastResultKey).as_string());
    EXPECT_TRUE(parsed.ok());
    EXPECT_EQ(parsed->run_id, run_id) << log();
    if (parsed->state) last_state = parsed->state;
    return *parsed;
  }

  bool marker() { return client->get(resources::kConfigMap, run_ns, names::kMarker).ok(); }
  crds::ClusterRun last_run() {
    auto now = client->get<crds::Cluster>(ns, cluster.metadata.name);
    return now.ok() && now->status.last_run ? *now->status.last_run : crds::ClusterRun{};
  }
  std::string log() {
    auto text = base::read_file(log_file);
    return text.ok() ? *text : std::string();
  }
  // SIGKILL of the run's container: the kernel takes the whole of it, here it takes three steps.
  void kill_all(base::Process& process) {
    process.signal(SIGSTOP);  // so that it starts nothing meanwhile
    for (const auto pid : test::descendants(process.pid())) ::kill(pid, SIGKILL);
    process.signal_group(SIGKILL);
    (void)process.wait(30s);
  }

  test::OneboxStandIn onebox{kKubeconfig};
  crds::Cluster cluster;
  std::string run_ns, pod;
  std::unique_ptr<RunStore> store;
  std::unique_ptr<base::TemporaryDirectory> logs;
  std::filesystem::path log_file;
  std::optional<crds::TerraformState> last_state;
  int number = 0;
};

TEST_F(TerraformRun, CreatesShowsPublishesAndDestroys) {
  const auto applied = run(RunOperation::Apply);
  ASSERT_EQ(applied.outcome, RunOutcome::Succeeded) << applied.message << log();
  ASSERT_TRUE(applied.plan && applied.state);
  EXPECT_EQ(applied.plan->add, 3);
  EXPECT_EQ(applied.state->resources, 3);
  EXPECT_EQ(onebox.clusters().at(cluster.metadata.uid), "local-1");
  EXPECT_FALSE(marker()) << "a marker stays only after an interruption";

  auto outputs = client->get(resources::kSecret, run_ns, names::kOutputs);
  ASSERT_TRUE(outputs.ok());
  EXPECT_EQ(kube::secret_value(*outputs, names::kKubeconfigKey), kKubeconfig);
  const auto open = json::parse(*kube::secret_value(*outputs, names::kPublicOutputsKey)).as_object();
  EXPECT_EQ(kube::string_at(open, "gateway.address"), "10.41.0.2");
  EXPECT_EQ(kube::string_at(open, "region"), "local-1");
  EXPECT_FALSE(open.contains("kubeconfig"));

  const auto shown = last_run();
  EXPECT_EQ(shown.id, "terraform-1");
  EXPECT_EQ(shown.phase, crds::RunPhase::Succeeded);
  EXPECT_EQ(shown.done, 3);
  EXPECT_EQ(shown.total, 3);

  const auto again = run(RunOperation::Apply);
  EXPECT_EQ(again.outcome, RunOutcome::Succeeded) << again.message;
  EXPECT_EQ(onebox.puts(), 1) << "nothing to change, nothing asked for";

  const auto refreshed = run(RunOperation::Refresh);
  EXPECT_EQ(refreshed.outcome, RunOutcome::Succeeded) << refreshed.message;
  EXPECT_TRUE(refreshed.drifted.empty());

  const auto destroyed = run(RunOperation::Destroy);
  EXPECT_EQ(destroyed.outcome, RunOutcome::Succeeded) << destroyed.message << log();
  EXPECT_EQ(destroyed.state->resources, 0);
  EXPECT_TRUE(onebox.clusters().empty());
}

TEST_F(TerraformRun, ShowsProgressWhileItWorks) {
  std::promise<void> seen;
  onebox.before_answer([&] { seen.get_future().wait(); });
  auto process = start(input(RunOperation::Apply));
  EXPECT_TRUE(kube::eventually([&] {
    const auto shown = last_run();
    return shown.phase == crds::RunPhase::Running && shown.operation == RunOperation::Apply && shown.done == 1 &&
           shown.total == 3 && shown.current == "terraform_data.cluster";
  })) << json::serialize(kube::to_json(last_run()))
      << log();
  seen.set_value();
  ASSERT_TRUE(process.wait(60s).ok());
  EXPECT_EQ(last_run().phase, crds::RunPhase::Succeeded);
}

TEST_F(TerraformRun, KilledWhileCreatingLosesNothingAndDeletionFindsIt) {
  std::promise<void> killed;
  onebox.before_answer([future = killed.get_future().share()] { future.wait(); });
  auto process = start(input(RunOperation::Apply));
  ASSERT_TRUE(onebox.wait_for_put(1)) << log();
  kill_all(process);
  killed.set_value();
  ASSERT_EQ(onebox.clusters().size(), 1u) << "onebox made the cluster and nobody heard its answer";
  ASSERT_TRUE(marker());
  onebox.before_answer(nullptr);

  const auto destroyed = run(RunOperation::Destroy);
  EXPECT_EQ(destroyed.outcome, RunOutcome::Succeeded) << destroyed.message << log();
  EXPECT_TRUE(onebox.clusters().empty()) << "the deletion must find what no state knew of";
  EXPECT_EQ(onebox.creates(), 1) << "and make nothing twice";
  EXPECT_FALSE(marker());
}

TEST_F(TerraformRun, KilledWhileCreatingIsAppliedAgain) {
  std::promise<void> killed;
  onebox.before_answer([future = killed.get_future().share()] { future.wait(); });
  auto process = start(input(RunOperation::Apply));
  ASSERT_TRUE(onebox.wait_for_put(1)) << log();
  kill_all(process);
  killed.set_value();

  const auto applied = run(RunOperation::Apply);
  EXPECT_EQ(applied.outcome, RunOutcome::Succeeded) << applied.message << log();
  EXPECT_EQ(onebox.creates(), 1);
  EXPECT_EQ(onebox.clusters().size(), 1u);
  EXPECT_FALSE(marker());
}

TEST_F(TerraformRun, KilledAtEveryMomentItEndsTheSame) {
  // Each run lives a little longer than the one before, until one ends by itself.
  bool done = false;
  for (auto life = 100ms; !done; life += 150ms) {
    ASSERT_LT(life, 60s) << log();
    auto process = start(input(RunOperation::Apply));
    done = process.wait(life).ok();
    if (!done) kill_all(process);
  }
  ASSERT_EQ(result(run_name(number)).outcome, RunOutcome::Succeeded) << log();
  EXPECT_EQ(onebox.creates(), 1);
  EXPECT_FALSE(marker());

  done = false;
  for (auto life = 100ms; !done; life += 150ms) {
    ASSERT_LT(life, 60s) << log();
    auto process = start(input(RunOperation::Destroy));
    done = process.wait(life).ok();
    if (!done) kill_all(process);
  }
  EXPECT_EQ(result(run_name(number)).outcome, RunOutcome::Succeeded) << log();
  EXPECT_EQ(onebox.creates(), 1) << "nothing is made again to be destroyed";
  EXPECT_TRUE(onebox.clusters().empty());
}

TEST_F(TerraformRun, ToldToStopItSavesItsStateAndSaysSo) {
  std::promise<void> stopped;
  onebox.before_answer([future = stopped.get_future().share()] { future.wait(); });
  const auto in = input(RunOperation::Apply);
  auto process = start(in);
  ASSERT_TRUE(onebox.wait_for_put(1)) << log();
  process.signal(SIGTERM);
  ASSERT_TRUE(process.wait(60s).ok()) << "one SIGINT ends terraform in good order";
  stopped.set_value();
  const auto cancelled = result(in.run_id);
  EXPECT_EQ(cancelled.outcome, RunOutcome::Cancelled) << cancelled.message;
  EXPECT_EQ(cancelled.reason, "Interrupted");
  EXPECT_TRUE(marker()) << "what it was creating may not be recorded";
  EXPECT_EQ(last_run().phase, crds::RunPhase::Cancelled);

  onebox.before_answer(nullptr);
  EXPECT_EQ(run(RunOperation::Apply).outcome, RunOutcome::Succeeded) << log();
  EXPECT_EQ(onebox.creates(), 1);
  EXPECT_EQ(run(RunOperation::Destroy).outcome, RunOutcome::Succeeded) << log();
  EXPECT_TRUE(onebox.clusters().empty());
}

TEST_F(TerraformRun, AnUnknownRegionIsToldInTheModulesWords) {
  auto in = input(RunOperation::Apply);
  in.variables["region"] = "mars-1";
  const auto failed = run(in);
  EXPECT_EQ(failed.outcome, RunOutcome::Failed);
  EXPECT_EQ(failed.error_class, ErrorClass::Configuration);
  EXPECT_EQ(failed.reason, "InvalidConfiguration");
  EXPECT_NE(failed.message.find("local-1, local-2"), std::string::npos) << failed.message;
  EXPECT_NE(failed.message.find("\"mars-1\""), std::string::npos) << failed.message;
  EXPECT_EQ(onebox.puts(), 0);
  EXPECT_EQ(run(RunOperation::Destroy).outcome, RunOutcome::Succeeded) << "nothing was made: nothing to destroy";
}

TEST_F(TerraformRun, AnUnknownProviderNamesThoseThereAre) {
  auto in = input(RunOperation::Apply);
  in.provider = "mars";
  const auto failed = run(in);
  EXPECT_EQ(failed.reason, "UnknownProvider");
  EXPECT_NE(failed.message.find("local"), std::string::npos) << failed.message;
}

TEST_F(TerraformRun, OneboxDownIsTriedAgainWithoutAsking) {
  onebox.stop();
  const auto failed = run(RunOperation::Apply);
  EXPECT_EQ(failed.outcome, RunOutcome::Failed);
  EXPECT_EQ(failed.error_class, ErrorClass::Network) << failed.message;
  EXPECT_FALSE(is_terminal(failed.error_class));

  onebox.start();
  const auto applied = run(RunOperation::Apply);
  EXPECT_EQ(applied.outcome, RunOutcome::Succeeded)
      << "replacing what never came to be destroys nothing: " << applied.message;
}

TEST_F(TerraformRun, WhatOneboxRefusesIsToldAndClassed) {
  onebox.refuse_with(507, R"({"title":"no room","detail":"this machine has memory for 3 clusters"})");
  const auto full = run(RunOperation::Apply);
  EXPECT_EQ(full.error_class, ErrorClass::Quota) << full.message;
  EXPECT_NE(full.message.find("memory for 3 clusters"), std::string::npos) << full.message;
  EXPECT_EQ(full.message.find("--unix-socket"), std::string::npos) << "the command is nobody's business";
  onebox.refuse_with(0, "");
  EXPECT_EQ(run(RunOperation::Destroy).outcome, RunOutcome::Succeeded) << log();
  EXPECT_EQ(onebox.deletes(), 1) << "a failed create is removed too";
}

TEST_F(TerraformRun, AManualPlanWaitsUnderAnIdThatApprovesIt) {
  cluster.spec.approval = crds::ApprovalPolicy::Manual;
  const auto waiting = run(RunOperation::Apply);
  ASSERT_EQ(waiting.outcome, RunOutcome::AwaitingApproval) << waiting.message;
  EXPECT_EQ(onebox.puts(), 0);
  EXPECT_NE(waiting.message.find(waiting.plan->id), std::string::npos);

  cluster.spec.approved_plan = "another";
  EXPECT_EQ(run(RunOperation::Apply).plan->id, waiting.plan->id) << "the same plan has the same id";
  EXPECT_EQ(onebox.puts(), 0);

  cluster.spec.approved_plan = waiting.plan->id;
  EXPECT_EQ(run(RunOperation::Apply).outcome, RunOutcome::Succeeded) << log();
  EXPECT_EQ(onebox.puts(), 1);
}

TEST_F(TerraformRun, ALostStateStopsEverything) {
  ASSERT_EQ(run(RunOperation::Apply).outcome, RunOutcome::Succeeded) << log();
  ASSERT_TRUE(client->remove(resources::kSecret, run_ns, "tfstate-default-" + state_suffix(cluster.metadata.uid)).ok());
  const auto lost = run(RunOperation::Apply);
  EXPECT_EQ(lost.error_class, ErrorClass::StateLost) << lost.message;
  EXPECT_EQ(onebox.puts(), 1) << "nothing is made a second time";
}

TEST_F(TerraformRun, StateThatCouldNotBeWrittenIsKeptAndWrittenFirst) {
  // While onebox works, the Secret with the state becomes one that cannot be written.
  const std::string state = "tfstate-default-" + state_suffix(cluster.metadata.uid);
  onebox.before_answer([&] {
    auto r =
        client->patch(resources::kSecret, run_ns, state, kube::PatchType::kMerge, json::object{{"immutable", true}});
    EXPECT_TRUE(r.ok()) << r.error().message;
  });
  const auto failed = run(RunOperation::Apply);
  onebox.before_answer(nullptr);
  EXPECT_EQ(failed.outcome, RunOutcome::Failed) << log();
  EXPECT_EQ(failed.reason, "StateNotWritten") << failed.message;
  auto kept = client->get(resources::kSecret, run_ns, names::kErroredState);
  ASSERT_TRUE(kept.ok());
  EXPECT_TRUE(marker());

  const auto still = run(RunOperation::Apply);
  EXPECT_EQ(still.outcome, RunOutcome::Failed) << "nothing is done on a state that is known to be old";
  EXPECT_EQ(onebox.puts(), 1);

  ASSERT_TRUE(client->remove(resources::kSecret, run_ns, state).ok());
  const auto applied = run(RunOperation::Apply);
  EXPECT_EQ(applied.outcome, RunOutcome::Succeeded) << applied.message << log();
  EXPECT_EQ(onebox.puts(), 1) << "the kept state knows what was made";
  EXPECT_TRUE(client->get(resources::kSecret, run_ns, names::kErroredState).error().not_found());
  EXPECT_EQ(onebox.creates(), 1);
  EXPECT_EQ(run(RunOperation::Destroy).outcome, RunOutcome::Succeeded) << log();
  EXPECT_TRUE(onebox.clusters().empty());
}

TEST_F(TerraformRun, DestroysFromWhatWasAppliedNotFromWhatTheModuleIsNow) {
  ASSERT_EQ(run(RunOperation::Apply).outcome, RunOutcome::Succeeded) << log();
  auto in = input(RunOperation::Destroy);
  in.provider = "no-longer-there";
  in.variables = {{"region", "nowhere"}};
  EXPECT_EQ(run(in).outcome, RunOutcome::Succeeded) << log();
  EXPECT_TRUE(onebox.clusters().empty());
}

TEST_F(TerraformRun, TheLockOfALivingPodIsLeftAlone) {
  const std::string lock = "lock-tfstate-default-" + state_suffix(cluster.metadata.uid);
  auto hold = [&](std::string_view holder) {
    auto lease = kube::make_object(resources::kLease, run_ns, lock);
    lease["metadata"].as_object()["annotations"] = {
        {"app.terraform.io/lock-info",
         json::serialize(json::object{{"ID", "1"}, {"Who", "root@" + std::string(holder)}})}};
    lease["spec"] = {{"holderIdentity", "1"}};
    ASSERT_TRUE(client->apply(resources::kLease, lease, {.field_manager = "test", .force = true}).ok());
  };
  const std::string suffix = state_suffix(cluster.metadata.uid);
  auto alive = kube::make_object(resources::kPod, run_ns, "terraform-7-alive");
  alive["spec"] = {{"containers", {{{"name", "c"}, {"image", "i"}}}}};
  ASSERT_TRUE(client->create(resources::kPod, alive).ok());

  hold("terraform-7-alive");
  EXPECT_FALSE(store->release_orphaned_lock(suffix, "terraform-8-me").value());
  hold("ada-laptop");
  EXPECT_FALSE(store->release_orphaned_lock(suffix, "terraform-8-me").value()) << "no pod of ours: not ours to judge";
  hold("terraform-6-gone");
  EXPECT_TRUE(store->release_orphaned_lock(suffix, "terraform-8-me").value());
  auto lease = client->get(resources::kLease, run_ns, lock);
  ASSERT_TRUE(lease.ok());
  EXPECT_EQ(kube::string_at(*lease, "spec.holderIdentity"), "");
  EXPECT_EQ(kube::annotation_of(*lease, "app.terraform.io/lock-info"), "");
}

TEST_F(TerraformRun, SecretsAreInNoLogAndNoStatus) {
  // The provider repeats the credential in its error, as some do.
  onebox.refuse_with(403, R"({"title":"AuthFailure: token )" + std::string(kCanary) + R"( is wrong"})");
  const auto failed = run(RunOperation::Apply);
  EXPECT_EQ(failed.error_class, ErrorClass::Authentication) << failed.message;
  EXPECT_NE(failed.message.find("[redacted]"), std::string::npos) << failed.message;
  EXPECT_EQ(to_text(failed).find(kCanary), std::string::npos);
  EXPECT_EQ(log().find(kCanary), std::string::npos);
  auto object = client->get(crds::Cluster::kResource, ns, cluster.metadata.name);
  EXPECT_EQ(json::serialize(*object).find(kCanary), std::string::npos);

  onebox.refuse_with(0, "");
  ASSERT_EQ(run(RunOperation::Apply).outcome, RunOutcome::Succeeded) << log();
  EXPECT_EQ(log().find("region-token"), std::string::npos) << "outputs are secrets as well";
  object = client->get(crds::Cluster::kResource, ns, cluster.metadata.name);
  EXPECT_EQ(json::serialize(*object).find("region-token"), std::string::npos);
}

TEST_F(TerraformRun, AnInputForAnotherRunIsNotTouched) {
  auto in = input(RunOperation::Apply);
  auto process = start(in);
  (void)process.wait(60s);
  const auto puts = onebox.puts();
  // The same Secret, read by a pod of an older Job.
  base::ProcessSpec spec;
  spec.argv = {std::filesystem::read_symlink("/proc/self/exe"), "terraform-run", "--run-namespace=" + run_ns,
               "--run-id=terraform-99", "--kubeconfig=" + kubeconfig()};
  spec.out = spec.err = base::ProcessSpec::Stream::kNull;
  auto ran = base::run(spec);
  ASSERT_TRUE(ran.ok());
  EXPECT_EQ(ran->status.code, 3);
  EXPECT_EQ(onebox.puts(), puts);
}

}  // namespace
}  // namespace causeway::op::terraform

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "terraform-run") {
    return causeway::op::terraform::terraform_run_main(argc - 1, argv + 1);
  }
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
