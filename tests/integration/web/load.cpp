#include "tests/integration/web/load.hpp"

#include <gtest/gtest.h>
#include <vector>

#include "tests/integration/web/web_fixture.hpp"

namespace causeway::api {
namespace {

// No request waits for longer: 2 s for a connection, some times over, on a machine that is busy.
constexpr auto kSoon = std::chrono::seconds(15);
constexpr auto kWorksAgain = std::chrono::minutes(2);  // which only a defect lets pass

// As a client does that is told to come back later.
void wait_a_little() {
  base::system_clock().sleep_for(std::chrono::milliseconds(5), {});
}

}  // namespace

void Load::add(std::string name, std::function<bool(int)> act) {
  auto& client = clients_.emplace_back();
  client.name = std::move(name);
  client.thread = std::thread([this, &client, act = std::move(act)] {
    for (int n = 0; !stop_; ++n) {
      if (act(n)) ++client.acknowledged;
    }
  });
}

bool Load::goes_on(int more) {
  std::vector<int> before;
  for (const auto& client : clients_) before.push_back(client.acknowledged);
  bool all = true;
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    auto& client = clients_[i];
    const bool one = database::eventually([&] { return client.acknowledged >= before[i] + more; }, kWorksAgain);
    EXPECT_TRUE(one) << client.name << " was acknowledged " << client.acknowledged - before[i] << " times more";
    all = all && one;
  }
  return all;
}

void Load::stop() {
  stop_ = true;
  for (auto& client : clients_) {
    if (client.thread.joinable()) client.thread.join();
  }
}

void Load::judge(const base::HttpResponse& answer, base::Duration took) {
  EXPECT_LT(took, kSoon) << answer.status << " " << answer.body;
  if (answer.status == 503) {
    EXPECT_TRUE(answer.headers.get("Retry-After")) << answer.body;
  } else {
    EXPECT_LT(answer.status, 500) << answer.body;
    EXPECT_GT(answer.status, 0);
  }
}

base::HttpResponse Load::until_answered(const std::function<base::HttpResponse()>& ask,
                                        const std::function<void()>& in_flight) {
  while (true) {
    const auto began = std::chrono::steady_clock::now();
    auto answer = ask();
    judge(answer, std::chrono::steady_clock::now() - began);
    const bool flies = slug(answer) == "idempotency-key-in-flight";
    // A request whose body was read while the clock was set forward came too late, for no fault of its own.
    const bool late = slug(answer) == "request-timeout";
    if ((answer.status != 503 && !flies && !late) || stop_) return answer;
    if (flies && in_flight) in_flight();
    wait_a_little();
  }
}

}  // namespace causeway::api
