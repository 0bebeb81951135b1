#include "operator/repo/token_reviews.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::op::repo {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

// An API server that answers every TokenReview with `status`.
struct TokenReviewsTest : testing::Test {
  TokenReviewsTest() {
    auto started = base::HttpServer::start(
        {}, base::HttpServer::Handler([this](const base::HttpRequest& request) {
          if (code != 201)
            return base::json_response(code,
                                       R"({"kind":"Status","reason":"Forbidden","message":"may not","code":403})");
          EXPECT_EQ(request.target.substr(0, request.target.find('?')), "/apis/authentication.k8s.io/v1/tokenreviews");
          auto review = json::parse(request.body).as_object();
          asked = json::serialize(review.at("spec"));
          review["status"] = json::parse(status);
          return base::json_response(201, json::serialize(review));
        }));
    EXPECT_TRUE(started.ok());
    server = std::move(*started);
    kube::ClientConfig config;
    config.server = "http://127.0.0.1:" + std::to_string(server->port());
    reviews.emplace(config);
  }
  base::HttpResponse post(const std::string& body) {
    base::HttpRequest request;
    request.method = "POST";
    request.body = body;
    return reviews->answer(request);
  }
  std::string account() { return post(R"({"token":"a.b.c","audience":"git.causeway.dev/ada/digits"})").body; }

  int code = 201;
  std::string status, asked;
  std::unique_ptr<base::HttpServer> server;
  std::optional<TokenReviews> reviews;
};

TEST_F(TokenReviewsTest, SaysWhoseATokenIsThatHoldsForTheAudience) {
  status = R"({"authenticated":true,"audiences":["git.causeway.dev/ada/digits"],
               "user":{"username":"system:serviceaccount:causeway-builds:build"}})";
  EXPECT_EQ(account(), R"({"account":"system:serviceaccount:causeway-builds:build"})");
  EXPECT_EQ(asked, R"({"token":"a.b.c","audiences":["git.causeway.dev/ada/digits"]})");
}

TEST_F(TokenReviewsTest, AnyOtherTokenIsNobodys) {
  for (const char* other :
       {R"({"authenticated":false,"error":"expired"})", R"({})",
        R"({"authenticated":true,"user":{"username":"system:serviceaccount:causeway-builds:build"}})",
        R"({"authenticated":true,"audiences":["https://kubernetes.default.svc"],"user":{"username":"ada"}})"}) {
    status = other;
    EXPECT_EQ(account(), R"({"account":""})") << other;
  }
}

TEST_F(TokenReviewsTest, WhatKubernetesDoesNotSayIsNotDecided) {
  code = 403;
  const auto answer = post(R"({"token":"a.b.c","audience":"x"})");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("may not"));
  for (const char* wrong :
       {"", "[]", R"({"token":"a.b.c"})", R"({"token":"","audience":"x"})", R"({"token":1,"audience":"x"})"})
    EXPECT_EQ(post(wrong).status, 400) << wrong;
}

}  // namespace
}  // namespace causeway::op::repo
