#include "apiserver/oauth/provider_http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/oauth/fake_provider.hpp"
#include "base/pki.hpp"
#include "base/test_http.hpp"

namespace causeway::api::oauth {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

Outcome<json::object> get(const std::string& url, HttpLimits limits = {}, base::Duration budget = 20s) {
  ProviderHttp http({}, limits);
  return http.get_object(parse_endpoint(url).value(), {}, Budget(budget));
}
Failure failure(const std::string& url, HttpLimits limits = {}, base::Duration budget = 20s) {
  const auto got = get(url, limits, budget);
  EXPECT_FALSE(got) << url;
  return got ? Failure{FailureKind::kDatabase} : got.error();
}

struct ProviderHttpTest : ::testing::Test {
  void answers(int status, const std::string& body) {
    http.on("/x", [=](const auto&) { return base::json_response(status, body); });
  }
  Failure failed(HttpLimits limits = {}) { return failure(http.url() + "/x?secret=1", limits); }
  test::FakeProvider http;
};

TEST_F(ProviderHttpTest, GetsAnObject) {
  answers(200, R"({"a": "b"})");
  EXPECT_EQ(get(http.url() + "/x?y=z")->at("a"), "b");
  EXPECT_EQ(http.asked("/x").front().query(), "y=z");
  EXPECT_EQ(http.asked("/x").front().headers.get("Accept"), "application/json");
}

TEST_F(ProviderHttpTest, WhatIsNoAnswerIsRefused) {
  for (const auto& [body, why] :
       std::vector<std::pair<std::string, std::string>>{{"", "not JSON"},
                                                        {"<html>", "not JSON"},
                                                        {"{\"a\": 1, \"a\": 2}", "twice"},
                                                        {"[]", "not a JSON object"},
                                                        {"{\"a\":\"\xff\"}", "not JSON"},
                                                        {std::string(1000, '['), "not JSON"}}) {
    answers(200, body);
    EXPECT_EQ(failed().kind, FailureKind::kBadAnswer);
    EXPECT_THAT(failed().message, HasSubstr(why));
    EXPECT_THAT(failed().message, Not(HasSubstr("secret")));
  }
}

TEST_F(ProviderHttpTest, StatusesAreToldApart) {
  for (const auto& [status, kind] : std::vector<std::pair<int, FailureKind>>{{500, FailureKind::kUnavailable},
                                                                             {503, FailureKind::kUnavailable},
                                                                             {429, FailureKind::kUnavailable},
                                                                             {400, FailureKind::kBadAnswer},
                                                                             {404, FailureKind::kBadAnswer},
                                                                             {401, FailureKind::kBadAnswer}}) {
    answers(status, R"({"error": "because"})");
    EXPECT_EQ(failed().kind, kind) << status;
    EXPECT_THAT(failed().message, HasSubstr(std::to_string(status)));
    answers(status, "<html>");
    EXPECT_EQ(failed().kind, kind) << status;
  }
}

TEST_F(ProviderHttpTest, RedirectsAreNotFollowed) {
  http.on("/x", [&](const auto&) {
    auto response = base::json_response(307, "{}");
    response.headers.set("Location", http.url() + "/y");
    return response;
  });
  http.on("/y", json::object{});
  EXPECT_THAT(failed().message, HasSubstr("redirects are not followed"));
  EXPECT_TRUE(http.asked("/y").empty());
}

TEST_F(ProviderHttpTest, AnswersAreBounded) {
  answers(200, "{\"a\": \"" + std::string(300 << 10, 'x') + "\"}");
  EXPECT_EQ(failed().kind, FailureKind::kBadAnswer);
  EXPECT_THAT(failed().message, HasSubstr("larger than"));
}

TEST(ProviderHttp, OneThatIsSilentIsGivenUp) {
  base::test::ScriptedServer silent({[](base::test::RawSocket& socket) { (void)socket.ended(); }});
  EXPECT_EQ(failure(silent.url() + "/", {.call = 50ms}).kind, FailureKind::kUnavailable);
  EXPECT_EQ(failure(silent.url() + "/", {}, 50ms).kind, FailureKind::kUnavailable);
  EXPECT_THAT(failure(silent.url() + "/", {}, 0s).message, HasSubstr("no time is left"));
}

TEST(ProviderHttp, OneThatIsNotThereIsUnavailable) {
  EXPECT_EQ(failure("http://127.0.0.1:" + std::to_string(base::test::unused_port()) + "/").kind,
            FailureKind::kUnavailable);
}

TEST(ProviderHttp, TrustsTheAuthorityOfItsFileAsItIsNow) {
  const auto ours = base::make_authority("ours").value(), theirs = base::make_authority("theirs").value();
  const auto leaf = base::issue_certificate(ours, {.common_name = "id", .ip_addresses = {"127.0.0.1"}, .server = true});
  base::HttpServerOptions options;
  options.tls = base::TlsServerOptions{leaf->cert_pem, leaf->key_pem};
  const auto server = base::HttpServer::start(
      options, base::HttpServer::Handler([](const auto&) { return base::json_response(200, R"({"a": 1})"); }));
  ASSERT_TRUE(server) << server.error().message;
  const auto endpoint = parse_endpoint("https://127.0.0.1:" + std::to_string((*server)->port()) + "/").value();

  base::TemporaryDirectory folder;
  const auto file = folder.path() / "ca.crt";
  ProviderHttp http(file, {});
  const auto ask = [&] { return http.get_object(endpoint, {}, Budget(20s)); };
  EXPECT_EQ(ask().error().kind, FailureKind::kMisconfigured);  // no such file
  ASSERT_TRUE(base::write_file_atomic(file, theirs.cert_pem));
  EXPECT_EQ(ask().error().kind, FailureKind::kUnavailable);
  ASSERT_TRUE(base::write_file_atomic(file, ours.cert_pem));
  EXPECT_TRUE(ask());
  // Connections that were made before are not used any more.
  ASSERT_TRUE(base::write_file_atomic(file, theirs.cert_pem));
  EXPECT_FALSE(ask());
}

}  // namespace
}  // namespace causeway::api::oauth
