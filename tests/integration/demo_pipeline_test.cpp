// A repository becomes a demo, on the hub's side, through everything that may be missing or fail on the way.

#include "tests/integration/demo_pipeline.hpp"

namespace causeway::op {
namespace {

TEST_F(DemoPipelineTest, FromNothingToRunningThroughEveryMissingPiece) {
  apply_demo(R"(,"placement":{"regions":["east-1"]})");
  ASSERT_TRUE(reaches(DemoStage::ConfigError, "RepoNotFound"));
  apply_repo();
  ASSERT_TRUE(reaches(DemoStage::ConfigError, "TemplateNotFound"));
  apply_template();
  ASSERT_TRUE(reaches(DemoStage::NoAppFile, "RepoEmpty"));
  const auto commit = push(good_);
  play_build_pod();
  ASSERT_TRUE(reaches(DemoStage::Unschedulable, "NoClusterInRegion"));
  EXPECT_EQ(demo_now().status.revision, commit);
  const auto cluster = ready_cluster("east-1", "192.0.2.1");
  ASSERT_TRUE(reaches(DemoStage::AppStarting));
  EXPECT_TRUE(name_targets().empty()) << "nothing answers yet";
  play_region(cluster, any, running);
  ASSERT_TRUE(reaches(DemoStage::Running, "Serving"));

  const auto d = demo_now();
  EXPECT_EQ(name_targets(), std::vector<std::string>{"192.0.2.1"});
  EXPECT_EQ(d.status.url, settings_.demo_url(settings_.demo_host("digits", crds::owner_of_namespace(ns))));
  EXPECT_TRUE(d.status.image.starts_with(settings_.registry_host + "/" + ns + "/digits@sha256:")) << d.status.image;
  ASSERT_EQ(d.status.placements.size(), 1u);
  EXPECT_TRUE(d.status.placements[0].ready);
  const auto a = assignment(cluster);
  EXPECT_EQ(a->spec.image, d.status.image);
  EXPECT_EQ(a->spec.revision, commit);
  EXPECT_EQ(a->spec.tenant_namespace, ns);
  auto record = client->get(resources::kControllerRevision, ns, d.status.current_deployment);
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(kube::string_at(*record, "data.commit"), commit);
}

TEST_F(DemoPipelineTest, PushesFailuresRollbackAndDeletion) {
  apply_template();
  apply_repo();
  const auto cluster = ready_cluster("east-1", "192.0.2.1");
  const auto first = push(good_);
  apply_demo();
  play_build_pod();
  play_region(cluster, any, running);
  ASSERT_TRUE(reaches(DemoStage::Running, "Serving"));
  const auto first_deployment = demo_now().status.current_deployment;

  // A push is built while the first version serves.
  const auto second = push({{"app", "two\n"}});
  ASSERT_TRUE(reaches(DemoStage::RunningBuilding));
  play_build_pod();
  play_region(
      cluster, [&](const Assignment& a) { return a.spec.revision == second; }, running);
  ASSERT_TRUE(reaches(DemoStage::Running, "Serving"));
  EXPECT_EQ(demo_now().status.revision, second);
  EXPECT_EQ(assignment(cluster)->spec.epoch, 1);

  // One that does not build leaves it.
  push({{"Dockerfile", "FROM scratch\nCOPY nothing /\n"}});
  play_build_pod();
  ASSERT_TRUE(reaches(DemoStage::Running, "DockerfileFailed"));
  EXPECT_NE(demo_now().status.message.find("COPY nothing"), std::string::npos);
  EXPECT_EQ(assignment(cluster)->spec.revision, second);

  // Back to the first: nothing is built for it.
  apply_demo(R"(,"rollbackTo":")" + first_deployment + "\"");
  play_region(
      cluster, [&](const Assignment& a) { return a.spec.deployment == first_deployment; }, running);
  ASSERT_TRUE(reaches(DemoStage::Running, "Serving"));
  EXPECT_EQ(demo_now().status.revision, first);

  // Gone, with everything it made.
  ASSERT_TRUE(client->remove(Demo::kResource, ns, "digits").ok());
  play_removal(cluster);
  EXPECT_TRUE(eventually(
      [&] {
        const auto left = client->get(Demo::kResource, ns, "digits");
        return !left && left.error().not_found();
      },
      kLong));
  EXPECT_FALSE(assignment(cluster));
  EXPECT_TRUE(name_targets().empty());
  EXPECT_TRUE(jobs().empty());
  demo::Registry registry(settings_.registry_host, settings_.registry_ca_pem);
  const auto tags = registry.tags(ns + "/digits", {});
  ASSERT_TRUE(tags.ok());
  for (const auto& tag : *tags) EXPECT_EQ(*registry.digest_of(ns + "/digits", tag, {}), "") << tag;
}

TEST_F(DemoPipelineTest, DeletedWhileItsBuildPushesItLeavesNoImage) {
  apply_template();
  apply_repo();
  push(good_);
  apply_demo();
  const auto job = build_job();
  const auto pod = start_pod(job);
  ASSERT_TRUE(reaches(DemoStage::Building));
  ASSERT_TRUE(client->remove(Demo::kResource, ns, "digits").ok());
  EXPECT_TRUE(eventually([&] { return demo_now().status.message.find("pod of a build") != std::string::npos; }, kLong));
  ASSERT_EQ(build_image(job).reason, build::BuildReason::None) << "the pod's last word";
  set_pod(pod, {{"phase", "Failed"}});
  EXPECT_TRUE(eventually(
      [&] {
        const auto left = client->get(Demo::kResource, ns, "digits");
        return !left && left.error().not_found();
      },
      kLong));
  demo::Registry registry(settings_.registry_host, settings_.registry_ca_pem);
  const auto tags = registry.tags(ns + "/digits", {});
  ASSERT_TRUE(tags.ok());
  for (const auto& tag : *tags) EXPECT_EQ(*registry.digest_of(ns + "/digits", tag, {}), "") << tag;
}

TEST_F(DemoPipelineTest, WhatADemoMadeGoesThoughItsFinalizerWasTakenByHand) {
  apply_template();
  apply_repo();
  const auto cluster = ready_cluster("east-1", "192.0.2.1");
  push(good_);
  apply_demo();
  play_build_pod();
  play_region(cluster, any, running);
  ASSERT_TRUE(reaches(DemoStage::Running, "Serving"));
  ASSERT_TRUE(client->remove(Demo::kResource, ns, "digits").ok());
  // The region has not answered yet, so that the Demo is still there.
  const auto forced = client->patch(Demo::kResource, ns, "digits", kube::PatchType::kMerge,
                                    json::parse(R"({"metadata":{"finalizers":null}})"));
  ASSERT_TRUE(forced.ok()) << forced.error().message;
  const auto left = client->get(Demo::kResource, ns, "digits");
  ASSERT_TRUE(!left && left.error().not_found());

  play_removal(cluster);
  EXPECT_TRUE(eventually([&] { return !assignment(cluster) && name_targets().empty(); }, kLong));
}

TEST_F(DemoPipelineTest, AnOperatorThatIsReplacedInTheMiddleRepeatsNothing) {
  apply_template();
  apply_repo();
  const auto cluster = ready_cluster("east-1", "192.0.2.1");
  push(good_);
  apply_demo();
  ASSERT_TRUE(eventually([&] { return jobs().size() == 1; }, kLong));
  const auto uid = std::string(kube::uid_of(jobs()[0]));
  stop_operator();
  start_operator();
  play_build_pod();
  stop_operator();
  start_operator();
  ASSERT_TRUE(reaches(DemoStage::AppStarting));
  ASSERT_EQ(jobs().size(), 1u);
  EXPECT_EQ(kube::uid_of(jobs()[0]), uid);
  const auto generation = assignment(cluster)->metadata.generation;
  play_region(cluster, any, running);
  stop_operator();
  start_operator();
  ASSERT_TRUE(reaches(DemoStage::Running, "Serving"));
  EXPECT_EQ(assignment(cluster)->metadata.generation, generation) << "nothing was asked of the region again";
  // The same commit for another wish: the image is there, nothing is built.
  apply_demo(R"(,"env":[{"name":"A","value":"1"}])");
  play_region(
      cluster, [&](const Assignment& a) { return a.metadata.generation > generation; }, running);
  ASSERT_TRUE(reaches(DemoStage::Running, "Serving"));
  ASSERT_EQ(jobs().size(), 1u);
  EXPECT_EQ(kube::uid_of(jobs()[0]), uid);
}

TEST_F(DemoPipelineTest, AMoveKeepsTheNameUntilTheNewCopyAnswers) {
  apply_template();
  apply_repo();
  const auto east = ready_cluster("east-1", "192.0.2.1"), west = ready_cluster("west-1", "192.0.2.2");
  push(good_);
  apply_demo(R"(,"placement":{"regions":["east-1"]})");
  play_build_pod();
  play_region(east, any, running);
  ASSERT_TRUE(reaches(DemoStage::Running, "Serving"));

  apply_demo(R"(,"placement":{"regions":["west-1"]})");
  ASSERT_TRUE(eventually([&] { return assignment(west).has_value(); }, kLong));
  EXPECT_EQ(assignment(west)->spec.epoch, 2);
  EXPECT_EQ(name_targets(), std::vector<std::string>{"192.0.2.1"});
  EXPECT_EQ(assignment(east)->spec.desired, crds::Desired::Running);
  play_region(west, any, running);
  EXPECT_TRUE(eventually([&] { return name_targets() == std::vector<std::string>{"192.0.2.2"}; }, kLong));
  EXPECT_EQ(assignment(east)->spec.desired, crds::Desired::Running) << "it drains";
  play_region(
      east, [](const Assignment& a) { return a.spec.desired == crds::Desired::Absent; },
      [](crds::AssignmentStatus& s, const Assignment&) {
        s.stage = AssignmentStage::Absent;
        s.ready = false;
      });
  EXPECT_TRUE(eventually([&] { return !assignment(east); }, kLong));
  ASSERT_TRUE(reaches(DemoStage::Running, "Serving"));
  EXPECT_EQ(jobs().size(), 1u) << "a move builds nothing";
}

TEST_F(DemoPipelineTest, ARegistryThatIsDownIsWaitedFor) {
  apply_template();
  apply_repo();
  push(good_);
  registry_->stop();
  apply_demo();
  ASSERT_TRUE(reaches(DemoStage::Queued, "RegistryUnavailable"));
  registry_->start();
  play_build_pod();
  ASSERT_TRUE(reaches(DemoStage::Unschedulable));
}

TEST_F(DemoPipelineTest, BranchesTagsAndSecrets) {
  apply_template();
  apply_repo();
  const auto cluster = ready_cluster("east-1", "192.0.2.1");
  const auto commit = push(good_);
  apply_demo(R"(,"revision":"v1","secretRefs":[{"name":"keys"}])");
  ASSERT_TRUE(reaches(DemoStage::ConfigError, "RevisionNotFound"));
  EXPECT_NE(demo_now().status.message.find("main"), std::string::npos) << "it says what there is";
  const auto url = "http://ada:0123456789abcdef0123456789abcdef@127.0.0.1:" + std::to_string(git_->port()) + "/ada/d-" +
                   suffix_ + ".git";
  must({"git", "tag", "-a", "-m", "first", "v1"}, folder_.path() / "work");
  must({"git", "push", "-q", url, "v1"}, folder_.path() / "work");
  play_build_pod();
  ASSERT_TRUE(reaches(DemoStage::ConfigError, "SecretNotFound"));
  EXPECT_FALSE(assignment(cluster));

  auto secret = kube::make_object(resources::kSecret, ns, "keys");
  secret["stringData"] = {{"TOKEN", "t0p"}};
  ASSERT_TRUE(client->create(resources::kSecret, secret).ok());
  play_region(cluster, any, running);
  ASSERT_TRUE(reaches(DemoStage::Running, "Serving"));
  EXPECT_EQ(demo_now().status.revision, commit);
  const auto a = assignment(cluster);
  ASSERT_EQ(a->spec.env_from.size(), 1u);
  auto copy = client->get(resources::kSecret, a->metadata.namespace_, a->spec.env_from[0].name);
  ASSERT_TRUE(copy.ok());
  EXPECT_EQ(kube::secret_value(*copy, "TOKEN"), "t0p");

  // What the demo does not name any more is not kept for it.
  apply_demo(R"(,"revision":"v1")");
  EXPECT_TRUE(eventually([&] { return assignment(cluster)->spec.env_from.empty(); }, kLong));
  EXPECT_TRUE(eventually(
      [&] {
        const auto left = client->get(resources::kSecret, a->metadata.namespace_, a->spec.env_from[0].name);
        return !left && left.error().not_found();
      },
      kLong));
}

}  // namespace
}  // namespace causeway::op
