// How a Cluster goes, with the real terraform and the real API server: destroyed, refused, kept.

#include "tests/integration/cluster_fixture.hpp"

namespace causeway::op::cluster {
namespace {

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
