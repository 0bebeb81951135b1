#include "apiserver/rest/request_body.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace causeway::api::rest {
namespace {

using std::chrono::seconds;

// Gives what it has in pieces of at most `piece` bytes, each after `pause`.
class PiecewiseExchange final : public base::HttpExchange {
 public:
  PiecewiseExchange(base::ManualClock& clock, std::string body) : clock_(clock), body_(std::move(body)) {}
  const base::HttpRequest& request() const override { return head; }
  std::string_view remote() const override { return "unix"; }
  std::stop_token closed() const override { return {}; }
  base::Result<std::size_t> read(std::span<char> into) override {
    clock_.advance(pause);
    if (failure && at_ == body_.size()) return *failure;
    const std::size_t n = std::min({into.size(), piece, body_.size() - at_});
    std::copy_n(body_.begin() + static_cast<std::ptrdiff_t>(at_), n, into.begin());
    at_ += n;
    return n;
  }
  base::Result<std::string> read_all(std::size_t) override { return body_; }
  void respond(base::HttpResponse) override {}
  base::Result<void> start(base::HttpResponse) override { return {}; }
  base::Result<void> write(std::string_view) override { return {}; }
  base::Result<void> finish() override { return {}; }

  base::HttpRequest head;
  std::size_t piece = 1000;
  base::Duration pause{};
  std::optional<base::Error> failure;

 private:
  base::ManualClock& clock_;
  const std::string body_;
  std::size_t at_ = 0;
};

class RequestBodyTest : public testing::Test {
 protected:
  // The text, or the status of the problem as text.
  std::string read(PiecewiseExchange& exchange, std::size_t limit = 100000) {
    const auto body = RequestBody::read(exchange, limit, clock_, clock_.steady() + seconds(30), budget_);
    return body.ok() ? body->text() : std::to_string(body.error().status());
  }
  base::ManualClock clock_;
  BodyBudget budget_{200000};
};

TEST_F(RequestBodyTest, IsReadWholeHoweverItComes) {
  const std::string text(70000, 'x');
  for (const std::size_t piece : {1u, 999u, 100000u}) {
    PiecewiseExchange chunked(clock_, text);
    chunked.piece = piece;
    EXPECT_EQ(read(chunked), text);
    PiecewiseExchange counted(clock_, text);
    counted.piece = piece;
    counted.head.headers.set("Content-Length", "70000");
    EXPECT_EQ(read(counted), text);
  }
  PiecewiseExchange empty(clock_, "");
  EXPECT_EQ(read(empty), "");
}

TEST_F(RequestBodyTest, IsRefusedBeyondItsLimit) {
  PiecewiseExchange counted(clock_, "xx");
  counted.head.headers.set("Content-Length", "101");
  EXPECT_EQ(read(counted, 100), "413");
  PiecewiseExchange chunked(clock_, std::string(101, 'x'));
  EXPECT_EQ(read(chunked, 100), "413");
  PiecewiseExchange exact(clock_, std::string(100, 'x'));
  EXPECT_EQ(read(exact, 100).size(), 100u);
}

TEST_F(RequestBodyTest, MayNotDripForEver) {
  PiecewiseExchange slow(clock_, std::string(100, 'x'));
  slow.piece = 1;
  slow.pause = seconds(1);
  EXPECT_EQ(read(slow), "408");
  PiecewiseExchange silent(clock_, "x");
  silent.failure = base::Error{base::ErrorCode::kTimeout, "silence"};
  EXPECT_EQ(read(silent), "408");
  PiecewiseExchange broken(clock_, "x");
  broken.failure = base::Error{base::ErrorCode::kProtocol, "no chunk"};
  EXPECT_EQ(read(broken), "400");
}

TEST_F(RequestBodyTest, AllTogetherFitIntoTheBudget) {
  PiecewiseExchange first(clock_, std::string(90000, 'x'));
  first.head.headers.set("Content-Length", "90000");
  {
    const auto held = RequestBody::read(first, 100000, clock_, clock_.steady() + seconds(30), budget_);
    ASSERT_TRUE(held.ok());
    PiecewiseExchange second(clock_, std::string(90000, 'x'));
    EXPECT_EQ(read(second, 100000), "503") << "a chunked body takes more than it needs for a while";
  }
  for (int i = 0; i < 5; ++i) {
    PiecewiseExchange again(clock_, std::string(90000, 'x'));
    again.head.headers.set("Content-Length", "90000");
    EXPECT_EQ(read(again).size(), 90000u) << "what was taken was given back";
  }
}

TEST_F(RequestBodyTest, WhatIsMadeOfThemIsOfTheBudgetToo) {
  const auto hold = [&](std::size_t size) {
    PiecewiseExchange exchange(clock_, std::string(size, 'x'));
    exchange.head.headers.set("Content-Length", std::to_string(size));
    return RequestBody::read(exchange, 100000, clock_, clock_.steady() + seconds(30), budget_);
  };
  {
    auto first = hold(50'000);
    ASSERT_TRUE(first.ok());
    EXPECT_TRUE(first->take(100'000));
    EXPECT_FALSE(first->take(50'000)) << "what is not there is not taken";
    EXPECT_EQ(hold(50'000).error().status(), 503);
    EXPECT_TRUE(hold(49'000).ok());
  }
  EXPECT_TRUE(hold(50'000)->take(149'000)) << "all was given back";
}

TEST(HasBody, IsSaidByTheHeader) {
  base::HttpRequest request;
  EXPECT_FALSE(has_body(request));
  request.headers.set("Content-Length", "0");
  EXPECT_FALSE(has_body(request));
  request.headers.set("Content-Length", "1");
  EXPECT_TRUE(has_body(request));
  EXPECT_TRUE(has_body({.headers = {{"Transfer-Encoding", "chunked"}}}));
}

}  // namespace
}  // namespace causeway::api::rest
