#pragma once
// The webhooks as API servers ask them: served on loopback, named by URL in the configurations of manifests/base, which
// are narrowed to the test's own namespace.

#include <filesystem>
#include <gmock/gmock.h>
#include <sstream>
#include <thread>

#include "base/files.hpp"
#include "crds/cluster/cluster.hpp"
#include "crds/demo/demo.hpp"
#include "crds/repo/repo.hpp"
#include "tests/integration/kube_fixture.hpp"
#include "tests/integration/kube_objects.hpp"
#include "webhooks/service.hpp"

namespace causeway::webhooks {

inline constexpr kube::ResourceType kValidatingConfiguration{
    "admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", false};
inline constexpr kube::ResourceType kMutatingConfiguration{
    "admissionregistration.k8s.io", "v1", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations", false};

// The documents of a YAML file under manifests/base.
inline std::vector<std::string> documents(std::string_view file) {
  auto text = base::read_file(std::filesystem::path(CAUSEWAY_SOURCE_DIR) / "manifests/base" / file);
  EXPECT_TRUE(text.ok());
  std::vector<std::string> out(1);
  std::istringstream lines(text ? *text : "");
  for (std::string line; std::getline(lines, line);) {
    if (line == "---") {
      out.emplace_back();
    } else {
      out.back() += line + "\n";
    }
  }
  return out;
}

// One process of `causeway-webhooks`, as threads of this one.
class Replica {
 public:
  Replica(const kube::ClientConfig& config, ServiceOptions options)
      : manager_({.name = "causeway-webhooks", .config = config, .leader = {}, .listen = "127.0.0.1:0"}),
        service_(manager_, std::move(options)),
        thread_([this](const std::stop_token& stop) {
          const auto ended = manager_.run(stop);
          EXPECT_TRUE(ended.ok()) << ended.error().message;
        }) {}

  std::uint16_t port() const { return service_.port(); }
  bool ready() const { return service_.ready().ok(); }
  std::string metrics() { return manager_.metrics().render(); }
  void stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  kube::Manager manager_;
  Service service_;
  std::jthread thread_;
};

class WebhooksTest : public kube::KubeTest {
 protected:
  void SetUp() override {
    KubeTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    for (const auto* kind : {"cluster", "demo", "image_template", "repo"})
      ASSERT_TRUE(test::install_crd(*client, kind));
    ASSERT_TRUE(
        client->create(kube::resources::kSecret, kube::make_object(kube::resources::kSecret, ns, "authority")).ok());
    options.server.listen = "127.0.0.1:0";
    auto& certificates = options.certificates;
    certificates.ns = ns;
    certificates.secret = "authority";
    certificates.validating = certificates.mutating = ns;
    certificates.ip_addresses = {"127.0.0.1"};
    certificates.dns_names = {"localhost"};
    certificates.interval = std::chrono::milliseconds(200);
    certificates.hurried = std::chrono::milliseconds(50);
    certificates.policy.settle = std::chrono::seconds(1);
    certificates.policy.overlap = std::chrono::seconds(5);
  }

  void TearDown() override {
    if (client) {
      (void)client->remove(kValidatingConfiguration, "", ns);
      (void)client->remove(kMutatingConfiguration, "", ns);
    }
    replica.reset();
    KubeTest::TearDown();
  }

  // Serves, is trusted, and is asked.
  void start() {
    replica = std::make_unique<Replica>(config, options);
    ASSERT_TRUE(kube::eventually([&] { return replica->port() != 0; }));
    EXPECT_FALSE(replica->ready()) << "nobody trusts it yet";
    for (const std::string& document : documents("webhook-configurations.yaml")) configure(document);
    ASSERT_TRUE(kube::eventually([&] { return replica->ready(); }));
    // The API server learns of the configurations a moment later: then what is wrong is refused, and with the webhook's
    // own words.
    ASSERT_TRUE(kube::eventually([&] {
      const auto tried = create_repo("probe", "somebody-else", true);
      return !tried.ok() && tried.error().code == 403;
    }));
  }

  void configure(const std::string& document) {
    const auto& type = document.find("kind: MutatingWebhookConfiguration") != document.npos ? kMutatingConfiguration
                                                                                            : kValidatingConfiguration;
    // The API server reads the YAML for us.
    auto read = client->raw({.method = "PATCH",
                             .target = type.path("", "causeway") + "?fieldManager=test&force=true&dryRun=All",
                             .headers = {{"Content-Type", "application/apply-patch+yaml"}},
                             .body = document});
    ASSERT_TRUE(read.ok()) << read.error().message;
    const auto from = kube::json::parse(read->body).as_object();
    kube::Object object = kube::make_object(type, "", ns);
    object["webhooks"] = from.at("webhooks");
    for (auto& webhook : object["webhooks"].as_array()) {
      const std::string path(webhook.at_pointer("/clientConfig/service/path").as_string());
      webhook.as_object()["clientConfig"] = {{"url", "https://127.0.0.1:" + std::to_string(replica->port()) + path}};
      webhook.as_object()["namespaceSelector"] =
          kube::Object{{"matchLabels", kube::Object{{"kubernetes.io/metadata.name", ns}}}};
    }
    auto made = client->create(type, object);
    ASSERT_TRUE(made.ok()) << made.error().message;
  }

  kube::Object repo(std::string_view name, std::string_view owner = {}) const {
    kube::Object object = kube::make_object(crds::Repo::kResource, ns, name);
    const std::string account(owner.empty() ? std::string_view(ns) : owner);
    object["spec"] = {{"type", "Model"}, {"owner", account}, {"path", account + "/" + std::string(name)}};
    return object;
  }
  kube::Result<kube::Object> create_repo(std::string_view name, std::string_view owner = {}, bool dry_run = false) {
    return client->create(crds::Repo::kResource, repo(name, owner), {.dry_run = dry_run});
  }
  kube::Object demo(std::string_view name, kube::Object spec) const {
    kube::Object object = kube::make_object(crds::Demo::kResource, ns, name);
    object["spec"] = std::move(spec);
    return object;
  }
  kube::Object cluster(std::string_view name, std::string_view provider = "local") const {
    kube::Object object = kube::make_object(crds::Cluster::kResource, ns, name);
    object["spec"] = {
        {"source", kube::Object{{"terraform", kube::Object{{"provider", provider}, {"region", "local-1"}}}}}};
    return object;
  }
  // The Warning headers of a creation that is accepted.
  std::string warnings_of(const kube::ResourceType& type, const kube::Object& object) {
    auto made = client->raw({.method = "POST",
                             .target = type.path(ns),
                             .headers = {{"Content-Type", "application/json"}},
                             .body = kube::json::serialize(object)});
    EXPECT_TRUE(made.ok()) << made.error().message;
    std::string all;
    if (!made) return all;
    for (const auto& [name, value] : made->headers) {
      if (name == "Warning") all += value + "\n";
    }
    return all;
  }

  ServiceOptions options;
  std::unique_ptr<Replica> replica;
};

}  // namespace causeway::webhooks
