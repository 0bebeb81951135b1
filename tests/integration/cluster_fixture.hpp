#pragma once
// An operator with nothing but the Cluster controller, in a process of its own; its region is its own API server, where
// somebody else renews the lease.

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <future>
#include <gtest/gtest.h>

#include "base/process.hpp"
#include "crds/assignment/assignment.hpp"
#include "operator/cluster/plan.hpp"
#include "tests/integration/kube_fixture.hpp"
#include "tests/integration/kube_objects.hpp"
#include "tests/integration/onebox_stand_in.hpp"
#include "tests/integration/run_player.hpp"

namespace causeway::op::cluster {

namespace fs = std::filesystem;
namespace json = kube::json;
namespace resources = kube::resources;
using crds::ClusterPhase;
using namespace std::chrono_literals;

// The program of the test: also the operator, and what its Jobs run (cluster_test.cpp).
inline std::string self() {
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

}  // namespace causeway::op::cluster
