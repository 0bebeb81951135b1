#include "apiserver/activity/webhook_sender.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/activity/webhook.hpp"
#include "base/http_server.hpp"

namespace causeway::api::activity {
namespace {

class Receiver {
 public:
  Receiver() {
    server_ = base::HttpServer::start({}, base::HttpServer::Handler([this](const base::HttpRequest& request) {
                                        ++asked;
                                        last = request;
                                        base::HttpResponse answer{status, {}, {}};
                                        answer.headers.set("Location", "http://169.254.169.254/");
                                        return answer;
                                      }))
                  .value();
  }
  std::string url(const std::string& host = "127.0.0.1") const {
    return "http://" + host + ":" + std::to_string(server_->port()) + "/hook?a=b";
  }
  std::atomic<int> asked = 0;
  int status = 204;
  base::HttpRequest last;

 private:
  std::unique_ptr<base::HttpServer> server_;
};

TEST(WebhookSender, SendsWhatWasSigned) {
  Receiver receiver;
  WebhookSender sender({.rules = {.allow_private = true, .hosts = {}}});
  EXPECT_EQ(sender.send(receiver.url("localhost"), "secret", "{}", {{"X-Causeway-Event", "a.b"}}, {}).value(), 204);
  EXPECT_EQ(receiver.last.method, "POST");
  EXPECT_EQ(receiver.last.target, "/hook?a=b");
  EXPECT_EQ(receiver.last.body, "{}");
  EXPECT_EQ(receiver.last.headers.get("X-Causeway-Signature-256").value_or(""), webhook_signature("secret", "{}"));
  EXPECT_EQ(receiver.last.headers.get("X-Causeway-Event").value_or(""), "a.b");
  EXPECT_TRUE(receiver.last.headers.get("Host").value_or("").starts_with("localhost:"));
}

TEST(WebhookSender, GoesNowhereElse) {
  Receiver receiver;
  receiver.status = 302;
  WebhookSender sender({.rules = {.allow_private = true, .hosts = {}}});
  EXPECT_EQ(sender.send(receiver.url(), "secret", "{}", {}, {}).value(), 302) << "redirects are not followed";
  EXPECT_EQ(receiver.asked, 1);
}

TEST(WebhookSender, AsksNothingInside) {
  Receiver receiver;
  WebhookSender sender({});
  const auto port = receiver.url().substr(std::string("http://127.0.0.1").size());
  for (const std::string host : {"127.0.0.1", "localhost", "x.localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0",
                                 "10.0.0.1", "169.254.169.254", "[fd00::1]"}) {
    for (const char* scheme : {"http://", "https://"}) {
      const auto sent = sender.send(scheme + host + port, "secret", "{}", {}, {});
      ASSERT_FALSE(sent.ok()) << scheme << host;
      EXPECT_EQ(sent.error().code, base::ErrorCode::kInvalidArgument) << sent.error().message;
    }
  }
  EXPECT_EQ(receiver.asked, 0);
}

}  // namespace
}  // namespace causeway::api::activity
