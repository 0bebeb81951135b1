// Notifications that go to addresses which users name.

#include "apiserver/activity/webhook.hpp"
#include "tests/integration/web/community_fixture.hpp"

namespace causeway::api {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

// What a user's program takes.
class Receiver {
 public:
  Receiver() {
    server_ = base::HttpServer::start({}, base::HttpServer::Handler([this](const base::HttpRequest& request) {
                                        const std::lock_guard lock(mutex_);
                                        requests_.push_back(request);
                                        return base::HttpResponse{status, {}, {}};
                                      }))
                  .value();
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()) + "/hook"; }
  std::vector<base::HttpRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::atomic<int> status = 204;

 private:
  mutable std::mutex mutex_;
  std::vector<base::HttpRequest> requests_;
  std::unique_ptr<base::HttpServer> server_;
};

class WebhooksTest : public CommunityTest {
 protected:
  WebhooksTest() { people.community.webhooks.allow_private = true; }
  const std::string mine = "/api/v1/me/webhooks";

  std::string add(Browser& by, const std::string& url, const json::array& kinds = {}) {
    const auto made = by.post(mine, {{"url", url}, {"kinds", kinds}});
    EXPECT_EQ(made.status, 201) << made.body;
    return text_of(made, "secret");
  }
  // Time passes until `done`.
  bool in_time(const std::function<bool()>& done, base::Duration step = 5s) {
    return database::eventually([&] {
      clock.advance(step);
      return done();
    });
  }
  Receiver receiver;
};

TEST_F(WebhooksTest, WhatAUserIsToldIsSentSigned) {
  auto ada = user("ada"), eve = user("eve");
  make("ada", "digits");
  const auto secret = add(ada, receiver.url());
  EXPECT_EQ(secret.size(), 64U);
  EXPECT_EQ(ada.get(mine).body.find(secret), std::string::npos) << "it is shown once";
  open(eve, "ada/digits", "Why?");
  ASSERT_TRUE(in_time([&] { return receiver.requests().size() == 1; }));
  const auto request = receiver.requests().at(0);
  EXPECT_EQ(request.headers.get("X-Causeway-Signature-256").value_or(""),
            activity::webhook_signature(secret, request.body));
  EXPECT_EQ(request.headers.get("X-Causeway-Event").value_or(""), "issue.opened");
  const auto notification = json::parse(request.body).at("notification").as_object();
  EXPECT_EQ(notification.at("title").as_string(), "Why?");
  EXPECT_EQ(notification.at("actor").as_string(), "eve");
  ASSERT_TRUE(in_time(
      [&] { return number("SELECT count(*) FROM notification_deliveries WHERE delivered_at IS NOT NULL") == 1; }));
  EXPECT_EQ(receiver.requests().size(), 1U) << "once";
}

TEST_F(WebhooksTest, IsTriedAgainAndGivenUp) {
  auto ada = user("ada"), eve = user("eve");
  make("ada", "digits");
  add(ada, receiver.url());
  receiver.status = 500;
  open(eve, "ada/digits", "Why?");
  ASSERT_TRUE(in_time([&] { return receiver.requests().size() == 2; }));
  const std::vector<std::string> said{"the receiver answered with status 500"};
  EXPECT_TRUE(database::eventually([&] { return members(ada.get(mine), "lastError") == said; }));
  receiver.status = 204;
  ASSERT_TRUE(in_time(
      [&] { return number("SELECT count(*) FROM notification_deliveries WHERE delivered_at IS NOT NULL") == 1; },
      1min));
  EXPECT_THAT(members(ada.get(mine), "lastError"), ElementsAre(""));

  receiver.status = 500;
  clock.advance(25h);
  auto again = browser();
  ASSERT_EQ(again.post("/email_code", {{"email", "eve@example.org"}}).status, 200);
  ASSERT_EQ(again.post("/login", {{"email", "eve@example.org"}, {"code", mailbox.code("eve@example.org")}}).status,
            200);
  open(again, "ada/digits", "Still?");
  EXPECT_TRUE(in_time(
      [&] { return number("SELECT count(*) FROM notification_channels WHERE disabled_at IS NOT NULL") == 1; }, 30min));
  EXPECT_GE(number("SELECT attempts FROM notification_deliveries ORDER BY id DESC LIMIT 1"), activity::kMostAttempts);
}

TEST_F(WebhooksTest, WhatIsGoneIsNotAskedAgain) {
  auto ada = user("ada"), eve = user("eve");
  make("ada", "digits");
  add(ada, receiver.url());
  receiver.status = 410;
  open(eve, "ada/digits", "one");
  ASSERT_TRUE(in_time([&] { return members(ada.get(mine), "disabled") == std::vector<std::string>{"true"}; }));
  open(eve, "ada/digits", "two");
  EXPECT_EQ(number("SELECT count(*) FROM notification_deliveries"), 1);
  receiver.status = 204;
  const auto id = members(ada.get(mine), "id").at(0);
  EXPECT_EQ(ada.send("PATCH", mine + "/" + id, json::object{{"disabled", false}}).status, 200);
  open(eve, "ada/digits", "three");
  ASSERT_TRUE(in_time([&] { return receiver.requests().size() == 2; }));
  EXPECT_EQ(eve.send("DELETE", mine + "/" + id).status, 404) << "it is ada's";
  EXPECT_EQ(ada.send("DELETE", mine + "/" + id).status, 204);
  EXPECT_THAT(members(ada.get(mine), "id"), IsEmpty());
}

TEST_F(WebhooksTest, SendsOnlyWhatIsWantedAndMayBeKnown) {
  auto ada = user("ada"), eve = user("eve");
  auto r = repo("ada", "secret", false);
  r.spec.collaborators = {{"eve", crds::CollaboratorRole::Read}};
  ASSERT_EQ(store->follow(r).value(), true);
  add(eve, receiver.url(), {"issue.mentioned"});
  const auto issue = open(ada, "ada/secret", "Plans", "@eve");
  // Until it is sent she has lost the right.
  r.spec.collaborators.clear();
  change(r);
  ASSERT_TRUE(in_time(
      [&] { return number("SELECT count(*) FROM notification_deliveries WHERE next_attempt_at IS NULL") == 1; }));
  EXPECT_THAT(receiver.requests(), IsEmpty());
  ASSERT_EQ(ada.send("PUT", "/api/v1/me/following/eve").status, 204);
  EXPECT_EQ(number("SELECT count(*) FROM notifications"), 2);
  EXPECT_EQ(number("SELECT count(*) FROM notification_deliveries"), 1) << "of followers she wants to hear nothing";
}

TEST_F(WebhooksTest, AreFewAndSayWhom) {
  auto ada = user("ada");
  EXPECT_EQ(slug(ada.post(mine, {{"url", "ftp://example.org/x"}})), "invalid");
  EXPECT_EQ(slug(ada.post(mine, {{"url", "https://a:b@example.org/x"}})), "invalid");
  EXPECT_EQ(slug(ada.post(mine, {{"url", "https://example.org/x"}, {"kinds", json::array{"Not a kind"}}})), "invalid");
  for (int i = 0; i < 10; ++i) add(ada, "https://example.org/" + std::to_string(i));
  EXPECT_EQ(slug(ada.post(mine, {{"url", "https://example.org/0"}})), "limit-reached");
  EXPECT_EQ(slug(ada.post(mine, {{"url", "https://example.org/10"}})), "limit-reached") << "ten are the most";
}

class ListedWebhooksTest : public WebhooksTest {
 protected:
  ListedWebhooksTest() { people.community.webhooks.hosts = *base::HostPatterns::parse({"hooks.example.org"}); }
};

TEST_F(ListedWebhooksTest, AreAtHostsOfTheListOnly) {
  auto ada = user("ada"), eve = user("eve");
  const auto refused = ada.post(mine, {{"url", receiver.url()}});
  EXPECT_EQ(slug(refused), "invalid");
  EXPECT_THAT(refused.body, testing::HasSubstr("webhooks may be at: hooks.example.org"));
  // One of before there was a list.
  add(ada, "http://hooks.example.org/x");
  number("UPDATE notification_channels SET url = '" + receiver.url() + "' RETURNING 1");
  make("ada", "digits");
  open(eve, "ada/digits", "one");
  ASSERT_TRUE(in_time([&] { return number("SELECT count(*) FROM notification_deliveries WHERE attempts > 0") == 1; }));
  EXPECT_THAT(receiver.requests(), IsEmpty());
}

}  // namespace
}  // namespace causeway::api
