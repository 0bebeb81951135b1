#include "operator/region/observation.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "operator/region/workload.hpp"

namespace causeway::op::region {
namespace {

namespace json = boost::json;
using crds::AssignmentStage;
using kube::Object;

const base::WallTime kNow = *base::parse_time("2026-11-24T10:10:00Z");

// A demo that has 20 s for its first answer.
crds::Assignment assignment() {
  crds::Assignment a;
  a.metadata.name = "digits-1a2b3c4d";
  a.metadata.generation = 4;
  a.spec.demo_ref = {.namespace_ = "u-ada", .name = "digits", .uid = "u"};
  a.spec.tenant_namespace = "u-ada";
  a.spec.epoch = 2;
  a.spec.deployment = "digits-7";
  a.spec.port = 8080;
  a.spec.health.startup_timeout = "20s";
  return a;
}

std::shared_ptr<const Object> object(Object o) {
  return std::make_shared<const Object>(std::move(o));
}

// A pod of deployment record `record` with this JSON as its status.
std::shared_ptr<const Object> pod(std::string_view record, std::string_view status) {
  return object({{"metadata", Object{{"name", "p"}, {"annotations", Object{{kAnnotationDeployment, record}}}}},
                 {"status", json::parse(status)}});
}
std::shared_ptr<const Object> ready_pod(std::string_view record) {
  return pod(record, R"({"conditions":[{"type":"Ready","status":"True"}]})");
}
// A pod of the wanted version that has not been ready since 10:00:00, with one container in this state.
std::shared_ptr<const Object> starting_pod(const std::string& container) {
  return pod("digits-7", R"({"conditions":[{"type":"Ready","status":"False","lastTransitionTime":)"
                         R"("2026-11-24T10:00:00Z"}],"containerStatuses":[{"name":"app",)" +
                             container + "}]}");
}

std::shared_ptr<const Object> deployment(std::string_view record, int replicas, int updated, int ready, int total,
                                         std::string_view conditions = "[]") {
  Object annotations{{kAnnotationDeployment, record}};
  return object({{"metadata", Object{{"generation", 5}}},
                 {"spec", Object{{"replicas", replicas},
                                 {"template", Object{{"metadata", Object{{"annotations", std::move(annotations)}}}}}}},
                 {"status", Object{{"observedGeneration", 5},
                                   {"replicas", total},
                                   {"updatedReplicas", updated},
                                   {"readyReplicas", ready},
                                   {"conditions", json::parse(conditions)}}}});
}
std::shared_ptr<const Object> stuck_deployment() {
  return deployment("digits-7", 1, 1, 0, 1,
                    R"([{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded"}])");
}

TEST(Observation, RolledOutOnlyWithEverythingOfTheWantedVersionAndNothingElse) {
  const struct {
    const char* what;
    std::shared_ptr<const Object> deployment;
    bool rolled_out;
  } cases[] = {
      {"no Deployment", nullptr, false},
      {"all up", deployment("digits-7", 2, 2, 2, 2), true},
      {"of another record", deployment("digits-6", 2, 2, 2, 2), false},
      {"one is not updated", deployment("digits-7", 2, 1, 2, 2), false},
      {"one is not ready", deployment("digits-7", 2, 2, 1, 2), false},
      {"an old one is still there", deployment("digits-7", 2, 2, 3, 3), false},
  };
  for (const auto& c : cases) EXPECT_EQ(rolled_out(assignment(), {.deployment = c.deployment}), c.rolled_out) << c.what;

  auto unseen = *deployment("digits-7", 2, 2, 2, 2);
  kube::set_at(unseen, "metadata.generation", 6);
  EXPECT_FALSE(rolled_out(assignment(), {.deployment = object(unseen)})) << "its status is of an older generation";
  auto paused = assignment();
  paused.spec.paused = true;
  EXPECT_FALSE(rolled_out(paused, {.deployment = deployment("digits-7", 0, 0, 0, 0)}));
}

TEST(Observation, TellsTheTroubleOfAContainer) {
  const std::string run_of_20s =
      R"({"exitCode":143,"reason":"Error","startedAt":"2026-11-24T10:01:00Z","finishedAt":"2026-11-24T10:01:24Z"})";
  const std::string run_of_3s =
      R"({"exitCode":1,"reason":"Error","startedAt":"2026-11-24T10:01:00Z","finishedAt":"2026-11-24T10:01:03Z"})";
  const std::string backing_off = R"("state":{"waiting":{"reason":"CrashLoopBackOff"}})";
  const std::string running = R"("state":{"running":{"startedAt":"2026-11-24T10:09:55Z"}})";
  const struct {
    const char* what;
    std::string container;
    AssignmentStage stage;
    const char* reason;
  } cases[] = {
      {"pulling", R"("started":false,"restartCount":0,"state":{"waiting":{"reason":"ContainerCreating"}})",
       AssignmentStage::AppStarting, "Starting"},
      {"no such image", R"("state":{"waiting":{"reason":"ImagePullBackOff","message":"not found"}})",
       AssignmentStage::RuntimeError, "ImagePullFailed"},
      {"no such Secret", R"("state":{"waiting":{"reason":"CreateContainerConfigError","message":"no secret"}})",
       AssignmentStage::RuntimeError, "ContainerNotCreated"},
      {"first run", R"("started":false,"restartCount":0,)" + running, AssignmentStage::AppStarting, "Starting"},
      {"ended once", R"("started":false,"restartCount":1,"lastState":{"terminated":)" + run_of_3s + "}," + running,
       AssignmentStage::AppStarting, "Starting"},
      {"ends again and again",
       R"("started":false,"restartCount":2,"lastState":{"terminated":)" + run_of_3s + "}," + running,
       AssignmentStage::RuntimeError, "Crashing"},
      {"ends and is held back",
       R"("started":false,"restartCount":1,"lastState":{"terminated":)" + run_of_3s + "}," + backing_off,
       AssignmentStage::RuntimeError, "Crashing"},
      {"out of memory",
       R"("started":false,"restartCount":1,"lastState":{"terminated":{"reason":"OOMKilled","exitCode":137,)"
       R"("startedAt":"2026-11-24T10:01:00Z","finishedAt":"2026-11-24T10:02:00Z"}},)" +
           running,
       AssignmentStage::RuntimeError, "OutOfMemory"},
      // Killed for its silence: the exit code is that of the signal, or whatever the application makes of it.
      {"silent, first run ended", R"("started":false,"restartCount":0,"state":{"terminated":)" + run_of_20s + "}",
       AssignmentStage::RuntimeError, "NeverAnswered"},
      {"silent, second run",
       R"("started":false,"restartCount":1,"lastState":{"terminated":)" + run_of_20s + "}," + running,
       AssignmentStage::RuntimeError, "NeverAnswered"},
      {"silent, third run",
       R"("started":false,"restartCount":2,"lastState":{"terminated":)" + run_of_20s + "}," + running,
       AssignmentStage::RuntimeError, "NeverAnswered"},
      {"silent, held back",
       R"("started":false,"restartCount":5,"lastState":{"terminated":)" + run_of_20s + "}," + backing_off,
       AssignmentStage::RuntimeError, "NeverAnswered"},
      {"silent once, answers now",
       R"("started":true,"restartCount":1,"lastState":{"terminated":)" + run_of_20s + "}," + running,
       AssignmentStage::AppStarting, "Starting"},
  };
  for (const auto& c : cases) {
    const auto s = judge(assignment(), {.deployment = nullptr, .pods = {starting_pod(c.container)}}, kNow);
    EXPECT_EQ(s.stage, c.stage) << c.what;
    EXPECT_EQ(s.reason, c.reason) << c.what;
    EXPECT_FALSE(s.ready) << c.what;
  }
}

TEST(Observation, ALongRunThatAnsweredIsACrash) {
  // The pod was ready in it: its Ready condition changed after the run had begun.
  const auto crashed = pod(
      "digits-7", R"({"conditions":[{"type":"Ready","status":"False","lastTransitionTime":"2026-11-24T10:05:00Z"}],)"
                  R"("containerStatuses":[{"started":false,"restartCount":2,"state":{"waiting":{"reason":)"
                  R"("CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":137,"startedAt":)"
                  R"("2026-11-24T10:01:00Z","finishedAt":"2026-11-24T10:05:00Z"}}}]})");
  EXPECT_EQ(judge(assignment(), {.deployment = nullptr, .pods = {crashed}}, kNow).reason, "Crashing");
}

TEST(Observation, SaysWhatToDoAboutSilence) {
  const auto silent = starting_pod(R"("started":false,"state":{"running":{"startedAt":"2026-11-24T10:09:00Z"}})");
  const auto s = judge(assignment(), {.deployment = stuck_deployment(), .pods = {silent}}, kNow);
  EXPECT_EQ(s.reason, "NeverAnswered");
  EXPECT_EQ(s.message,
            "the application did not answer on port 8080 within 20 s; does it listen on 0.0.0.0 and on $PORT?");
}

TEST(Observation, AnImageThatTakesLongIsNotSilence) {
  const auto reason = [](const std::string& container) {
    return judge(assignment(), {.deployment = stuck_deployment(), .pods = {starting_pod(container)}}, kNow).reason;
  };
  EXPECT_EQ(reason(R"("started":false,"state":{"waiting":{"reason":"ContainerCreating"}})"), "Starting");
  EXPECT_EQ(reason(R"("started":false,"state":{"running":{"startedAt":"2026-11-24T10:09:45Z"}})"), "Starting")
      << "it came late and has 5 s left";
  EXPECT_EQ(reason(R"("started":false,"state":{"running":{"startedAt":"2026-11-24T10:09:40Z"}})"), "NeverAnswered");
}

TEST(Observation, TroubleOfPodsAndDeployments) {
  const auto no_room = pod("digits-7", R"({"conditions":[{"type":"PodScheduled","status":"False","reason":)"
                                       R"("Unschedulable","message":"0/1 nodes"}]})");
  auto s = judge(assignment(), {.deployment = stuck_deployment(), .pods = {no_room}}, kNow);
  EXPECT_EQ(s.stage, AssignmentStage::Unschedulable);
  EXPECT_EQ(s.reason, "NoCapacity");

  const auto refused =
      deployment("digits-7", 1, 0, 0, 0, R"([{"type":"ReplicaFailure","status":"True","message":"exceeded quota"}])");
  s = judge(assignment(), {.deployment = refused}, kNow);
  EXPECT_EQ(s.stage, AssignmentStage::RuntimeError);
  EXPECT_EQ(s.reason, "PodsRefused");
  EXPECT_EQ(s.message, "exceeded quota");
}

TEST(Observation, WhatADeploymentSaidOfTheVersionBeforeIsNotSaidOfThisOne) {
  Observation seen;
  constexpr auto refused = R"([{"type":"ReplicaFailure","status":"True","message":"exceeded quota"}])";
  seen.deployment = deployment("digits-6", 1, 0, 0, 0, refused);
  EXPECT_EQ(judge(assignment(), seen, kNow).reason, "Starting");
  auto unseen = *deployment("digits-7", 1, 0, 0, 0, refused);
  kube::set_at(unseen, "metadata.generation", 6);
  seen.deployment = object(unseen);
  EXPECT_EQ(judge(assignment(), seen, kNow).reason, "Starting") << "its controller has not looked at it yet";
}

TEST(Observation, RunningMeansThatTheGatewayWasAnswered) {
  const Observation up{.deployment = deployment("digits-7", 1, 1, 1, 1), .pods = {ready_pod("digits-7")}};
  auto seen = up;
  seen.gateway = {.served = false, .what = "HTTP 502"};
  auto s = judge(assignment(), seen, kNow);
  EXPECT_EQ(s.stage, AssignmentStage::AppStarting);
  EXPECT_EQ(s.reason, "GatewayNotReady");
  EXPECT_NE(s.message.find("HTTP 502"), std::string::npos);

  seen.gateway = {.served = true, .what = "HTTP 200"};
  s = judge(assignment(), seen, kNow);
  EXPECT_EQ(s.stage, AssignmentStage::Running);
  EXPECT_TRUE(s.ready);
  EXPECT_EQ(s.deployment, "digits-7");
  EXPECT_EQ(s.observed_epoch, 2);
  EXPECT_EQ(s.observed_generation, 4);
  EXPECT_TRUE(kube::condition_is_true(s.conditions, "Ready"));
  EXPECT_FALSE(kube::condition_is_true(s.conditions, "Reconciling"));

  EXPECT_EQ(judge(assignment(), up, kNow).stage, AssignmentStage::AppStarting) << "not asked, and never served before";
}

TEST(Observation, TheOldVersionServesWhileTheNewOneStarts) {
  const auto old = ready_pod("digits-6");
  Observation seen{.deployment = deployment("digits-7", 1, 1, 1, 2), .pods = {old, starting_pod(R"("state":{})")}};
  auto s = judge(assignment(), seen, kNow);
  EXPECT_EQ(s.stage, AssignmentStage::RunningAppStarting);
  EXPECT_EQ(s.reason, "RollingOut");
  EXPECT_EQ(s.deployment, "digits-6");
  EXPECT_TRUE(s.ready);

  seen.pods[1] = starting_pod(R"("state":{"waiting":{"reason":"ErrImagePull","message":"no"}})");
  s = judge(assignment(), seen, kNow);
  EXPECT_EQ(s.stage, AssignmentStage::Running) << "the old version serves on";
  EXPECT_EQ(s.reason, "ImagePullFailed");
  EXPECT_EQ(s.deployment, "digits-6");

  // Trouble of what is being replaced is nobody's concern.
  const auto old_trouble =
      pod("digits-6", R"({"containerStatuses":[{"state":{"waiting":{"reason":"ErrImagePull"}}}]})");
  s = judge(assignment(), {.deployment = nullptr, .pods = {old_trouble}}, kNow);
  EXPECT_EQ(s.reason, "Starting");
}

TEST(Observation, TellsScalingFromDraining) {
  auto a = assignment();
  a.spec.replicas = 2;
  Observation seen{.deployment = deployment("digits-7", 2, 2, 1, 2), .pods = {ready_pod("digits-7")}};
  EXPECT_EQ(judge(a, seen, kNow).reason, "Scaling");
  a.spec.replicas = 1;
  auto leaving = *ready_pod("digits-6");
  kube::set_at(leaving, "metadata.deletionTimestamp", "2026-11-24T10:09:59Z");
  seen = {.deployment = deployment("digits-7", 1, 1, 1, 2), .pods = {ready_pod("digits-7"), object(leaving)}};
  EXPECT_EQ(judge(a, seen, kNow).reason, "Draining");
}

TEST(Observation, AbsentAndPausedOnlyWhenNothingIsLeft) {
  auto absent = assignment();
  absent.spec.desired = crds::Desired::Absent;
  EXPECT_EQ(judge(absent, {}, kNow).stage, AssignmentStage::Absent);
  EXPECT_EQ(judge(absent, {.deployment = nullptr, .pods = {ready_pod("digits-7")}}, kNow).reason, "Removing");
  EXPECT_EQ(judge(absent, {.deployment = nullptr, .pods = {}, .anything_left = true}, kNow).reason, "Removing");

  auto paused = assignment();
  paused.spec.paused = true;
  EXPECT_EQ(judge(paused, {}, kNow).stage, AssignmentStage::Paused);
  EXPECT_EQ(judge(paused, {.deployment = nullptr, .pods = {ready_pod("digits-7")}}, kNow).reason, "Pausing");
}

}  // namespace
}  // namespace causeway::op::region
