#include "apiserver/activity/webhook.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::api::activity {
namespace {

using namespace std::chrono_literals;

const WebhookRules kPrivate{.allow_private = true, .hosts = {}};

TEST(Webhook, UrlsSayWhomAndWhatToAsk) {
  const auto url = parse_webhook_url("https://hooks.example.org:8443/a/b?c=d", {}).value();
  EXPECT_EQ(url.url.host, "hooks.example.org");
  EXPECT_EQ(url.url.port, 8443);
  EXPECT_EQ(url.target, "/a/b?c=d");
  EXPECT_EQ(url.host, "hooks.example.org:8443");
  EXPECT_EQ(parse_webhook_url("https://h", {}).value().target, "/");
  EXPECT_EQ(parse_webhook_url("https://h?x", {}).value().target, "/?x");
  EXPECT_EQ(parse_webhook_url("http://h/x", kPrivate).value().url.port, 80);
}

TEST(Webhook, WhatCannotBeAskedIsRefused) {
  for (const char* bad : {"http://h/x", "ftp://h/x", "https://", "https:///x", "https://a:b@h/x", "https://h/#x", "h/x",
                          "", "https://h/a b", "https://h\\@g/", "https://h/\r\nX: y", "unix:///run/x.sock"})
    EXPECT_FALSE(parse_webhook_url(bad, {}).ok()) << bad;
  EXPECT_FALSE(parse_webhook_url("unix:///run/x.sock", kPrivate).ok());
}

TEST(Webhook, OnlyHostsThatAreListedAreAsked) {
  const WebhookRules rules{.hosts = *base::HostPatterns::parse({"hooks.slack.com", "*.example.org"})};
  EXPECT_TRUE(parse_webhook_url("https://hooks.slack.com/x", rules).ok());
  EXPECT_TRUE(parse_webhook_url("https://a.example.org:8443/x", rules).ok());
  const auto refused = parse_webhook_url("https://hooks.slack.com.evil.org/x", rules);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, testing::HasSubstr("hooks.slack.com, *.example.org"));
}

TEST(Webhook, TheSignatureIsTheBodys) {
  // RFC 4231, test case 2.
  EXPECT_EQ(webhook_signature("Jefe", "what do ya want for nothing?"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Webhook, IsAskedAgainLessAndLess) {
  EXPECT_EQ(pause_after(1), base::Duration(30s));
  EXPECT_EQ(pause_after(2), base::Duration(2min));
  base::Duration all{}, last{};
  for (int i = 1; i < kMostAttempts; ++i) {
    const auto pause = pause_after(i);
    ASSERT_TRUE(pause) << i;
    EXPECT_GE(*pause, last);
    all += last = *pause;
  }
  EXPECT_EQ(last, base::Duration(6h));
  EXPECT_GT(all, base::Duration(8h));
  EXPECT_EQ(pause_after(kMostAttempts), std::nullopt);
}

}  // namespace
}  // namespace causeway::api::activity
