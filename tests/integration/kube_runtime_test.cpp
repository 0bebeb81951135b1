// Informers, controllers, leader election and the manager against a real API server.

#include <csignal>
#include <fstream>
#include <thread>

#include "kube/runtime/finalizer.hpp"
#include "kube/runtime/lease_elector.hpp"
#include "kube/runtime/manager.hpp"
#include "tests/integration/kube_fixture.hpp"
#include "tests/integration/kube_widget.hpp"

namespace causeway::kube {
namespace {

using namespace std::chrono_literals;
using resources::kConfigMap;

class KubeRuntime : public KubeTest {
 protected:
  void SetUp() override {
    KubeTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    auto made = client->create(resources::kCustomResourceDefinition, widget_definition());
    ASSERT_TRUE(made.ok() || made.error().already_exists()) << made.error().message;
    // Established, and served: the two are moments apart.
    ASSERT_TRUE(eventually([&] { return client->list(Widget::kResource, ns).ok(); }));
  }

  void create(const Object& object, const ResourceType& type = kConfigMap) {
    auto made = client->create(type, object);
    ASSERT_TRUE(made.ok()) << made.error().message;
  }

  base::MetricsRegistry metrics;
  const base::Clock& clock = base::system_clock();
};

TEST_F(KubeRuntime, AnInformerHoldsWhatTheServerHolds) {
  create(config_map(ns, "a"));
  create(config_map(ns, "b", "2"));
  Informers informers(*client, clock, metrics);
  auto& maps = informers.objects(kConfigMap, {.ns = ns});
  EXPECT_EQ(&maps, &informers.objects(kConfigMap, {.ns = ns}));
  maps.add_index("value",
                 [](const Object& o) { return std::vector<std::string>{std::string(string_at(o, "data.value"))}; });
  std::mutex mutex;
  std::vector<std::string> seen;
  maps.add_handler([&](const ObjectKey& key, const auto& old, const auto& now) {
    std::lock_guard lock(mutex);
    seen.push_back((!old ? "+" : !now ? "-" : "~") + key.name);
  });
  informers.start();
  ASSERT_TRUE(informers.wait_synced({}));
  EXPECT_TRUE(informers.synced());
  EXPECT_EQ(maps.size(), 2u);
  EXPECT_EQ(maps.by_index("value", "2").size(), 1u);
  EXPECT_EQ(find(*maps.get({ns, "a"}), "metadata.managedFields"), nullptr);

  create(config_map(ns, "c", "2"));
  ASSERT_TRUE(client->update(kConfigMap, config_map(ns, "a", "2")).ok());
  ASSERT_TRUE(client->remove(kConfigMap, ns, "b").ok());
  EXPECT_TRUE(eventually([&] { return maps.get({ns, "b"}) == nullptr; }));
  EXPECT_EQ(maps.by_index("value", "2").size(), 2u);
  EXPECT_EQ(maps.list(ns).size(), 2u);
  std::lock_guard lock(mutex);
  std::sort(seen.begin(), seen.begin() + 2);
  EXPECT_EQ(seen, (std::vector<std::string>{"+a", "+b", "+c", "~a", "-b"}));
}

TEST_F(KubeRuntime, AnInformerSurvivesARestartOfTheServer) {
  const char* pid_file = std::getenv("CAUSEWAY_TEST_APISERVER_PIDFILE");
  if (!pid_file) GTEST_SKIP() << "CAUSEWAY_TEST_APISERVER_PIDFILE is not set: run this through apiserver.sh";
  create(config_map(ns, "a"));
  Informers informers(*client, clock, metrics);
  auto& maps = informers.objects(kConfigMap, {.ns = ns});
  std::atomic<int> events{0};
  maps.add_handler([&](const ObjectKey&, const auto&, const auto&) { ++events; });
  informers.start();
  ASSERT_TRUE(informers.wait_synced({}));
  pid_t pid = 0;
  ASSERT_TRUE(std::ifstream(pid_file) >> pid);
  ASSERT_EQ(kill(pid, SIGKILL), 0);
  // While nobody answers, what is known stays.
  EXPECT_NE(maps.get({ns, "a"}), nullptr);
  ASSERT_TRUE(eventually([&] { return client->create(kConfigMap, config_map(ns, "b")).ok(); }, 60s));
  EXPECT_TRUE(eventually([&] { return maps.get({ns, "b"}) != nullptr; }, 60s));
  EXPECT_NE(maps.get({ns, "a"}), nullptr);
  EXPECT_EQ(events.load(), 2) << "what did not change is not told again";
}

TEST_F(KubeRuntime, ShowsAWriteBeforeTheWatchBringsIt) {
  Informers informers(*client, clock, metrics);
  auto& maps = informers.objects(kConfigMap, {.ns = ns});
  informers.start();
  ASSERT_TRUE(informers.wait_synced({}));
  for (int i = 0; i < 50; ++i) {
    auto made = client->create(kConfigMap, config_map(ns, "w" + std::to_string(i)));
    ASSERT_TRUE(made.ok());
    maps.observe_write(*made);
    ASSERT_NE(maps.get(key_of(*made)), nullptr) << i;
  }
  EXPECT_EQ(maps.list().size(), 50u);
  EXPECT_EQ(maps.size(), 50u);
}

TEST_F(KubeRuntime, ATypedInformerKeepsTheLastReadableVersion) {
  create(widget(ns, "good", 3), Widget::kResource);
  auto broken = widget(ns, "broken");
  broken["spec"] = {{"size", "large"}};
  create(broken, Widget::kResource);
  Informers informers(*client, clock, metrics);
  auto& widgets = informers.informer<Widget>({.ns = ns});
  informers.start();
  ASSERT_TRUE(informers.wait_synced({}));
  EXPECT_EQ(widgets.size(), 1u);
  ASSERT_NE(widgets.get({ns, "good"}), nullptr);
  EXPECT_EQ(widgets.get({ns, "good"})->spec.size, 3);

  ASSERT_TRUE(client->patch(Widget::kResource, ns, "good", PatchType::kMerge, {{"spec", {{"size", "huge"}}}}).ok());
  const base::Labels labels{{"name", "widgets.causeway.test"}, {"namespace", ns}};
  EXPECT_TRUE(eventually([&] { return metrics.counter("informer_decode_errors_total", "", labels).value() >= 2; }));
  EXPECT_NE(widgets.get({ns, "good"}), nullptr) << "an object that cannot be read has not been deleted";
  ASSERT_TRUE(client->patch(Widget::kResource, ns, "broken", PatchType::kMerge, {{"spec", {{"size", 5}}}}).ok());
  EXPECT_TRUE(eventually([&] { return widgets.get({ns, "broken"}) != nullptr; }));
}

TEST_F(KubeRuntime, StatusIsPatchedByWhatChanged) {
  create(widget(ns, "w"), Widget::kResource);
  auto before = client->get<Widget>(ns, "w");
  ASSERT_TRUE(before.ok()) << before.error().message;
  auto after = *before;
  after.status.seen = 1;
  ASSERT_TRUE(client->patch_status(*before, after).ok());
  // Somebody else's member of the status stays.
  ASSERT_TRUE(client
                  ->patch(Widget::kResource, ns, "w", PatchType::kMerge, {{"status", {{"notes", {"x"}}}}},
                          {.subresource = "status"})
                  .ok());
  auto second = after;
  second.status.seen = 2;
  ASSERT_TRUE(client->patch_status(after, second).ok());
  auto now = client->get<Widget>(ns, "w");
  ASSERT_TRUE(now.ok());
  EXPECT_EQ(now->status.seen, 2);
  EXPECT_EQ(now->status.notes, std::vector<std::string>{"x"});
  EXPECT_EQ(now->metadata.generation, before->metadata.generation);

  const auto version = now->metadata.resource_version;
  ASSERT_TRUE(client->patch_status(*now, *now).ok());
  EXPECT_EQ(client->get<Widget>(ns, "w")->metadata.resource_version, version) << "nothing changed, nothing is sent";

  auto third = *before;  // stale
  third.status.seen = 9;
  const auto guarded = client->patch_status(*before, third, true);
  ASSERT_FALSE(guarded.ok());
  EXPECT_TRUE(guarded.error().conflict());
}

TEST_F(KubeRuntime, FinalizersAreAddedAndRemovedBesideOthers) {
  create(config_map(ns, "a"));
  const auto meta_of = [&] {
    ObjectMeta meta;
    auto object = client->get(kConfigMap, ns, "a");
    if (!object) return meta;
    meta.name = "a";
    meta.namespace_ = ns;
    meta.uid = uid_of(*object);
    if (const auto* list = array_at(*object, "metadata.finalizers"))
      for (const auto& f : *list) meta.finalizers.emplace_back(f.as_string());
    return meta;
  };
  const auto stale = meta_of();
  auto added = ensure_finalizer(*client, kConfigMap, stale, "causeway.test/one");
  ASSERT_TRUE(added.ok()) << added.error().message;
  EXPECT_TRUE(*added);
  // With the list as it was before: the other's finalizer must not be lost.
  ASSERT_TRUE(ensure_finalizer(*client, kConfigMap, stale, "causeway.test/two").ok());
  EXPECT_EQ(meta_of().finalizers, (std::vector<std::string>{"causeway.test/one", "causeway.test/two"}));
  EXPECT_FALSE(*ensure_finalizer(*client, kConfigMap, meta_of(), "causeway.test/two"));

  const auto both = meta_of();
  ASSERT_TRUE(client->remove(kConfigMap, ns, "a").ok());
  ASSERT_TRUE(remove_finalizer(*client, kConfigMap, both, "causeway.test/one").ok());
  EXPECT_EQ(meta_of().finalizers, std::vector<std::string>{"causeway.test/two"});
  ASSERT_TRUE(remove_finalizer(*client, kConfigMap, both, "causeway.test/two").ok()) << "its place in the list moved";
  EXPECT_TRUE(client->get(kConfigMap, ns, "a").error().not_found());
  EXPECT_TRUE(remove_finalizer(*client, kConfigMap, both, "causeway.test/two").ok()) << "gone is as good as removed";
}

TEST_F(KubeRuntime, EventsAreWrittenAndCounted) {
  create(config_map(ns, "a"));
  ObjectMeta about;
  about.name = "a";
  about.namespace_ = ns;
  about.uid = uid_of(*client->get(kConfigMap, ns, "a"));
  {
    EventRecorder events(*client, "causeway-test", clock);
    for (int i = 0; i < 3; ++i) events.warning(kConfigMap, about, "Broken", "the same thing");
    events.normal(kConfigMap, about, "Fine", "once");
    EXPECT_TRUE(eventually([&] { return client->list(resources::kEvent, ns)->items.size() == 2; }));
    EXPECT_TRUE(eventually([&] {
      auto list = client->list(resources::kEvent, ns, {.field_selector = "reason=Broken"});
      return list.ok() && list->items.size() == 1 && int_at(list->items[0], "count") == 3;
    }));
    EXPECT_EQ(events.dropped(), 0u);
  }
  const auto list = client->list(resources::kEvent, ns, {.field_selector = "reason=Fine,involvedObject.name=a"});
  ASSERT_TRUE(list.ok());
  ASSERT_EQ(list->items.size(), 1u);
  EXPECT_EQ(string_at(list->items[0], "type"), "Normal");
  EXPECT_EQ(string_at(list->items[0], "source.component"), "causeway-test");
  EXPECT_EQ(string_at(list->items[0], "involvedObject.uid"), about.uid);
}

class RunningManager {
 public:
  explicit RunningManager(Manager& manager)
      : thread_([&manager, this](std::stop_token stop) { result_ = manager.run(stop); }) {}
  base::Result<void> stop() {
    thread_.request_stop();
    return wait();
  }
  base::Result<void> wait() {
    thread_.join();
    return result_;
  }

 private:
  base::Result<void> result_;
  std::jthread thread_;
};

TEST_F(KubeRuntime, AControllerReconcilesEverythingAndWhatBelongsToIt) {
  for (int i = 0; i < 20; ++i) create(widget(ns, "w" + std::to_string(i), i), Widget::kResource);
  Manager manager({.name = "test", .config = config, .listen = "127.0.0.1:0"});
  auto& widgets = manager.informer<Widget>({.ns = ns});
  auto& maps = manager.objects(kConfigMap, {.ns = ns});
  std::atomic<int> failures{0};
  auto& controller = manager.controller({.name = "widget", .workers = 4}, [&](const ObjectKey& key, std::stop_token) {
    const auto w = widgets.get(key);
    if (!w) return ReconcileResult::done();
    // Every first attempt fails; every second one throws.
    if (w->status.seen == 0 && failures.fetch_add(1) % 2 == 1) throw std::runtime_error("on purpose");
    auto map = config_map(key.ns, key.name, std::to_string(w->spec.size));
    auto applied = manager.client().apply(kConfigMap, map, {.force = true});
    if (!applied) return ReconcileResult::failed(applied.error());
    auto after = *w;
    after.status.seen = w->spec.size + 1;
    if (auto ok = manager.client().patch_status(*w, after); !ok) return ReconcileResult::failed(ok.error());
    return ReconcileResult::done();
  });
  controller.watch(widgets);
  controller.watch<Object>(maps, [](const Object& map) { return std::vector<ObjectKey>{key_of(map)}; });
  RunningManager running(manager);
  const auto done = [&](int size, const std::string& name) {
    auto w = client->get<Widget>(ns, name);
    auto map = client->get(kConfigMap, ns, name);
    return w.ok() && map.ok() && w->status.seen == size + 1 && string_at(*map, "data.value") == std::to_string(size);
  };
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(eventually([&] { return done(i, "w" + std::to_string(i)); })) << i;
  EXPECT_GT(failures.load(), 1);
  // A change, and a deletion of what the controller made.
  ASSERT_TRUE(client->patch(Widget::kResource, ns, "w3", PatchType::kMerge, {{"spec", {{"size", 77}}}}).ok());
  EXPECT_TRUE(eventually([&] { return done(77, "w3"); }));
  ASSERT_TRUE(client->remove(kConfigMap, ns, "w4").ok());
  EXPECT_TRUE(eventually([&] { return done(4, "w4"); }));

  ASSERT_TRUE(eventually([&] { return manager.port() != 0; }));
  base::HttpClient probe(
      {.base_url = "http://127.0.0.1:" + std::to_string(manager.port()), .tls = {}, .proxy_url = {}});
  const auto get = [&](const char* path) {
    base::HttpRequest request;
    request.target = path;
    auto response = probe.call(request);
    return response ? *response : base::HttpResponse{.status = 0, .headers = {}, .body = response.error().message};
  };
  EXPECT_EQ(get("/healthz").status, 200);
  EXPECT_EQ(get("/readyz").status, 200);
  const auto text = get("/metrics").body;
  for (const char* metric : {"controller_runtime_reconcile_total{controller=\"widget\",result=\"success\"}",
                             "controller_runtime_reconcile_errors_total", "controller_runtime_reconcile_panics_total",
                             "workqueue_depth", "rest_client_requests_total", "reflector_watches_total"})
    EXPECT_NE(text.find(metric), std::string::npos) << metric << "\n" << text;
  EXPECT_TRUE(running.stop().ok());
}

TEST_F(KubeRuntime, AControllerMayFollowASecondClusterThatIsStartedLater) {
  create(config_map(ns, "there"));
  Manager manager({.name = "test", .config = config, .listen = ""});
  Client second(config);
  Informers elsewhere(second, manager.clock(), manager.metrics());
  auto& maps = elsewhere.objects(kConfigMap, {.ns = ns});
  std::atomic<int> reconciled{0};
  auto& controller = manager.controller({.name = "far"}, [&](const ObjectKey&, std::stop_token) {
    ++reconciled;
    return ReconcileResult::done();
  });
  controller.watch(maps);
  manager.add_runnable("hub", true, [&](std::stop_token stop) -> base::Result<void> {
    elsewhere.start();
    manager.clock().sleep_for(1h, stop);
    elsewhere.stop();
    return {};
  });
  RunningManager running(manager);
  EXPECT_TRUE(eventually([&] { return reconciled.load() == 1; }));
  create(config_map(ns, "new"));
  EXPECT_TRUE(eventually([&] { return reconciled.load() == 2; }));
  EXPECT_TRUE(running.stop().ok());
}

TEST_F(KubeRuntime, OnlyTheLeaderWorksAndTheNextOneTakesOver) {
  const auto options = [&](const std::string& id) {
    return ManagerOptions{.name = "test",
                          .config = config,
                          .leader = LeaseOptions{.ns = ns, .name = "leader", .identity = id},
                          .listen = ""};
  };
  create(config_map(ns, "a"));
  struct Program {
    Program(ManagerOptions o, const std::string& n) : manager(std::move(o)) {
      auto& maps = manager.objects(kConfigMap, {.ns = n});
      auto& controller = manager.controller({.name = "c"}, [this](const ObjectKey&, std::stop_token) {
        ++reconciled;
        return ReconcileResult::done();
      });
      controller.watch(maps);
      manager.add_runnable("everywhere", false, [this](std::stop_token stop) -> base::Result<void> {
        started = true;
        manager.clock().sleep_for(1h, stop);
        return {};
      });
    }
    Manager manager;
    std::atomic<int> reconciled{0};
    std::atomic<bool> started{false};
  };
  Program first(options("first"), ns);
  RunningManager first_run(first.manager);
  EXPECT_TRUE(eventually([&] { return first.manager.leading() && first.reconciled > 0; }));
  Program second(options("second"), ns);
  RunningManager second_run(second.manager);
  EXPECT_TRUE(eventually([&] { return second.started.load(); })) << "work for all runs without leadership";
  EXPECT_FALSE(second.manager.leading());
  EXPECT_EQ(second.reconciled.load(), 0);
  EXPECT_EQ(first.manager.metrics().gauge("leader_election_master_status", "", {{"name", "leader"}}).value(), 1);

  // A clean stop releases the lease: the other takes over without waiting for it to run out (15 s).
  EXPECT_TRUE(first_run.stop().ok());
  const auto begin = clock.steady();
  EXPECT_TRUE(eventually([&] { return second.manager.leading() && second.reconciled > 0; }));
  EXPECT_LT(clock.steady() - begin, 10s);
  auto lease = client->get(resources::kLease, ns, "leader");
  ASSERT_TRUE(lease.ok());
  EXPECT_EQ(string_at(*lease, "spec.holderIdentity"), "second");
  EXPECT_EQ(int_at(*lease, "spec.leaseTransitions"), 1);

  // Somebody takes it away: run() ends with an error, and no write goes out any more.
  ASSERT_TRUE(
      client->patch(resources::kLease, ns, "leader", PatchType::kMerge, {{"spec", {{"holderIdentity", "thief"}}}})
          .ok());
  const auto ended = second_run.wait();
  ASSERT_FALSE(ended.ok());
  EXPECT_NE(ended.error().message.find("thief"), std::string::npos) << ended.error().message;
  EXPECT_FALSE(second.manager.client().get(kConfigMap, ns, "a").ok());
}

TEST_F(KubeRuntime, StopsInReverseOrder) {
  std::mutex mutex;
  std::vector<std::string> order;
  const auto note = [&](const char* what) {
    std::lock_guard lock(mutex);
    order.emplace_back(what);
  };
  Manager manager({.name = "test",
                   .config = config,
                   .leader = LeaseOptions{.ns = ns, .name = "order", .identity = "me"},
                   .listen = "127.0.0.1:0"});
  auto& maps = manager.objects(kConfigMap, {.ns = ns});
  const auto runnable = [&](const char* up, const char* down) {
    return [&, up, down](std::stop_token stop) -> base::Result<void> {
      EXPECT_TRUE(maps.synced());
      note(up);
      manager.clock().sleep_for(1h, stop);
      // The lease is held, the cache follows, until the last of the work is done.
      const auto lease = client->get(resources::kLease, ns, "order");
      EXPECT_TRUE(lease.ok());
      EXPECT_EQ(string_at(*lease, "spec.holderIdentity"), "me");
      EXPECT_TRUE(manager.leading());
      note(down);
      return {};
    };
  };
  manager.add_runnable("all", false, runnable("+all", "-all"));
  manager.add_runnable("leader", true, runnable("+leader", "-leader"));
  RunningManager running(manager);
  EXPECT_TRUE(eventually([&] {
    std::lock_guard lock(mutex);
    return order.size() == 2;
  }));
  EXPECT_TRUE(running.stop().ok());
  std::lock_guard lock(mutex);
  ASSERT_EQ(order.size(), 4u);
  EXPECT_EQ(order[2], "-leader");
  EXPECT_EQ(order[3], "-all");
  const auto lease = client->get(resources::kLease, ns, "order");
  ASSERT_TRUE(lease.ok());
  EXPECT_EQ(string_at(*lease, "spec.holderIdentity"), "");
}

TEST_F(KubeRuntime, AFailingRunnableEndsTheProgram) {
  Manager manager({.name = "test", .config = config, .listen = ""});
  manager.add_runnable("broken", true, [](std::stop_token) -> base::Result<void> {
    return base::Error{base::ErrorCode::kIo, "the disk is full"};
  });
  const auto ended = manager.run({});
  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().message, "broken: the disk is full");
}

}  // namespace
}  // namespace causeway::kube
