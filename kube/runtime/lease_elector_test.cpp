// Leader election against an API server that fails. What succeeds is tested against a real one (tests/integration).

#include "kube/runtime/lease_elector.hpp"

#include <gtest/gtest.h>
#include <thread>

#include "kube/client/scripted_peer.hpp"

namespace causeway::kube {
namespace {

using namespace std::chrono_literals;
using test::ScriptedPeer;
using test::status_json;

const std::string kLeaseJson =
    R"({"kind":"Lease","apiVersion":"coordination.k8s.io/v1","metadata":{"namespace":"n","name":"l",)"
    R"("labels":{"owner":"ops"},"resourceVersion":"1"},"spec":{"holderIdentity":"me","leaseDurationSeconds":15}})";

// Grants the lease, then does `afterwards` with every renewal.
std::unique_ptr<ScriptedPeer> granting(std::function<void(base::HttpExchange&)> afterwards) {
  return std::make_unique<ScriptedPeer>([afterwards = std::move(afterwards)](int number, base::HttpExchange& e) {
    if (number == 1) return test::json(e, 404, status_json(404, "NotFound"));
    if (number == 2) return test::json(e, 201, kLeaseJson);
    afterwards(e);
  });
}

TEST(LeaseElector, LosesLeadershipWhenRenewalsFail) {
  const auto peer = granting([](base::HttpExchange& e) { test::json(e, 500, status_json(500, "InternalError")); });
  base::ManualClock clock;
  base::MetricsRegistry metrics;
  LeaseElector elector(peer->config(), {.ns = "n", .name = "l", .identity = "me"}, clock, metrics);
  std::jthread skipper([&](std::stop_token stop) {
    while (!stop.stop_requested()) {
      if (clock.sleepers() > 0) clock.advance(100ms);
      std::this_thread::yield();
    }
  });
  bool led = false;
  const auto begin = clock.steady();
  const auto ended = elector.run({}, [&] { led = true; });
  EXPECT_TRUE(led);
  ASSERT_FALSE(ended.ok());
  EXPECT_NE(ended.error().message.find("n/l"), std::string::npos) << ended.error().message;
  EXPECT_GE(clock.steady() - begin, 10s);
  EXPECT_LT(clock.steady() - begin, 15s) << "another may lead after 15 s";
  EXPECT_EQ(metrics.gauge("leader_election_master_status", "", {{"name", "l"}}).value(), 0);
}

TEST(LeaseElector, DoesNotWaitLongerForAnAnswerThanItMayLead) {
  const auto peer = granting([](base::HttpExchange& e) {
    while (!e.closed().stop_requested()) std::this_thread::yield();
  });
  base::MetricsRegistry metrics;
  LeaseElector elector(
      peer->config(),
      {.ns = "n", .name = "l", .identity = "me", .lease_duration = 15s, .renew_deadline = 600ms, .retry_period = 100ms},
      base::system_clock(), metrics);
  std::optional<base::SteadyTime> led;
  const auto ended = elector.run({}, [&] { led = base::system_clock().steady(); });
  ASSERT_FALSE(ended.ok());
  ASSERT_TRUE(led);
  EXPECT_LT(base::system_clock().steady() - *led, 15s) << "a call may take 30 s, leadership may not";
}

TEST(LeaseElector, ReleasesWithEverythingElseOfTheLeaseIntact) {
  const auto peer = granting([&](base::HttpExchange& e) { test::json(e, 200, kLeaseJson); });
  base::MetricsRegistry metrics;
  LeaseElector elector(peer->config(), {.ns = "n", .name = "l", .identity = "me"}, base::system_clock(), metrics);
  std::stop_source stop;
  EXPECT_TRUE(elector.run(stop.get_token(), [&] { stop.request_stop(); }).ok());
  const auto last = peer->requests().back();
  EXPECT_EQ(last.method, "PUT");
  const auto lease = json::parse(last.body).as_object();
  EXPECT_EQ(string_at(lease, "spec.holderIdentity"), "");
  EXPECT_EQ(int_at(lease, "spec.leaseDurationSeconds"), 1);
  EXPECT_EQ(string_at(lease, "metadata.labels.owner"), "ops");
  EXPECT_EQ(string_at(lease, "metadata.resourceVersion"), "1") << "only if nobody else has taken it meanwhile";
}

}  // namespace
}  // namespace causeway::kube
