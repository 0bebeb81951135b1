#include "onebox/init/supervision.hpp"

#include <csignal>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <optional>

namespace causeway::onebox {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Kind = Supervision::Action::Kind;

ComponentSpec spec(std::string name, std::vector<std::string> after = {}) {
  ComponentSpec out;
  out.name = std::move(name);
  out.after = std::move(after);
  out.ready.kind = ProbeKind::Http;
  out.stop_seconds = 10;
  return out;
}

// etcd ← api ← kubelet, and containerd ← kubelet; plays the driver with made-up processes.
class SupervisionTest : public ::testing::Test {
 protected:
  Supervision supervision{
      {spec("etcd"), spec("api", {"etcd"}), spec("containerd"), spec("kubelet", {"api", "containerd"})}};
  base::SteadyTime now{1h};
  base::WallTime wall{1h};
  pid_t next_pid = 100;
  std::map<std::string, pid_t> pids;

  // Starts what shall start; returns "start api", "SIGTERM etcd", ….
  std::vector<std::string> step() {
    std::vector<std::string> lines;
    for (const auto& action : supervision.step(now)) {
      if (action.kind == Kind::kStart) {
        supervision.started(action.name, pids[action.name] = next_pid++, now);
        lines.push_back("start " + action.name);
      } else {
        EXPECT_EQ(action.pid, pids[action.name]);
        lines.push_back((action.signal == SIGTERM ? "SIGTERM " : "SIGKILL ") + action.name);
      }
    }
    return lines;
  }
  void ready(const std::string& name) { supervision.became_ready(name, pids[name], now); }
  void end(const std::string& name, int signal = SIGKILL) {
    EXPECT_TRUE(supervision.exited(pids[name], base::ExitStatus{.code = 0, .signal = signal}.describe(), now, wall));
  }
  const Supervision::Component& component(const std::string& name) {
    for (const auto& c : supervision.components())
      if (c.spec.name == name) return c;
    throw std::logic_error(name);
  }
  void all_running() {
    step();
    ready("etcd");
    ready("containerd");
    step();
    ready("api");
    step();
    ready("kubelet");
    ASSERT_TRUE(supervision.ready());
  }
};

TEST_F(SupervisionTest, StartsEachWhenThoseItNeedsHaveBeenReady) {
  EXPECT_THAT(step(), UnorderedElementsAre("start etcd", "start containerd"));
  EXPECT_THAT(step(), IsEmpty());
  ready("etcd");
  EXPECT_THAT(step(), ElementsAre("start api"));
  ready("api");
  EXPECT_THAT(step(), IsEmpty());  // containerd is not ready
  ready("containerd");
  EXPECT_THAT(step(), ElementsAre("start kubelet"));
  EXPECT_FALSE(supervision.ready());
  ready("kubelet");
  EXPECT_TRUE(supervision.ready());
}

TEST_F(SupervisionTest, OneThatEndsIsStartedAtOnceAndNothingElseIs) {
  all_running();
  end("etcd");
  EXPECT_FALSE(supervision.ready());
  EXPECT_THAT(step(), ElementsAre("start etcd"));
  EXPECT_EQ(component("etcd").restarts, 1);
  EXPECT_EQ(component("etcd").last_end, "killed by SIGKILL");
  EXPECT_EQ(component("api").state, ComponentState::Running);
}

TEST_F(SupervisionTest, OneThatKeepsEndingIsStartedLessAndLessOften) {
  step();
  end("etcd");
  EXPECT_THAT(step(), ElementsAre("start etcd"));
  end("etcd");
  EXPECT_THAT(step(), IsEmpty());
  EXPECT_EQ(supervision.next_wakeup(), now + 200ms);
  now += 200ms;
  EXPECT_THAT(step(), ElementsAre("start etcd"));
  end("etcd");
  EXPECT_EQ(supervision.next_wakeup(), now + 400ms);
  for (int i = 0; i < 20; ++i) {
    now += 10s;
    step();
    end("etcd");
  }
  EXPECT_EQ(supervision.next_wakeup(), now + 10s);
}

TEST_F(SupervisionTest, AStableRunForgetsEarlierFailures) {
  step();
  for (int i = 0; i < 5; ++i) {
    end("etcd");
    now += 10s;
    step();
  }
  now += kStableRun;
  end("etcd");
  EXPECT_THAT(step(), ElementsAre("start etcd"));
}

TEST_F(SupervisionTest, AProgramThatCannotBeStartedIsTriedAgain) {
  auto actions = supervision.step(now);
  ASSERT_EQ(actions[0].name, "etcd");
  supervision.start_failed("etcd", "cannot start etcd: no such program", now, wall);
  EXPECT_EQ(component("etcd").state, ComponentState::Backoff);
  EXPECT_THAT(component("etcd").last_end, HasSubstr("no such program"));
  EXPECT_THAT(step(), ElementsAre("start etcd"));
}

TEST_F(SupervisionTest, ReadinessOfAnEarlierProcessIsIgnored) {
  step();
  const pid_t old = pids["etcd"];
  end("etcd");
  step();
  supervision.became_ready("etcd", old, now);
  EXPECT_EQ(component("etcd").state, ComponentState::Starting);
}

TEST_F(SupervisionTest, OrphansAreNobodysEnd) {
  all_running();
  EXPECT_FALSE(supervision.exited(4711, "", now, wall));
  EXPECT_TRUE(supervision.ready());
}

TEST_F(SupervisionTest, StoppedOnCommandStaysDownUntilStarted) {
  all_running();
  auto actions = supervision.command("kubelet", "stop", now);
  ASSERT_TRUE(actions);
  ASSERT_EQ(actions->size(), 1u);
  EXPECT_EQ(actions->at(0).signal, SIGTERM);
  end("kubelet", SIGTERM);
  now += 1h;
  EXPECT_THAT(step(), IsEmpty());
  EXPECT_EQ(component("kubelet").state, ComponentState::Stopped);
  ASSERT_TRUE(supervision.command("kubelet", "start", now));
  EXPECT_THAT(step(), ElementsAre("start kubelet"));
}

TEST_F(SupervisionTest, OneThatIgnoresSigtermIsKilledAfterItsTime) {
  all_running();
  ASSERT_TRUE(supervision.command("kubelet", "stop", now));
  now += 9s;
  EXPECT_THAT(step(), IsEmpty());
  now += 1s;
  EXPECT_THAT(step(), ElementsAre("SIGKILL kubelet"));
}

TEST_F(SupervisionTest, UnknownComponentsAndActionsAreAnsweredWithTheKnown) {
  auto component_error = supervision.command("kubelt", "kill", now);
  ASSERT_FALSE(component_error);
  EXPECT_EQ(component_error.error().code, base::ErrorCode::kNotFound);
  EXPECT_THAT(component_error.error().message, HasSubstr("etcd, api, containerd, kubelet"));
  auto action_error = supervision.command("kubelet", "explode", now);
  ASSERT_FALSE(action_error);
  EXPECT_EQ(action_error.error().code, base::ErrorCode::kInvalidArgument);
}

TEST_F(SupervisionTest, ShutsDownInReverseOrder) {
  all_running();
  supervision.shut_down(now);
  EXPECT_THAT(step(), ElementsAre("SIGTERM kubelet"));
  EXPECT_FALSE(supervision.finished());
  end("kubelet", SIGTERM);
  EXPECT_THAT(step(), UnorderedElementsAre("SIGTERM api", "SIGTERM containerd"));
  end("containerd", SIGTERM);
  EXPECT_THAT(step(), IsEmpty());  // etcd is still needed by api
  end("api", SIGTERM);
  EXPECT_THAT(step(), ElementsAre("SIGTERM etcd"));
  end("etcd", SIGTERM);
  EXPECT_TRUE(supervision.finished());
  EXPECT_THAT(step(), IsEmpty());
}

TEST(Supervision, UsedOnesAreNotWaitedForButOutliveTheirUsers) {
  auto api = spec("api");
  api.uses = {"etcd"};
  Supervision supervision({spec("etcd"), api});
  const base::SteadyTime now{1h};
  EXPECT_EQ(supervision.step(now).size(), 2u);  // both at once
  supervision.started("etcd", 1, now);
  supervision.started("api", 2, now);
  supervision.shut_down(now);
  auto first = supervision.step(now);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].name, "api");
  supervision.exited(2, "", now, {});
  auto second = supervision.step(now);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].name, "etcd");
}

class DrainTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto containerd = spec("containerd");
    containerd.drain_seconds = 5;
    supervision.emplace(std::vector{containerd, spec("kubelet", {"containerd"})});
    for (const auto& action : supervision->step(now)) supervision->started(action.name, 1, now);
    supervision->became_ready("containerd", 1, now);
    for (const auto& action : supervision->step(now)) supervision->started(action.name, 2, now);
    supervision->shut_down(now);
    supervision->step(now);
    EXPECT_FALSE(supervision->draining());  // kubelet would start the containers again
    supervision->exited(2, "", now, {});
    auto actions = supervision->step(now);
    ASSERT_EQ(actions.size(), 1u);
    EXPECT_EQ(actions[0].kind, Kind::kDrain);
    EXPECT_TRUE(supervision->step(now).empty());
  }
  std::optional<Supervision> supervision;
  base::SteadyTime now{1h};
};

TEST_F(DrainTest, ContainersEndBeforeWhatRunsThem) {
  supervision->drained(now);
  auto actions = supervision->step(now);
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_EQ(actions[0].signal, SIGTERM);
}

TEST_F(DrainTest, ContainersThatDoNotEndAreNotWaitedForLonger) {
  now += 4s;
  EXPECT_TRUE(supervision->step(now).empty());
  now += 1s;
  ASSERT_EQ(supervision->step(now).size(), 1u);
  EXPECT_FALSE(supervision->draining());
}

TEST_F(SupervisionTest, ShutdownStartsNothing) {
  step();
  ready("etcd");
  supervision.shut_down(now);
  EXPECT_THAT(step(), UnorderedElementsAre("SIGTERM etcd", "SIGTERM containerd"));
  end("etcd");
  end("containerd");
  now += 1h;
  EXPECT_THAT(step(), IsEmpty());
  EXPECT_TRUE(supervision.finished());
}

TEST(Supervision, WithoutAProbeIsReadyOnceStarted) {
  auto plain = spec("scheduler");
  plain.ready.kind = ProbeKind::None;
  Supervision supervision({plain});
  const base::SteadyTime now{1h};
  ASSERT_EQ(supervision.step(now).size(), 1u);
  supervision.started("scheduler", 7, now);
  EXPECT_TRUE(supervision.ready());
}

}  // namespace
}  // namespace causeway::onebox
