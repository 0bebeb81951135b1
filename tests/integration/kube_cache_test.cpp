// What an informer can be told to hold of a type: by namespace and selector, changed on the way, or metadata alone.

#include "kube/runtime/informers.hpp"
#include "tests/integration/kube_fixture.hpp"
#include "tests/integration/kube_widget.hpp"

namespace causeway::kube {
namespace {

using resources::kConfigMap;
using resources::kSecret;

class KubeCache : public KubeTest {
 protected:
  void put(const Object& object, const ResourceType& type = kConfigMap) {
    auto applied = client->apply(type, object, {.force = true});
    ASSERT_TRUE(applied.ok()) << applied.error().message;
  }
  static Object labelled(Object object, const std::string& value) {
    set_at(object, "metadata.labels", Object{{"tier", value}});
    return object;
  }
  void start() {
    informers->start();
    ASSERT_TRUE(informers->wait_synced({}));
  }
  void SetUp() override {
    KubeTest::SetUp();
    if (client) informers.emplace(*client, base::system_clock(), metrics);
  }
  void TearDown() override {
    informers.reset();
    KubeTest::TearDown();
  }

  base::MetricsRegistry metrics;
  std::optional<Informers> informers;
};

TEST_F(KubeCache, HoldsWhatItsSelectorsAndNamespaceName) {
  put(labelled(config_map(ns, "a"), "front"));
  put(labelled(config_map(ns, "b"), "back"));
  auto& front = informers->objects(kConfigMap, {.ns = ns, .label_selector = "tier in (front)"});
  auto& one = informers->objects(kConfigMap, {.ns = ns, .field_selector = "metadata.name=b"});
  auto& elsewhere = informers->objects(kConfigMap, {.ns = "kube-public", .label_selector = "tier"});
  start();
  EXPECT_EQ(front.size(), 1u);
  EXPECT_NE(front.get({ns, "a"}), nullptr);
  EXPECT_EQ(one.size(), 1u);
  EXPECT_NE(one.get({ns, "b"}), nullptr);
  EXPECT_EQ(elsewhere.size(), 0u);
  // Objects come and go as they begin and cease to match.
  put(labelled(config_map(ns, "b"), "front"));
  put(labelled(config_map(ns, "a"), "back"));
  EXPECT_TRUE(eventually([&] { return front.get({ns, "b"}) && !front.get({ns, "a"}); }));
}

TEST_F(KubeCache, HoldsWhatATransformLeaves) {
  auto object = config_map(ns, "a");
  set_at(object, "data.large", json::string(1000, 'x'));
  put(object);
  auto& maps = informers->objects(kConfigMap, {.ns = ns, .transform = [](Object& o) {
                                                 if (auto* data = o.if_contains("data"))
                                                   data->as_object().erase("large");
                                               }});
  start();
  ASSERT_NE(maps.get({ns, "a"}), nullptr);
  EXPECT_EQ(find(*maps.get({ns, "a"}), "data.large"), nullptr);
  EXPECT_EQ(string_at(*maps.get({ns, "a"}), "data.value"), "1");
}

TEST_F(KubeCache, HoldsMetadataAlone) {
  auto secret = labelled(make_object(kSecret, ns, "a"), "front");
  secret["stringData"] = {{"password", std::string(1000, 'x')}};
  put(secret, kSecret);
  auto& secrets = informers->objects(kSecret, {.ns = ns, .metadata_only = true});
  start();
  const auto held = secrets.get({ns, "a"});
  ASSERT_NE(held, nullptr);
  EXPECT_EQ(string_at(*held, "kind"), "Secret");
  EXPECT_EQ(string_at(*held, "apiVersion"), "v1");
  EXPECT_EQ(label_of(*held, "tier"), "front");
  EXPECT_EQ(held->size(), 3u) << json::serialize(*held);
  put(labelled(make_object(kSecret, ns, "a"), "back"), kSecret);
  EXPECT_TRUE(eventually([&] { return label_of(*secrets.get({ns, "a"}), "tier") == "back"; }));
  EXPECT_EQ(find(*secrets.get({ns, "a"}), "data"), nullptr);
}

// A kind with a C++ type: its metadata is there, the rest is as if nobody had written it.
TEST_F(KubeCache, HoldsTheMetadataOfATypedKind) {
  auto made = client->create(resources::kCustomResourceDefinition, widget_definition());
  ASSERT_TRUE(made.ok() || made.error().already_exists()) << made.error().message;
  ASSERT_TRUE(eventually([&] { return client->list(Widget::kResource, ns).ok(); }));
  put(widget(ns, "w", 7), Widget::kResource);
  auto& widgets = informers->informer<Widget>({.ns = ns, .metadata_only = true});
  start();
  ASSERT_NE(widgets.get({ns, "w"}), nullptr);
  EXPECT_FALSE(widgets.get({ns, "w"})->metadata.uid.empty());
  EXPECT_EQ(widgets.get({ns, "w"})->spec.size, Widget{}.spec.size);
}

}  // namespace
}  // namespace causeway::kube
