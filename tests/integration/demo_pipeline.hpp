#pragma once
// The world of demo_pipeline_test.cpp: a repository becomes a demo, on the hub's side: the real controllers (Demo,
// ImageTemplate, Repo) on a real API server, the real git server, real git, real buildah and a real registry with TLS.
// The test plays what is not here: the kubelet (it runs a build Job's pod) and the region (it reports on Assignments).

#include <atomic>
#include <boost/json.hpp>
#include <csignal>
#include <fstream>
#include <thread>

#include "apiserver/server.hpp"
#include "base/files.hpp"
#include "base/pki.hpp"
#include "base/process.hpp"
#include "crds/assignment/assignment.hpp"
#include "crds/cluster/cluster.hpp"
#include "crds/demo/demo.hpp"
#include "crds/image_template/image_template.hpp"
#include "crds/repo/repo.hpp"
#include "kube/runtime/manager.hpp"
#include "operator/build/build_run.hpp"
#include "operator/build/buildah.hpp"
#include "operator/build/job.hpp"
#include "operator/demo/reconciler.hpp"
#include "operator/demo/registry.hpp"
#include "operator/image_template/reconciler.hpp"
#include "operator/repo/reconciler.hpp"
#include "tests/integration/kube_fixture.hpp"

namespace causeway::op {

namespace fs = std::filesystem;
namespace json = boost::json;
namespace resources = kube::resources;
using crds::Assignment;
using crds::AssignmentStage;
using crds::Cluster;
using crds::Demo;
using crds::DemoStage;
using kube::eventually;
using kube::Object;
using ::testing::Test;

constexpr auto kLong = std::chrono::seconds(90);

inline base::RunOutput run(std::vector<std::string> argv, const fs::path& cwd = {}) {
  base::ProcessSpec spec;
  spec.argv = std::move(argv);
  spec.cwd = cwd.string();
  spec.env = {{"PATH", std::getenv("PATH")},
              {"HOME", "/nonexistent"},
              {"GIT_TERMINAL_PROMPT", "0"},
              {"GIT_CONFIG_NOSYSTEM", "1"},
              {"GIT_CONFIG_GLOBAL", "/dev/null"}};
  for (const char* who : {"AUTHOR", "COMMITTER"}) {
    (*spec.env)[std::string("GIT_") + who + "_NAME"] = "Ada";
    (*spec.env)[std::string("GIT_") + who + "_EMAIL"] = "ada@example.org";
  }
  auto ran = base::run(spec);
  EXPECT_TRUE(ran.ok()) << (ran.ok() ? "" : ran.error().message);
  return ran.ok() ? *ran : base::RunOutput{};
}
inline std::string must(std::vector<std::string> argv, const fs::path& cwd = {}) {
  const auto ran = run(argv, cwd);
  EXPECT_TRUE(ran.status.success()) << argv[0] << " " << argv[1] << ": " << ran.err;
  return ran.out;
}

// docker-registry on a loopback port, with TLS and deletion.
class RegistryProcess {
 public:
  explicit RegistryProcess(const fs::path& folder) : folder_(folder) {
    auto authority = base::make_authority("test");
    auto leaf = base::issue_certificate(*authority, {.common_name = "registry",
                                                     .organizations = {},
                                                     .dns_names = {"localhost"},
                                                     .ip_addresses = {"127.0.0.1"},
                                                     .server = true,
                                                     .client = false,
                                                     .validity = std::chrono::hours(1)});
    fs::create_directories(folder_ / "certs");
    write(folder_ / "certs/ca.crt", authority->cert_pem);
    write(folder_ / "tls.crt", leaf->cert_pem);
    write(folder_ / "tls.key", leaf->key_pem);
    ca_pem = authority->cert_pem;
    // A port that was free a moment ago; the server is started again with another one should it be taken by then.
    for (int attempt = 0; attempt < 5 && !process_; ++attempt) start();
  }
  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  void stop() {
    if (process_) process_->signal_group(SIGKILL);
    process_.reset();
  }
  void start() {
    if (port_ == 0) {
      base::HttpServerOptions any_port;
      any_port.listen = "127.0.0.1:0";
      auto probe = base::HttpServer::start(
          any_port, base::HttpServer::Handler([](const base::HttpRequest&) { return base::HttpResponse{}; }));
      port_ = (*probe)->port();
    }
    write(folder_ / "config.yml",
          "version: 0.1\nlog: {level: error}\nstorage:\n  filesystem: {rootdirectory: " + (folder_ / "data").string() +
              "}\n  delete: {enabled: true}\nhttp:\n  addr: " + host() + "\n  tls: {certificate: " +
              (folder_ / "tls.crt").string() + ", key: " + (folder_ / "tls.key").string() + "}\n");
    base::ProcessSpec spec;
    spec.argv = {"docker-registry", "serve", (folder_ / "config.yml").string()};
    spec.out = spec.err = base::ProcessSpec::Stream::kFile;
    spec.out_file = spec.err_file = (folder_ / "log").string();
    spec.parent_death_signal = SIGKILL;
    auto spawned = base::Process::spawn(spec);
    ASSERT_TRUE(spawned.ok()) << spawned.error().message;
    process_ = std::move(*spawned);
    demo::Registry registry(host(), ca_pem);
    ASSERT_TRUE(eventually([&] { return registry.tags("none", {}).ok(); })) << *base::read_file(folder_ / "log");
  }
  std::string ca_pem;
  fs::path certs() const { return folder_ / "certs"; }

 private:
  static void write(const fs::path& file, const std::string& text) {
    ASSERT_TRUE(base::write_file_atomic(file, text).ok());
  }
  fs::path folder_;
  std::uint16_t port_ = 0;
  std::optional<base::Process> process_;
};

class DemoPipelineTest : public kube::KubeTest {
 protected:
  void SetUp() override {
    KubeTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    if (!base::find_program("buildah") || !base::find_program("docker-registry") || geteuid() != 0)
      GTEST_SKIP() << "needs buildah, docker-registry and root";
    std::signal(SIGPIPE, SIG_IGN);
    const fs::path root = CAUSEWAY_SOURCE_DIR;
    must({"kubectl", "--kubeconfig", std::getenv("CAUSEWAY_TEST_KUBECONFIG"), "apply", "--server-side", "-k",
          (root / "crds").string()});
    must({"kubectl", "--kubeconfig", std::getenv("CAUSEWAY_TEST_KUBECONFIG"), "wait", "--for=condition=Established",
          "crd", "-l", "app.kubernetes.io/part-of=causeway"});

    registry_ = std::make_unique<RegistryProcess>(folder_.path() / "registry");
    if (HasFatalFailure()) return;
    const auto credentials = folder_.path() / "credentials";
    ASSERT_TRUE(
        base::write_file_atomic(credentials, "ada:" + base::sha256_hex("0123456789abcdef0123456789abcdef") + "\n")
            .ok());
    fs::create_directories(folder_.path() / "git");
    api::ServerOptions git;
    git.listen = "127.0.0.1:0";
    git.git.data = folder_.path() / "git";
    git.git.credentials_file = credentials;
    git.workers = 8;
    auto server = api::Server::start(git, base::system_clock());
    ASSERT_TRUE(server.ok()) << server.error().message;
    git_ = std::move(*server);

    suffix_ = ns.substr(2);
    make_namespace(settings_.system_namespace = "sys-" + suffix_);
    make_namespace(settings_.builds_namespace = "builds-" + suffix_);
    settings_.registry_host = registry_->host();
    settings_.registry_ca_pem = registry_->ca_pem;
    settings_.git_internal_url = "http://127.0.0.1:" + std::to_string(git_->port());
    settings_.git_public_url = settings_.git_internal_url;
    settings_.images["builder"] = "builder:1";
    start_operator();
  }

  void TearDown() override {
    stop_operator();
    git_.reset();
    // The next test's operator sees the whole cluster: nothing of this one may be left for it.
    for (const auto& space : {ns, settings_.system_namespace}) {
      for (const auto& type :
           {Demo::kResource, crds::Repo::kResource, crds::ImageTemplate::kResource, Cluster::kResource}) {
        auto left = client ? client->list(type, space) : kube::Result<kube::ListPage>(kube::Error{});
        if (!left) continue;
        for (const auto& item : left->items) {
          const auto name = std::string(kube::name_of(item));
          (void)client->patch(type, space, name, kube::PatchType::kMerge,
                              json::parse(R"({"metadata":{"finalizers":null}})"));
          (void)client->remove(type, space, name);
        }
      }
    }
    KubeTest::TearDown();
  }

  void make_namespace(const std::string& name) {
    ASSERT_TRUE(client->create(resources::kNamespace, kube::make_object(resources::kNamespace, "", name)).ok());
  }

  // Hub and repo role in one manager: the roles share nothing but the API server.
  void start_operator() {
    manager_ = std::make_unique<kube::Manager>(
        kube::ManagerOptions{.name = "test-operator", .config = config, .leader = {}, .listen = ""});
    demo::add_to(*manager_, settings_);
    image_template::add_to(*manager_, settings_);
    repo::add_to(*manager_, settings_, {.data = folder_.path() / "git"});
    thread_ = std::jthread([this](std::stop_token stop) {
      const auto ended = manager_->run(stop);
      EXPECT_TRUE(ended.ok()) << (ended.ok() ? "" : ended.error().message);
    });
  }
  void stop_operator() {
    if (thread_.joinable()) {
      thread_.request_stop();
      thread_.join();
    }
    manager_.reset();
  }

  void apply(const std::string& text) {
    auto object = json::parse(text).as_object();
    const std::string kind(kube::string_at(object, "kind"));
    const auto type = kind == "Demo"            ? Demo::kResource
                      : kind == "Repo"          ? crds::Repo::kResource
                      : kind == "ImageTemplate" ? crds::ImageTemplate::kResource
                                                : Cluster::kResource;
    auto applied = client->apply(type, object, {.field_manager = "test", .force = true, .strict = true});
    ASSERT_TRUE(applied.ok()) << applied.error().message;
  }
  void apply_template() {
    apply(
        R"({"apiVersion":"causeway.dev/v1alpha1","kind":"ImageTemplate","metadata":{"name":"docker-v1","namespace":")" +
        settings_.system_namespace + R"("},"spec":{"family":"docker","version":1,"port":8080}})");
  }
  void apply_repo() {
    apply(R"({"apiVersion":"causeway.dev/v1alpha1","kind":"Repo","metadata":{"name":"digits","namespace":")" + ns +
          R"("},"spec":{"type":"Space","owner":"ada","path":"ada/d-)" + suffix_ + R"(","visibility":"Public"}})");
  }
  void apply_demo(const std::string& more = {}) {
    apply(R"({"apiVersion":"causeway.dev/v1alpha1","kind":"Demo","metadata":{"name":"digits","namespace":")" + ns +
          R"("},"spec":{"repoRef":{"name":"digits"},"templateRef":{"family":"docker"})" + more + "}}");
  }
  // A Cluster that the region and the federation have made ready.
  Cluster ready_cluster(const std::string& region, const std::string& address) {
    apply(R"({"apiVersion":"causeway.dev/v1alpha1","kind":"Cluster","metadata":{"name":")" + region +
          R"(","namespace":")" + settings_.system_namespace +
          R"("},"spec":{"source":{"terraform":{"provider":"local","region":")" + region + R"("}}}})");
    auto status = client->patch(
        Cluster::kResource, settings_.system_namespace, region, kube::PatchType::kMerge,
        json::parse(
            R"({"status":{"phase":"Ready","outputs":{"gateway":{"address":")" + address +
            R"("}},"conditions":[{"type":"Ready","status":"True","reason":"Ready","message":"","lastTransitionTime":)"
            R"("2026-11-24T10:00:00Z"}]}})"),
        {.subresource = "status"});
    EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.error().message);
    auto cluster = client->get<Cluster>(settings_.system_namespace, region);
    const auto space = kube::make_object(resources::kNamespace, "", crds::cluster_namespace(cluster->metadata.uid));
    (void)client->create(resources::kNamespace, space);
    return *cluster;
  }

  // A commit with these files on main; its hash.
  std::string push(const std::map<std::string, std::string>& files) {
    const auto work = folder_.path() / "work";
    if (!fs::exists(work)) {
      fs::create_directories(work);
      must({"git", "init", "-q", "--initial-branch=main", "."}, work);
    }
    for (const auto& [name, text] : files) std::ofstream(work / name) << text;
    must({"git", "add", "-A"}, work);
    must({"git", "commit", "-q", "--allow-empty", "-m", "change"}, work);
    const auto url = "http://ada:0123456789abcdef0123456789abcdef@127.0.0.1:" + std::to_string(git_->port()) +
                     "/ada/d-" + suffix_ + ".git";
    EXPECT_TRUE(eventually([&] { return run({"git", "push", "-q", url, "main"}, work).status.success(); }));
    return must({"git", "rev-parse", "HEAD"}, work).substr(0, 40);
  }

  Demo demo_now() {
    auto d = client->get<Demo>(ns, "digits");
    return d.ok() ? *d : Demo{};
  }
  bool reaches(DemoStage stage, const std::string& reason = {}) {
    const bool reached = eventually(
        [&] {
          const auto d = demo_now();
          const auto* ready = kube::find_condition(d.status.conditions, "Ready");
          return d.status.stage == stage && d.status.observed_generation == d.metadata.generation &&
                 (reason.empty() || (ready && ready->reason == reason));
        },
        kLong);
    if (!reached) ADD_FAILURE() << "status is " << json::serialize(kube::to_json(demo_now().status));
    return reached;
  }

  std::vector<Object> jobs() {
    auto listed = client->list(resources::kJob, settings_.builds_namespace);
    return listed.ok() ? listed->items : std::vector<Object>{};
  }
  // Waits for a build Job that has not ended, and does what its pod would; the name of the Job.
  std::string play_build_pod() {
    const auto job = build_job();
    if (job.empty()) return {};
    finish_job(job, build_image(job));
    return std::string(kube::name_of(job));
  }
  // The Job of a build that has not ended; empty and a failure when none comes.
  Object build_job() {
    Object job;
    const bool found = eventually(
        [&] {
          for (const auto& j : jobs()) {
            if (!kube::array_at(j, "status.conditions") && !kube::deleting(j)) {
              job = j;
              return true;
            }
          }
          return false;
        },
        kLong);
    if (!found) ADD_FAILURE() << "no build Job; status is " << json::serialize(kube::to_json(demo_now().status));
    return job;
  }
  build::BuildResult build_image(const Object& job) {
    const auto* annotations = kube::object_at(job, "spec.template.metadata.annotations");
    const auto spec =
        kube::from_json<build::BuildSpec>(json::parse(annotations->at(build::kSpecAnnotation).as_string()));
    const base::TemporaryDirectory work("causeway-pod");
    auto result = build::run_build(
        *spec, {.registry_certs = registry_->certs(), .git_credentials = {}, .work = work.path() / "w"}, {});
    // A pod takes its storage with it; this machine's would keep the image.
    (void)run({"buildah", "--storage-driver", build::storage_driver({}), "rmi", spec->image + ":" + spec->tag});
    return result;
  }
  // A pod of the Job, as the Job controller makes it.
  std::string start_pod(const Object& job) {
    const std::string name(kube::name_of(job)), pod_name = name + "-" + base::random_hex(5);
    auto pod = kube::make_object(resources::kPod, settings_.builds_namespace, pod_name);
    auto labels = *kube::object_at(job, "spec.template.metadata.labels");
    labels["batch.kubernetes.io/job-name"] = name;
    kube::set_at(pod, "metadata.labels", labels);
    pod["spec"] = *kube::object_at(job, "spec.template.spec");
    auto created = client->create(resources::kPod, pod);
    EXPECT_TRUE(created.ok()) << created.error().message;
    set_pod(pod_name, {{"phase", "Running"}});
    return pod_name;
  }
  void set_pod(const std::string& name, const json::object& status) {
    auto patched = client->patch(resources::kPod, settings_.builds_namespace, name, kube::PatchType::kMerge,
                                 json::object{{"status", status}}, {.subresource = "status"});
    EXPECT_TRUE(patched.ok()) << patched.error().message;
  }
  void finish_job(const Object& job, const build::BuildResult& result) {
    const bool good = result.reason == build::BuildReason::None;
    const std::string name(kube::name_of(job));
    const json::object terminated{{"exitCode", good ? 0 : 1}, {"message", build::to_termination_log(result)}};
    json::array statuses;
    statuses.push_back(json::object{{"name", "build"},
                                    {"image", "x"},
                                    {"imageID", "x"},
                                    {"ready", false},
                                    {"restartCount", 0},
                                    {"state", {{"terminated", terminated}}}});
    set_pod(start_pod(job), {{"phase", good ? "Succeeded" : "Failed"}, {"containerStatuses", statuses}});
    const auto now = base::format_time(base::system_clock().wall());
    json::array conditions;
    const auto condition = [&](const char* type, const char* reason) {
      conditions.push_back(
          json::object{{"type", type}, {"status", "True"}, {"reason", reason}, {"lastTransitionTime", now}});
    };
    condition(good ? "SuccessCriteriaMet" : "FailureTarget", good ? "CompletionsReached" : "PodFailurePolicy");
    condition(good ? "Complete" : "Failed", good ? "CompletionsReached" : "PodFailurePolicy");
    json::object status{{"startTime", now}, {"conditions", conditions}};
    if (good) {
      status["completionTime"] = now;
      status["succeeded"] = 1;
    } else {
      status["failed"] = 1;
    }
    auto job_patched = client->patch(resources::kJob, settings_.builds_namespace, name, kube::PatchType::kMerge,
                                     json::object{{"status", status}}, {.subresource = "status"});
    ASSERT_TRUE(job_patched.ok()) << job_patched.error().message;
  }

  std::optional<Assignment> assignment(const Cluster& cluster) {
    auto a =
        client->get<Assignment>(crds::cluster_namespace(cluster.metadata.uid), crds::assignment_name(ns, "digits"));
    return a.ok() ? std::optional(*a) : std::nullopt;
  }
  // Waits until the Assignment satisfies `asked` and reports as a region would.
  void play_region(const Cluster& cluster, const std::function<bool(const Assignment&)>& asked,
                   const std::function<void(crds::AssignmentStatus&, const Assignment&)>& report) {
    std::optional<Assignment> a;
    const bool found = eventually(
        [&] {
          a = assignment(cluster);
          return a && asked(*a);
        },
        kLong);
    ASSERT_TRUE(found) << "status is " << json::serialize(kube::to_json(demo_now().status));
    auto after = *a;
    after.status.observed_epoch = a->spec.epoch;
    after.status.observed_generation = a->metadata.generation;
    report(after.status, *a);
    ASSERT_TRUE(client->patch_status(*a, after).ok());
  }
  void play_removal(const Cluster& cluster) {
    play_region(
        cluster, [](const Assignment& a) { return a.spec.desired == crds::Desired::Absent; },
        [](crds::AssignmentStatus& s, const Assignment&) {
          s.stage = AssignmentStage::Absent;
          s.ready = false;
          s.deployment.clear();
        });
  }
  static void running(crds::AssignmentStatus& status, const Assignment& a) {
    status.stage = AssignmentStage::Running;
    status.ready = true;
    status.deployment = a.spec.deployment;
    status.reason.clear();
    status.message.clear();
  }
  static bool any(const Assignment&) { return true; }

  std::vector<std::string> name_targets() {
    auto endpoint =
        client->get(resources::kDnsEndpoint, settings_.system_namespace, crds::assignment_name(ns, "digits"));
    std::vector<std::string> targets;
    if (!endpoint) return targets;
    const auto* endpoints = kube::array_at(*endpoint, "spec.endpoints");
    for (const auto& t : endpoints->at(0).at("targets").as_array()) targets.emplace_back(t.as_string());
    return targets;
  }

  const std::map<std::string, std::string> good_{{"Dockerfile", "FROM scratch\nCOPY app /app\n"}, {"app", "one\n"}};
  base::TemporaryDirectory folder_{"causeway-pipeline"};
  std::string suffix_;
  Settings settings_;
  std::unique_ptr<RegistryProcess> registry_;
  std::unique_ptr<api::Server> git_;
  std::unique_ptr<kube::Manager> manager_;
  std::jthread thread_;
};

}  // namespace causeway::op
