// The client against a real API server.

#include <algorithm>
#include <thread>

#include "tests/integration/kube_fixture.hpp"

namespace causeway::kube {
namespace {

using namespace std::chrono_literals;
using resources::kConfigMap;

class KubeClient : public KubeTest {
 protected:
  Object create(const Object& object) {
    auto made = client->create(kConfigMap, object);
    EXPECT_TRUE(made.ok()) << made.error().message;
    return made.ok() ? *made : Object{};
  }
};

TEST_F(KubeClient, CreatesReadsUpdatesAndDeletes) {
  const auto made = create(config_map(ns, "a"));
  EXPECT_FALSE(uid_of(made).empty());
  EXPECT_EQ(string_at(made, "kind"), "ConfigMap");

  auto read = client->get(kConfigMap, ns, "a");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(string_at(*read, "data.value"), "1");

  set_at(*read, "data.value", "2");
  auto updated = client->update(kConfigMap, *read);
  ASSERT_TRUE(updated.ok()) << updated.error().message;
  EXPECT_NE(resource_version_of(*updated), resource_version_of(made));

  auto patched = client->patch(kConfigMap, ns, "a", PatchType::kMerge, {{"data", {{"other", "x"}}}});
  ASSERT_TRUE(patched.ok()) << patched.error().message;
  EXPECT_EQ(string_at(*patched, "data.value"), "2");
  EXPECT_EQ(string_at(*patched, "data.other"), "x");

  EXPECT_TRUE(client->remove(kConfigMap, ns, "a").ok());
  EXPECT_TRUE(client->get(kConfigMap, ns, "a").error().not_found());
  EXPECT_TRUE(client->remove(kConfigMap, ns, "a").ok()) << "deleting what is not there is no error";
}

TEST_F(KubeClient, TellsErrorsApart) {
  const auto made = create(config_map(ns, "a"));
  const auto again = client->create(kConfigMap, config_map(ns, "a"));
  ASSERT_FALSE(again.ok());
  EXPECT_TRUE(again.error().already_exists());
  EXPECT_FALSE(again.error().conflict());

  const auto missing = client->get(kConfigMap, ns, "b");
  ASSERT_FALSE(missing.ok());
  EXPECT_TRUE(missing.error().not_found());
  EXPECT_EQ(missing.error().reason, "NotFound");
  EXPECT_NE(missing.error().message.find("configmaps \"b\" not found"), std::string::npos) << missing.error().message;

  ASSERT_TRUE(client->update(kConfigMap, config_map(ns, "a", "2")).ok());
  const auto stale = client->update(kConfigMap, made);
  ASSERT_FALSE(stale.ok());
  EXPECT_TRUE(stale.error().conflict());

  const auto invalid = client->create(kConfigMap, config_map(ns, "Not_A_Name"));
  ASSERT_FALSE(invalid.ok());
  EXPECT_TRUE(invalid.error().invalid());
  ASSERT_FALSE(invalid.error().causes.empty());
  EXPECT_EQ(invalid.error().causes[0].field, "metadata.name");

  auto unknown = config_map(ns, "c");
  unknown["bogus"] = 1;
  const auto strict = client->create(kConfigMap, unknown, {.strict = true});
  ASSERT_FALSE(strict.ok());
  EXPECT_NE(strict.error().message.find("unknown field \"bogus\""), std::string::npos) << strict.error().message;
  EXPECT_TRUE(client->create(kConfigMap, unknown, {.dry_run = true}).ok());
  EXPECT_TRUE(client->get(kConfigMap, ns, "c").error().not_found()) << "a dry run must not create";
}

TEST_F(KubeClient, RefusesANamelessCallHere) {
  EXPECT_FALSE(client->get(kConfigMap, ns, "").ok()) << "it would be a list";
  EXPECT_FALSE(client->remove(kConfigMap, ns, "").ok()) << "it would delete everything";
  create(config_map(ns, "a"));
  EXPECT_TRUE(client->get(kConfigMap, ns, "a").ok());
}

TEST_F(KubeClient, AppliesAndReportsConflicts) {
  const auto first = client->apply(kConfigMap, config_map(ns, "a"), {.field_manager = "one"});
  ASSERT_TRUE(first.ok()) << first.error().message;
  const auto same = client->apply(kConfigMap, config_map(ns, "a"), {.field_manager = "one"});
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(resource_version_of(*same), resource_version_of(*first)) << "an apply that changes nothing writes nothing";

  const auto clash = client->apply(kConfigMap, config_map(ns, "a", "2"), {.field_manager = "two"});
  ASSERT_FALSE(clash.ok());
  EXPECT_TRUE(clash.error().conflict());
  ASSERT_FALSE(clash.error().causes.empty());
  EXPECT_EQ(clash.error().causes[0].reason, "FieldManagerConflict");
  EXPECT_EQ(clash.error().causes[0].field, ".data.value");

  const auto forced = client->apply(kConfigMap, config_map(ns, "a", "2"), {.field_manager = "two", .force = true});
  ASSERT_TRUE(forced.ok()) << forced.error().message;
  EXPECT_EQ(string_at(*forced, "data.value"), "2");
}

TEST_F(KubeClient, ListsInPages) {
  constexpr int kObjects = 1200;
  {
    std::vector<std::jthread> makers;
    std::atomic<int> next{0}, failed{0};
    for (int w = 0; w < 8; ++w)
      makers.emplace_back([&] {
        for (int i = next++; i < kObjects; i = next++)
          if (!client->create(kConfigMap, config_map(ns, "c-" + std::to_string(i))).ok()) failed++;
      });
    makers.clear();
    ASSERT_EQ(failed.load(), 0);
  }
  std::set<std::string> names;
  ListOptions options{.limit = 500};
  int pages = 0;
  std::string version;
  do {
    auto page = client->list(kConfigMap, ns, options);
    ASSERT_TRUE(page.ok()) << page.error().message;
    ++pages;
    if (pages == 1) {
      version = page->resource_version;
      // What is made between two pages must not appear: they are one snapshot.
      create(config_map(ns, "later"));
    }
    EXPECT_EQ(page->resource_version, version);
    for (const auto& item : page->items) {
      EXPECT_EQ(string_at(item, "kind"), "ConfigMap");
      EXPECT_TRUE(names.emplace(name_of(item)).second) << name_of(item) << " came twice";
    }
    options.continue_ = page->continue_;
  } while (!options.continue_.empty());
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(names.size(), static_cast<std::size_t>(kObjects));

  std::size_t streamed = 0;
  auto each = client->list_each(kConfigMap, ns, {}, [&](Object item) {
    ++streamed;
    EXPECT_EQ(string_at(item, "apiVersion"), "v1");
    EXPECT_EQ(find(item, "metadata.managedFields"), nullptr);
    EXPECT_FALSE(uid_of(item).empty());
  });
  ASSERT_TRUE(each.ok()) << each.error().message;
  EXPECT_EQ(streamed, static_cast<std::size_t>(kObjects) + 1);
  EXPECT_FALSE(each->resource_version.empty());

  auto selected = client->list(kConfigMap, ns, {.field_selector = "metadata.name=c-7"});
  ASSERT_TRUE(selected.ok()) << selected.error().message;
  EXPECT_EQ(selected->items.size(), 1u);

  ASSERT_TRUE(client->remove_all(kConfigMap, ns, {}).ok());
  EXPECT_TRUE(client->list(kConfigMap, ns)->items.empty());
}

TEST_F(KubeClient, WatchesFromAVersionOn) {
  create(config_map(ns, "before"));
  const auto version = client->list(kConfigMap, ns)->resource_version;
  std::vector<std::string> seen;
  std::vector<std::string> versions;
  std::stop_source stop;
  const auto watch_from = [&](const std::string& from, std::size_t events) {
    return client->watch(kConfigMap, ns, {.resource_version = from, .stop = stop.get_token()}, [&](WatchEvent event) {
      if (event.type == WatchEvent::Type::kBookmark) return true;
      const char* names[] = {"+", "~", "-", "?"};
      seen.push_back(names[static_cast<int>(event.type)] + std::string(name_of(event.object)));
      versions.emplace_back(resource_version_of(event.object));
      return seen.size() < events;
    });
  };
  create(config_map(ns, "a"));
  ASSERT_TRUE(client->update(kConfigMap, config_map(ns, "a", "2")).ok());
  ASSERT_TRUE(client->remove(kConfigMap, ns, "a").ok());
  ASSERT_TRUE(watch_from(version, 2).ok());
  EXPECT_EQ(seen, (std::vector<std::string>{"+a", "~a"}));
  // Resumed where it was left: nothing is missing, nothing comes twice.
  create(config_map(ns, "b"));
  ASSERT_TRUE(watch_from(versions.back(), 4).ok());
  EXPECT_EQ(seen, (std::vector<std::string>{"+a", "~a", "-a", "+b"}));
}

TEST_F(KubeClient, AWatchEndsOnStopAndAtItsTimeout) {
  std::stop_source stop;
  std::jthread later([&] { base::system_clock().sleep_for(50ms, {}), stop.request_stop(); });
  const auto begin = base::system_clock().steady();
  EXPECT_TRUE(
      client
          ->watch(kConfigMap, ns, {.resource_version = "0", .stop = stop.get_token()}, [](WatchEvent) { return true; })
          .ok());
  EXPECT_LT(base::system_clock().steady() - begin, 5s);
  EXPECT_TRUE(
      client->watch(kConfigMap, ns, {.resource_version = "0", .timeout = 1s}, [](WatchEvent) { return true; }).ok());
}

TEST_F(KubeClient, SendsInitialEventsAndTheirEnd) {
  create(config_map(ns, "a"));
  create(config_map(ns, "b"));
  int objects = 0;
  bool end = false;
  auto done = client->watch(kConfigMap, ns, {.send_initial_events = true, .managed_fields = false}, [&](WatchEvent e) {
    if (e.type == WatchEvent::Type::kAdded) {
      ++objects;
      EXPECT_EQ(find(e.object, "metadata.managedFields"), nullptr);
    }
    end = e.type == WatchEvent::Type::kBookmark && annotation_of(e.object, "k8s.io/initial-events-end") == "true";
    return !end;
  });
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_TRUE(end);
  EXPECT_EQ(objects, 2);
}

TEST_F(KubeClient, DeletesOnlyWhatWasMeant) {
  create(config_map(ns, "a"));
  const auto other = client->remove(kConfigMap, ns, "a", {.uid = "00000000-0000-0000-0000-000000000000"});
  ASSERT_FALSE(other.ok());
  EXPECT_TRUE(other.error().conflict());
  const auto uid = std::string(uid_of(*client->get(kConfigMap, ns, "a")));
  EXPECT_TRUE(client->remove(kConfigMap, ns, "a", {.uid = uid}).ok());
  EXPECT_TRUE(client->get(kConfigMap, ns, "a").error().not_found());
}

TEST_F(KubeClient, RequestsTokensThatWork) {
  const auto& accounts = resources::kServiceAccount;
  ASSERT_TRUE(client->create(accounts, make_object(accounts, ns, "robot")).ok());
  auto secret = client->create(resources::kSecret, make_object(resources::kSecret, ns, "anchor"));
  ASSERT_TRUE(secret.ok()) << secret.error().message;
  auto token = client->create_token(ns, "robot", 1h, Client::BoundSecret{"anchor", std::string(uid_of(*secret))});
  ASSERT_TRUE(token.ok()) << token.error().message;
  EXPECT_TRUE(base::parse_time(token->expires_at).ok()) << token->expires_at;

  ClientConfig robot = config;
  robot.tls.cert_pem = robot.tls.key_pem = "";
  robot.tls_source = nullptr;
  robot.token = static_token(token->token);
  Client as_robot(robot);
  const auto refused = as_robot.list(kConfigMap, ns);
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().forbidden()) << refused.error().message;
  EXPECT_NE(refused.error().message.find("system:serviceaccount:" + ns + ":robot"), std::string::npos);

  ASSERT_TRUE(client->remove(resources::kSecret, ns, "anchor").ok());
  EXPECT_TRUE(eventually([&] { return as_robot.list(kConfigMap, ns).error().code == 401; }))
      << "deleting the Secret must revoke the token";
}

TEST_F(KubeClient, ActsAsSomebodyElse) {
  ClientConfig other = config;
  other.impersonate_user = "ada";
  other.impersonate_groups = {"readers", "system:authenticated"};
  Client as_ada(other);
  const auto refused = as_ada.list(kConfigMap, ns);
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().forbidden());
  EXPECT_NE(refused.error().message.find("User \"ada\""), std::string::npos) << refused.error().message;
}

TEST_F(KubeClient, DiscoversWhatIsServed) {
  const auto deployments = client->served_type("apps/v1", "Deployment");
  ASSERT_TRUE(deployments.ok()) << deployments.error().message;
  EXPECT_EQ(deployments->type(), resources::kDeployment);
  EXPECT_NE(std::ranges::find(deployments->subresources, "scale"), deployments->subresources.end());
  EXPECT_NE(std::ranges::find(deployments->verbs, "deletecollection"), deployments->verbs.end());
  const auto node = client->served_type("v1", "Node");
  ASSERT_TRUE(node.ok()) << node.error().message;
  EXPECT_EQ(node->type(), resources::kNode);
  const auto none = client->served_type("apps/v1", "Deploymnet");
  ASSERT_FALSE(none.ok());
  EXPECT_TRUE(none.error().not_found());
  EXPECT_NE(none.error().message.find(" Deployment"), std::string::npos) << none.error().message;
  EXPECT_TRUE(client->served_type("none.example/v1", "X").error().not_found());
}

TEST_F(KubeClient, KnowsTheServersVersion) {
  auto version = client->version();
  ASSERT_TRUE(version.ok()) << version.error().message;
  EXPECT_EQ(string_at(version->as_object(), "major"), "1");
}

TEST_F(KubeClient, CountsRequests) {
  base::MetricsRegistry metrics;
  ClientConfig counted = config;
  counted.metrics = &metrics;
  Client counting(counted);
  (void)counting.get(kConfigMap, ns, "missing");
  EXPECT_NE(metrics.render().find("rest_client_requests_total{code=\"404\",host=\"127.0.0.1:"), std::string::npos)
      << metrics.render();
}

}  // namespace
}  // namespace causeway::kube
