// causeway-onebox against the real thing: namespaces, Kubernetes, the machine's firewall.

#include <csignal>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <thread>

#include "base/files.hpp"
#include "base/http_client.hpp"
#include "base/http_server.hpp"
#include "onebox/machine/network.hpp"
#include "onebox/plan/layout.hpp"
#include "onebox/plan/records.hpp"
#include "tests/integration/onebox/machine_snapshot.hpp"
#include "tests/integration/onebox/onebox_under_test.hpp"

namespace causeway::onebox {
namespace {

using namespace std::chrono_literals;
using kube::json::object;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// One service and one cluster with a node ("hub") for all tests; each leaves the hub ready.
class OneboxTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (OneboxUnderTest::cannot_run()) return;
    onebox = std::make_unique<OneboxUnderTest>();
    before = machine_snapshot(onebox->instance(), onebox->data().string());
    auto served = onebox->serve();
    ASSERT_TRUE(served) << served.error().message;
    auto hub = onebox->create("hub", true);
    ASSERT_EQ(hub.status, 200) << hub.detail() << onebox->service_log();
  }
  static void TearDownTestSuite() {
    if (!onebox) return;
    const auto instance = onebox->instance(), data = onebox->data().string();
    onebox.reset();
    EXPECT_THAT(difference(before, machine_snapshot(instance, data)), IsEmpty());
  }
  void SetUp() override {
    if (auto why = OneboxUnderTest::cannot_run()) GTEST_SKIP() << *why;
  }
  Names names() const { return Names{onebox->instance()}; }
  Layout layout() const { return Layout{onebox->data()}; }
  ProcessRecord hub_init() const { return load_json<ProcessRecord>(layout().cluster("hub").process()).value(); }
  bool api_answers() const { return onebox->client("hub")->version().ok(); }

  // Something that shows later that it is the same cluster.
  void leave_mark(const std::string& name) const {
    auto mark = kube::make_object(kube::resources::kConfigMap, "default", name);
    auto made = onebox->client("hub")->create(kube::resources::kConfigMap, mark);
    ASSERT_TRUE(made) << made.error().message;
  }
  bool has_mark(const std::string& name) const {
    return onebox->client("hub")->get(kube::resources::kConfigMap, "default", name).ok();
  }

  static inline std::unique_ptr<OneboxUnderTest> onebox;
  static inline std::set<std::string> before;
};

TEST_F(OneboxTest, TheComparisonOfTheMachineSeesARunningCluster) {
  // Else the tests that find no difference would prove nothing.
  const auto seen = difference(before, machine_snapshot(onebox->instance(), onebox->data().string()));
  for (const char* kind : {"+ link", "+ network namespace", "+ firewall", "+ mount", "+ cgroup", "+ process"})
    EXPECT_THAT(seen, ::testing::Contains(::testing::StartsWith(kind)));
}

TEST_F(OneboxTest, TheKernelHasInotifyInstancesForManyClusters) {
  // Five to ten for each cluster, and with none left containerd's CRI service does not start.
  const auto limit = base::read_file("/proc/sys/fs/inotify/max_user_instances");
  ASSERT_TRUE(limit) << limit.error().message;
  EXPECT_GE(std::stol(*limit), 8192);
}

TEST_F(OneboxTest, ClusterHasAReadyNodeInItsRegion) {
  auto node = onebox->client("hub")->get(kube::resources::kNode, "", "hub");
  ASSERT_TRUE(node) << node.error().message;
  EXPECT_TRUE(kube::condition_is_true(kube::conditions_of(*node), "Ready"));
  EXPECT_EQ(kube::label_of(*node, "topology.kubernetes.io/region"), "local-1");
}

TEST_F(OneboxTest, BothKubeconfigsWorkAndAreNobodyElsesToRead) {
  const auto cluster = onebox->get("hub");
  for (const char* which : {"kubeconfig", "localKubeconfig"}) {
    auto config = kube::parse_kubeconfig(kube::string_at(cluster.object(), which));
    ASSERT_TRUE(config) << which << config.error().message;
    auto version = kube::Client(*config).version();
    EXPECT_TRUE(version) << which << version.error().message;
  }
  for (const auto& file : {layout().cluster("hub").kubeconfig(), layout().cluster("hub").local_kubeconfig(),
                           layout().output("hub"), layout().ca_key()}) {
    struct stat info {};
    ASSERT_EQ(::stat(file.c_str(), &info), 0) << file;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << file;
  }
}

TEST_F(OneboxTest, CreatingAgainIsAnsweredAtOnceAndTouchesNothing) {
  const auto running = onebox->components("hub");
  const auto again = onebox->create("hub", true);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(onebox->components("hub"), running);
}

TEST_F(OneboxTest, WrongWishesAreRefusedInWords) {
  auto region = onebox->create("x", false, "eu-west-1");
  EXPECT_EQ(region.status, 422);
  EXPECT_THAT(region.detail(), HasSubstr("local-1"));
  EXPECT_EQ(onebox->create("..%2f..%2fetc", false).status, 404);
  EXPECT_EQ(onebox->create("Bad", false).status, 422);
  auto other = onebox->create("hub", false);
  EXPECT_EQ(other.status, 409);
  EXPECT_THAT(other.detail(), HasSubstr("node is true"));
  EXPECT_EQ(onebox->call("PUT", "/v1/clusters/x", object{{"name", 7}}).status, 422);
  EXPECT_EQ(onebox->get("absent").status, 404);
  EXPECT_EQ(onebox->fault("hub", "kill", "nonsense").status, 404);
  EXPECT_EQ(onebox->fault("hub", "explode", "etcd").status, 422);
}

TEST_F(OneboxTest, ConcurrentWishesMakeOneClusterAndDeletingItLeavesNothing) {
  const auto without = machine_snapshot(onebox->instance(), onebox->data().string());
  std::vector<int> answers(3);
  {
    std::vector<std::jthread> askers;
    for (auto& answer : answers) askers.emplace_back([&] { answer = onebox->create("small", false).status; });
  }
  EXPECT_EQ(answers, (std::vector<int>{200, 200, 200}));
  EXPECT_EQ(onebox->call("GET", "/v1/clusters").body.as_array().size(), 2u);
  EXPECT_TRUE(std::filesystem::exists(layout().output("small")));

  EXPECT_EQ(onebox->call("DELETE", "/v1/clusters/small").status, 204);
  EXPECT_EQ(onebox->call("DELETE", "/v1/clusters/small").status, 204);  // idempotent
  EXPECT_EQ(onebox->get("small").status, 404);
  EXPECT_FALSE(std::filesystem::exists(layout().output("small")));
  EXPECT_FALSE(std::filesystem::exists(layout().cluster("small").dir));
  EXPECT_THAT(onebox->processes("small"), IsEmpty());
  EXPECT_THAT(difference(without, machine_snapshot(onebox->instance(), onebox->data().string())), IsEmpty());
}

TEST_F(OneboxTest, AKilledServiceFindsItsClustersAgainUntouched) {
  const auto status = onebox->call("GET", "/v1/status");
  const auto running = onebox->components("hub"), shared = onebox->components("shared");
  onebox->kill_service();
  EXPECT_EQ(onebox->components("hub"), running);
  auto served = onebox->serve();
  ASSERT_TRUE(served) << served.error().message;
  ASSERT_TRUE(eventually([&] { return onebox->ready("hub"); }));
  EXPECT_EQ(onebox->components("hub"), running);
  EXPECT_EQ(onebox->components("shared"), shared);
  EXPECT_TRUE(api_answers());
  // Addresses people have written down are the same.
  const auto now = onebox->call("GET", "/v1/status");
  EXPECT_EQ(kube::int_at(now.object(), "webPort"), kube::int_at(status.object(), "webPort"));
  EXPECT_EQ(kube::string_at(now.object(), "registry.loopback"), kube::string_at(status.object(), "registry.loopback"));
}

TEST_F(OneboxTest, AServiceThatIsStoppedLeavesItsClustersRunning) {
  const auto running = onebox->components("hub");
  onebox->stop_service();
  EXPECT_EQ(onebox->components("hub"), running);
  ASSERT_TRUE(onebox->serve());
  EXPECT_TRUE(eventually([&] { return onebox->ready("hub"); }));
}

TEST_F(OneboxTest, KilledApiServerAndStoreComeBackWithTheirData) {
  leave_mark("before-the-kill");
  for (const char* component : {"kube-apiserver", "etcd"}) {
    const int restarts = onebox->restarts("hub", component);
    ASSERT_EQ(onebox->fault("hub", "kill", component).status, 204);
    ASSERT_TRUE(eventually([&] { return onebox->restarts("hub", component) == restarts + 1; })) << component;
    ASSERT_TRUE(eventually([&] { return onebox->ready("hub"); }, 30s)) << component;
    EXPECT_TRUE(has_mark("before-the-kill"));
  }
}

TEST_F(OneboxTest, AStoppedComponentStaysDownUntilStarted) {
  ASSERT_EQ(onebox->fault("hub", "stop", "kube-scheduler").status, 204);
  ASSERT_TRUE(eventually([&] { return onebox->state("hub", "kube-scheduler") == "Stopped"; }));
  EXPECT_FALSE(onebox->ready("hub"));
  EXPECT_TRUE(api_answers());
  ASSERT_EQ(onebox->fault("hub", "start", "kube-scheduler").status, 204);
  EXPECT_TRUE(eventually([&] { return onebox->ready("hub"); }));
}

TEST_F(OneboxTest, ACutClusterRunsOnAndIsReachedAgainWhenHealed) {
  const auto running = onebox->components("hub");
  ASSERT_EQ(onebox->fault("hub", "cut").status, 204);
  EXPECT_EQ(kube::string_at(onebox->get("hub").object(), "network"), "cut");
  auto config = kube::load_kubeconfig(layout().cluster("hub").kubeconfig()).value();
  base::HttpClientOptions options;
  options.base_url = config.server;
  options.tls = config.tls;
  options.connect_timeout = 1s;
  EXPECT_FALSE(base::HttpClient(options).call({.method = "GET", .target = "/version", .headers = {}, .body = ""},
                                              {.timeout = 2s, .stop = {}}));
  EXPECT_EQ(onebox->components("hub"), running);
  ASSERT_EQ(onebox->fault("hub", "heal").status, 204);
  EXPECT_TRUE(eventually([&] { return api_answers(); }));
}

TEST_F(OneboxTest, AKilledInitTakesEverythingWithItAndTheClusterIsStartedAnew) {
  leave_mark("before-the-init");
  const auto running = onebox->processes("hub");
  const auto old = hub_init();
  ::kill(old.pid, SIGKILL);
  ASSERT_TRUE(eventually([&] {
    for (pid_t pid : onebox->processes("hub"))
      if (running.contains(pid)) return false;
    return true;
  }));
  ASSERT_TRUE(eventually([&] { return onebox->ready("hub") && hub_init() != old; }));
  EXPECT_TRUE(has_mark("before-the-init"));
}

TEST_F(OneboxTest, AKilledServiceInTheMiddleOfCreatingMakesNoSecondCluster) {
  std::jthread asker([&] { (void)onebox->create("halfway", false); });
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(layout().cluster("halfway").record()); }));
  onebox->kill_service();
  asker.join();
  ASSERT_TRUE(onebox->serve());
  EXPECT_EQ(onebox->create("halfway", false).status, 200);
  // One API server, whichever service started it.
  int api_servers = 0;
  for (pid_t pid : onebox->processes("halfway")) {
    const auto command = base::read_file("/proc/" + std::to_string(pid) + "/cmdline").value_or("");
    api_servers += command.find("--service-cluster-ip-range") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(api_servers, 1);
  EXPECT_EQ(onebox->call("DELETE", "/v1/clusters/halfway").status, 204);
}

TEST_F(OneboxTest, CreatingCanBeSlowRefusedAndLimited) {
  ASSERT_EQ(onebox->call("PUT", "/v1/faults", object{{"refuse", "no capacity in local-1"}}).status, 200);
  auto refused = onebox->create("more", false);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.detail(), "no capacity in local-1");
  ASSERT_EQ(onebox->call("PUT", "/v1/faults", object{{"quota", 1}}).status, 200);
  auto limited = onebox->create("more", false);
  EXPECT_EQ(limited.status, 403);
  EXPECT_THAT(limited.detail(), HasSubstr("quota"));
  EXPECT_EQ(onebox->create("hub", true).status, 200);  // it exists
  ASSERT_EQ(onebox->call("PUT", "/v1/faults", object{{"slowMilliseconds", 300}}).status, 200);
  const auto start = base::system_clock().steady();
  EXPECT_EQ(onebox->create("hub", true).status, 200);
  EXPECT_GE(base::system_clock().steady() - start, 300ms);
  ASSERT_EQ(onebox->call("PUT", "/v1/faults", object{}).status, 200);
}

TEST_F(OneboxTest, RegistryAnswersOnLoopbackWithOurCertificateAndComesBack) {
  const auto status = onebox->call("GET", "/v1/status");
  base::HttpClientOptions options;
  options.base_url = "https://" + std::string(kube::string_at(status.object(), "registry.loopback"));
  options.tls.ca_pem = base::read_file(layout().ca()).value();
  options.tls.server_name = "registry.causeway.internal";
  auto answers = [&] {
    auto response = base::HttpClient(options).call({.method = "GET", .target = "/v2/", .headers = {}, .body = ""});
    return response && response->status == 200;
  };
  EXPECT_TRUE(eventually(answers));
  const auto running = onebox->components("shared");
  ASSERT_EQ(onebox->fault("shared", "kill", "registry").status, 204);
  ASSERT_TRUE(eventually([&] { return onebox->components("shared") != running; }));
  EXPECT_TRUE(eventually(answers));
}

TEST_F(OneboxTest, NamesOfTheHubLeadToGateways) {
  auto client = onebox->client("hub");
  auto crd = kube::json::parse(R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
    "metadata":{"name":"dnsendpoints.externaldns.k8s.io",
      "annotations":{"api-approved.kubernetes.io":"https://github.com/kubernetes-sigs/external-dns/pull/2007"}},
    "spec":{"group":"externaldns.k8s.io","scope":"Namespaced",
      "names":{"kind":"DNSEndpoint","plural":"dnsendpoints","singular":"dnsendpoint","listKind":"DNSEndpointList"},
      "versions":[{"name":"v1alpha1","served":true,"storage":true,"schema":{"openAPIV3Schema":
        {"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}})");
  ASSERT_TRUE(client->create(kube::resources::kCustomResourceDefinition, crd.as_object()));
  // A gateway at an address of its own on the bridge.
  const auto address = std::string(kube::string_at(onebox->call("GET", "/v1/status").object(), "bridgeAddress"));
  base::HttpServerOptions gateway_options;
  gateway_options.listen = address + ":80";
  auto gateway = base::HttpServer::start(gateway_options, [](const base::HttpRequest& request) {
    return base::text_response(200, "for " + std::string(request.headers.get("Host").value_or("nobody")));
  });
  ASSERT_TRUE(gateway) << gateway.error().message;
  auto endpoint = kube::make_object(kube::resources::kDnsEndpoint, "default", "demo");
  endpoint["spec"] =
      object{{"endpoints", kube::json::array{object{{"dnsName", "digits--ada.localhost"},
                                                    {"recordType", "A"},
                                                    {"targets", kube::json::array{kube::json::value(address)}}}}}};
  ASSERT_TRUE(eventually([&] { return client->create(kube::resources::kDnsEndpoint, endpoint).ok(); }));
  const auto listed = [&] {
    const auto status = onebox->call("GET", "/v1/status");
    const auto* names = kube::array_at(status.object(), "names");
    return names && *names == kube::json::array{"digits--ada.localhost"};
  };
  EXPECT_TRUE(eventually(listed));

  base::HttpClientOptions options;
  options.base_url =
      "http://127.0.0.1:" + std::to_string(kube::int_at(onebox->call("GET", "/v1/status").object(), "webPort"));
  base::HttpRequest request;
  request.headers.set("Host", "Digits--Ada.localhost:8080");
  auto known = base::HttpClient(options).call(request);
  ASSERT_TRUE(known) << known.error().message;
  EXPECT_EQ(known->body, "for Digits--Ada.localhost:8080");
  request.headers.set("Host", "nobody.localhost");
  auto unknown = base::HttpClient(options).call(request);
  ASSERT_TRUE(unknown) << unknown.error().message;
  EXPECT_EQ(unknown->status, 404);
  EXPECT_THAT(unknown->body, HasSubstr("digits--ada.localhost"));

  // The name goes away with its object.
  ASSERT_TRUE(client->remove(kube::resources::kDnsEndpoint, "default", "demo"));
  request.headers.set("Host", "digits--ada.localhost");
  EXPECT_TRUE(eventually([&] {
    auto gone = base::HttpClient(options).call(request);
    return gone && gone->status == 404;
  }));
}

TEST_F(OneboxTest, ASecondServiceOnTheSameDataIsRefused) {
  auto second = onebox->run({"serve", "--data", onebox->data().string(), "--kubernetes", "/bin/true"});
  EXPECT_FALSE(second.status.success());
  EXPECT_THAT(second.err, HasSubstr("another causeway-onebox serves"));
  EXPECT_THAT(second.err, HasSubstr(std::to_string(onebox->service_pid())));
}

TEST_F(OneboxTest, ATakenWebPortIsSaidAndTwoInstancesDoNotMeet) {
  const auto web = kube::int_at(onebox->call("GET", "/v1/status").object(), "webPort");
  const auto running = onebox->components("hub");
  OneboxUnderTest other;
  auto machine = [&] { return machine_snapshot(other.instance(), other.data().string()); };
  const auto before_the_refusal = machine();
  auto refused = other.serve({"--web-port", std::to_string(web)});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("port " + std::to_string(web)));
  EXPECT_THAT(difference(before_the_refusal, machine()), IsEmpty());
  ASSERT_TRUE(other.serve());
  EXPECT_NE(kube::string_at(other.call("GET", "/v1/status").object(), "subnet"),
            kube::string_at(onebox->call("GET", "/v1/status").object(), "subnet"));
  other.stop_service();
  EXPECT_TRUE(other.run({"down", "--data", other.data().string()}).status.success());
  EXPECT_EQ(onebox->components("hub"), running);
  EXPECT_TRUE(api_answers());
}

TEST_F(OneboxTest, DownLeavesTheMachineAsItWasAndTheNextServiceRestoresTheClusters) {
  leave_mark("before-down");
  auto down = onebox->run({"down", "--data", onebox->data().string()});
  EXPECT_TRUE(down.status.success()) << down.err;
  EXPECT_THAT(down.out, HasSubstr("cluster hub"));
  EXPECT_THAT(difference(before, machine_snapshot(onebox->instance(), onebox->data().string())), IsEmpty());
  ASSERT_TRUE(onebox->serve());
  ASSERT_TRUE(eventually([&] { return onebox->ready("hub"); }));
  EXPECT_TRUE(has_mark("before-down"));
}

TEST_F(OneboxTest, DownAfterACrashFindsEverything) {
  onebox->kill_service();
  ::kill(hub_init().pid, SIGKILL);
  std::filesystem::remove(layout().shared().process());  // an init that is on no record
  auto down = onebox->run({"down", "--data", onebox->data().string()});
  EXPECT_TRUE(down.status.success()) << down.err;
  EXPECT_THAT(difference(before, machine_snapshot(onebox->instance(), onebox->data().string())), IsEmpty());
  auto again = onebox->run({"down", "--data", onebox->data().string()});
  EXPECT_TRUE(again.status.success());
  EXPECT_EQ(again.out, "nothing was running\n");
  ASSERT_TRUE(onebox->serve());
  EXPECT_TRUE(eventually([&] { return onebox->ready("hub"); }));
}

}  // namespace
}  // namespace causeway::onebox
