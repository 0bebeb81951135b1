// The webhooks against a real API server: what is filled in, refused and warned of, and what certificates, stops,
// crowds and slow senders do to writes.

#include <atomic>

#include "base/encoding.hpp"
#include "base/pki.hpp"
#include "base/test_sockets.hpp"
#include "tests/integration/webhooks_fixture.hpp"
#include "webhooks/certificates/secret.hpp"

namespace causeway::webhooks {
namespace {

using namespace std::chrono_literals;
using kube::eventually;
using kube::Object;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST_F(WebhooksTest, FillsInWhatTheSchemaCannot) {
  start();
  auto made = client->create(crds::Demo::kResource, demo("d", {{"repoRef", Object{{"name", "r"}}}}), {.strict = true});
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_EQ(kube::string_at(*made, "spec.repoRef.namespace"), ns);
  EXPECT_EQ(kube::string_at(*made, "spec.build.mode"), "Dockerfile");
  EXPECT_EQ(kube::string_at(*made, "spec.build.timeout"), "30m") << "the schema's own defaults stay";
  EXPECT_EQ(kube::int_at(*made, "spec.scaling.target"), 20);
  // From a repository to an image: what was filled in does not stand in the way.
  auto changed = client->patch(crds::Demo::kResource, ns, "d", kube::PatchType::kMerge,
                               {{"spec", Object{{"repoRef", nullptr}, {"image", "a@sha256:" + std::string(64, '0')}}}});
  ASSERT_TRUE(changed.ok()) << changed.error().message;
  EXPECT_EQ(kube::string_at(*changed, "spec.build.mode"), "Prebuilt");

  auto cloud = client->create(crds::Cluster::kResource, cluster("c", "aws"));
  ASSERT_TRUE(cloud.ok()) << cloud.error().message;
  EXPECT_TRUE(kube::bool_at(*cloud, "spec.protected"));
  auto named = create_repo("r");
  ASSERT_TRUE(named.ok()) << named.error().message;
  EXPECT_EQ(kube::string_at(*named, "spec.displayName"), "r");
}

TEST_F(WebhooksTest, RefusesWithTheFieldAndWhatWouldBeAccepted) {
  start();
  const auto wrong = client->create(crds::Cluster::kResource, cluster("c", "moon"));
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().code, 422);
  EXPECT_EQ(wrong.error().reason, "Invalid");
  EXPECT_THAT(
      wrong.error().message,
      AllOf(HasSubstr("admission webhook \"clusters.causeway.dev\" denied the request: "),
            HasSubstr("spec.source.terraform.provider: unknown provider \"moon\"; accepted: "), HasSubstr("local")));
  ASSERT_EQ(wrong.error().causes.size(), 1u);
  EXPECT_EQ(wrong.error().causes[0].field, "spec.source.terraform.provider");

  ASSERT_TRUE(create_repo("r").ok());
  auto twin = repo("twin");
  twin["spec"].as_object()["path"] = ns + "/R";
  ASSERT_TRUE(eventually([&] { return !client->create(crds::Repo::kResource, twin, {.dry_run = true}).ok(); }));
  EXPECT_THAT(client->create(crds::Repo::kResource, twin, {.dry_run = true}).error().message,
              HasSubstr("belongs to Repo " + ns + "/r"));
  EXPECT_THAT(create_repo("s", "eve").error().message, HasSubstr("spec.owner: namespace " + ns));
}

TEST_F(WebhooksTest, WarnsOfWhatIsNotThereYet) {
  start();
  EXPECT_THAT(warnings_of(crds::Demo::kResource, demo("d", {{"repoRef", Object{{"name", "r"}}},
                                                            {"templateRef", Object{{"family", "cobol"}}}})),
              AllOf(HasSubstr("spec.repoRef: there is no Repo " + ns + "/r"), HasSubstr("spec.templateRef: ")));
  ASSERT_TRUE(create_repo("r").ok());
  ASSERT_TRUE(eventually([&] {
    const auto again =
        warnings_of(crds::Demo::kResource, demo("d" + base::random_hex(6), {{"repoRef", Object{{"name", "r"}}}}));
    return again.find("spec.repoRef") == again.npos;
  }));
}

TEST_F(WebhooksTest, KeepsATenantWithinItsQuota) {
  Object quota = kube::make_object(kube::resources::kResourceQuota, ns, "tenant");
  quota["spec"] = {{"hard", Object{{"requests.cpu", "1"}}}};
  ASSERT_TRUE(client->create(kube::resources::kResourceQuota, quota).ok());
  start();
  const auto wants = [&](std::string_view name, int copies) {
    return client->create(crds::Demo::kResource, demo(name, {{"image", "a@sha256:" + std::string(64, '0')},
                                                             {"resources", Object{{"cpu", "400m"}}},
                                                             {"scaling", Object{{"max", copies}}}}));
  };
  ASSERT_TRUE(wants("one", 1).ok());
  ASSERT_TRUE(eventually([&] { return !wants("two", 2).ok(); }));
  const auto refused = wants("two", 2);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, 403);
  EXPECT_THAT(refused.error().message, AllOf(HasSubstr("spec.resources.cpu"), HasSubstr("accepted: 600m or less")));
  EXPECT_TRUE(wants("two", 1).ok());
}

TEST_F(WebhooksTest, AClusterIsNotDeletedUnderItsDemos) {
  start();
  ASSERT_TRUE(client->create(crds::Cluster::kResource, cluster("c")).ok());
  ASSERT_TRUE(client->create(crds::Demo::kResource, demo("d", {{"image", "a@sha256:" + std::string(64, '0')}})).ok());
  const Object placement{
      {"cluster", "c"}, {"clusterNamespace", ns}, {"clusterUid", "u"}, {"epoch", 1}, {"stage", "Running"}};
  auto placed =
      client->patch(crds::Demo::kResource, ns, "d", kube::PatchType::kMerge,
                    {{"status", Object{{"placements", kube::json::array{placement}}}}}, {.subresource = "status"});
  ASSERT_TRUE(placed.ok()) << placed.error().message;
  ASSERT_TRUE(eventually([&] { return !client->remove(crds::Cluster::kResource, ns, "c", {.dry_run = true}).ok(); }));
  const auto refused = client->remove(crds::Cluster::kResource, ns, "c");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, 403);
  EXPECT_THAT(refused.error().message, HasSubstr("runs demos: " + ns + "/d"));
  // As `kubectl delete demos,clusters` does it: without waiting in between.
  ASSERT_TRUE(client->remove(crds::Demo::kResource, ns, "d").ok());
  const auto gone = client->remove(crds::Cluster::kResource, ns, "c");
  EXPECT_TRUE(gone.ok()) << gone.error().message;
}

// Several replicas share one authority; it is replaced twice while Repos, which are refused when no webhook answers,
// are written all the time.
TEST_F(WebhooksTest, NoWriteIsRefusedBecauseOfARotation) {
  start();
  Replica second(config, options);
  ASSERT_TRUE(eventually([&] { return second.ready(); }));
  const auto authority = [&]() -> std::optional<certificates::Authorities> {
    auto secret = client->get(kube::resources::kSecret, ns, "authority");
    auto read = secret.ok() ? certificates::read_secret(*secret) : certificates::read_secret({});
    if (!read) return std::nullopt;
    return *read;
  };
  std::atomic<int> written = 0;
  std::string refusal;
  std::jthread writer([&](const std::stop_token& stop) {
    kube::Client own(config);
    while (!stop.stop_requested()) {
      auto made = own.create(crds::Repo::kResource, repo("w" + std::to_string(written)), {.dry_run = true});
      if (!made) {
        refusal = made.error().message;
        return;
      }
      ++written;
    }
  });
  for (int round = 0; round < 2; ++round) {
    const auto before = authority();
    ASSERT_TRUE(before);
    // The way for a person to ask for a new one.
    ASSERT_TRUE(
        client->patch(kube::resources::kSecret, ns, "authority", kube::PatchType::kMerge, {{"data", nullptr}}).ok());
    ASSERT_TRUE(eventually([&] {
      const auto now = authority();
      return now && now->current.cert_pem != before->current.cert_pem && now->previous.empty();
    }));
    ASSERT_TRUE(eventually([&] { return replica->ready() && second.ready(); }));
    const auto configuration = client->get(kValidatingConfiguration, "", ns);
    ASSERT_TRUE(configuration.ok());
    for (const auto& webhook : *kube::array_at(*configuration, "webhooks")) {
      const auto bundle = base::base64_decode(kube::string_at(webhook.as_object(), "clientConfig.caBundle"));
      EXPECT_TRUE(bundle.ok() && certificates::trusts(*bundle, authority()->current.cert_pem));
    }
  }
  writer.request_stop();
  writer.join();
  EXPECT_EQ(refusal, "");
  EXPECT_GT(written, 20);
  second.stop();
}

TEST_F(WebhooksTest, AnExpiredAuthorityHeals) {
  start();
  auto secret = client->get(kube::resources::kSecret, ns, "authority");
  ASSERT_TRUE(secret.ok());
  certificates::Authorities expired{
      .current = *base::make_authority("expired", -1min), .previous = {}, .made_at = base::system_clock().wall() - 48h};
  ASSERT_TRUE(client->update(kube::resources::kSecret, certificates::write_secret(*secret, expired)).ok());
  ASSERT_TRUE(eventually([&] {
    auto now = client->get(kube::resources::kSecret, ns, "authority");
    return now.ok() && certificates::read_secret(*now).ok();
  }));
  ASSERT_TRUE(eventually([&] { return replica->ready(); }));
  EXPECT_TRUE(create_repo("r").ok());
  // A replica that starts now does as well.
  replica->stop();
  (void)client->remove(kValidatingConfiguration, "", ns);
  (void)client->remove(kMutatingConfiguration, "", ns);
  start();
  EXPECT_TRUE(create_repo("s").ok());
}

TEST_F(WebhooksTest, WhileNoWebhookAnswersEachRuleKeepsItsPromise) {
  start();
  ASSERT_TRUE(create_repo("r").ok());
  ASSERT_TRUE(client->create(crds::Cluster::kResource, cluster("c")).ok());
  replica->stop();
  // Ignore: written without defaults.
  auto made = client->create(crds::Demo::kResource, demo("d", {{"repoRef", Object{{"name", "r"}}}}));
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_EQ(kube::string_at(*made, "spec.repoRef.namespace"), "");
  EXPECT_TRUE(client->create(crds::Cluster::kResource, cluster("c2")).ok());
  // What the CRD says holds.
  EXPECT_FALSE(
      client->create(crds::Demo::kResource, demo("e", {{"image", "a"}, {"repoRef", Object{{"name", "r"}}}})).ok());
  // Fail.
  const kube::ClientConfig once = [&] {
    auto c = config;
    c.max_retries = 0;
    return c;
  }();
  kube::Client impatient(once);
  const auto refused = impatient.create(crds::Repo::kResource, repo("s"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, 500);
  EXPECT_THAT(refused.error().message, HasSubstr("failed calling webhook \"repos.causeway.dev\""));
  EXPECT_FALSE(impatient.remove(crds::Cluster::kResource, ns, "c").ok());
  // What operators do is never in the way of a webhook: finalizers, labels, status, and the end of what is being
  // deleted.
  const auto& type = crds::Repo::kResource;
  const auto merge = kube::PatchType::kMerge;
  const kube::json::array finalizers{"causeway.dev/test"};
  EXPECT_TRUE(impatient.patch(type, ns, "r", merge, {{"metadata", Object{{"finalizers", finalizers}}}}).ok());
  EXPECT_TRUE(
      impatient.patch(type, ns, "r", merge, {{"status", Object{{"observedGeneration", 1}}}}, {.subresource = "status"})
          .ok());
  EXPECT_TRUE(impatient.remove(type, ns, "r").ok());
  EXPECT_TRUE(impatient.patch(type, ns, "r", merge, {{"spec", Object{{"description", "leaving"}}}}).ok());
  EXPECT_TRUE(impatient.patch(type, ns, "r", merge, {{"metadata", Object{{"finalizers", nullptr}}}}).ok());
  EXPECT_TRUE(impatient.get(type, ns, "r").error().not_found());
}

std::string review(std::size_t size) {
  Object object{{"metadata", Object{{"name", "a"}}},
                {"spec", Object{{"image", "a@sha256:0"}, {"path", std::string(size, 'x')}}}};
  return kube::json::serialize(
      Object{{"kind", "AdmissionReview"},
             {"apiVersion", "admission.k8s.io/v1"},
             {"request", Object{{"uid", "1"},
                                {"kind", Object{{"group", "causeway.dev"}, {"version", "v1alpha1"}, {"kind", "Demo"}}},
                                {"operation", "CREATE"},
                                {"namespace", "u"},
                                {"object", std::move(object)}}}});
}

// As no API server does: thousands at once, large ones together above the limit, and senders that never finish.
TEST_F(WebhooksTest, CrowdsAndSlowSendersKeepNobodyFromWriting) {
  options.server.max_memory_bytes = 8u << 20;
  options.server.sender_deadline = 2s;
  start();
  base::HttpClientOptions to;
  to.base_url = "https://127.0.0.1:" + std::to_string(replica->port());
  to.tls.insecure_skip_verify = true;
  const auto ask = [&](base::HttpClient& http, const std::string& body) {
    auto answer = http.call(
        {.method = "POST", .target = kValidatePath, .headers = {{"Content-Type", "application/json"}}, .body = body});
    return answer.ok() ? answer->status : 0;
  };
  std::vector<base::test::RawSocket> silent;
  for (int i = 0; i < 200; ++i) silent.push_back(base::test::RawSocket::connect(replica->port()));
  EXPECT_TRUE(create_repo("r").ok());
  std::atomic<int> small = 0, large = 0, full = 0, other = 0;
  {
    std::vector<std::jthread> askers;
    for (int i = 0; i < 32; ++i) {
      askers.emplace_back([&, i] {
        base::HttpClient http(to);
        if (i % 4 == 0) {
          const std::string body = review(3u << 20);
          // Who is refused in the middle of sending may see no more than the end of the connection.
          for (int n = 0; n < 2; ++n) ++(ask(http, body) == 200 ? large : full);
          return;
        }
        const std::string body = review(100);
        for (int n = 0; n < 100; ++n) {
          const int status = ask(http, body);
          ++(status == 200 ? small : status == 503 ? full : other);
        }
      });
    }
  }
  EXPECT_GT(small, 1000);
  EXPECT_GT(full, 0) << "8 MiB do not hold eight reviews of 3 MiB";
  EXPECT_EQ(other, 0);
  base::HttpClient http(to);
  EXPECT_EQ(ask(http, review(3u << 20)), 200) << "what was held is free again";
  EXPECT_TRUE(create_repo("s").ok());
  for (auto& socket : silent) EXPECT_TRUE(socket.ended());
  EXPECT_THAT(replica->metrics(), HasSubstr("controller_runtime_webhook_requests_in_flight{webhook=\"/validate\"} 0"));
}

}  // namespace
}  // namespace causeway::webhooks
