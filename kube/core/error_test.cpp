#include "kube/core/error.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace causeway::kube {
namespace {

base::HttpResponse answer(int status, std::string body) {
  return {status, {}, std::move(body)};
}

// As a kube-apiserver 1.34 sends them.
TEST(Error, ConflictIsToBeReadAgain) {
  const Error error =
      Error::from_response(answer(409, R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",
    "message":"Operation cannot be fulfilled on configmaps \"c1\": the object has been modified","reason":"Conflict",
    "details":{"name":"c1","kind":"configmaps"},"code":409})"));
  EXPECT_TRUE(error.conflict());
  EXPECT_FALSE(error.already_exists());
  EXPECT_FALSE(error.transient());
}

TEST(Error, AlreadyExistsIsNoConflict) {
  const Error error =
      Error::from_response(answer(409, R"({"kind":"Status","reason":"AlreadyExists","code":409,"message":"x"})"));
  EXPECT_TRUE(error.already_exists());
  EXPECT_FALSE(error.conflict());
}

TEST(Error, InvalidCarriesItsCauses) {
  const Error error = Error::from_response(
      answer(422, R"({"kind":"Status","reason":"Invalid","code":422,"message":"Demo \"d\" is invalid",
    "details":{"causes":[{"reason":"FieldValueInvalid","message":"Invalid value: 70000","field":"spec.port"},"odd"]}})"));
  EXPECT_TRUE(error.invalid());
  ASSERT_EQ(error.causes.size(), 1U);
  EXPECT_EQ(error.causes[0].field, "spec.port");
  EXPECT_EQ(error.causes[0].reason, "FieldValueInvalid");
}

TEST(Error, NamespaceGoingAwayIsToldFromForbidden) {
  const Error going =
      Error::from_response(answer(403, R"({"kind":"Status","reason":"Forbidden","code":403,"message":"m",
    "details":{"causes":[{"reason":"NamespaceTerminating","message":"m","field":"metadata.namespace"}]}})"));
  EXPECT_TRUE(going.namespace_terminating());
  EXPECT_TRUE(going.forbidden());
  EXPECT_FALSE(Error::from_response(answer(403, R"({"kind":"Status","reason":"Forbidden","code":403})"))
                   .namespace_terminating());
}

TEST(Error, RetryAfterFromHeaderOrDetails) {
  base::HttpResponse throttled =
      answer(429, R"({"kind":"Status","reason":"TooManyRequests","code":429,"details":{"retryAfterSeconds":7}})");
  EXPECT_EQ(Error::from_response(throttled).retry_after_seconds, 7);
  throttled.headers.set("Retry-After", "3");
  EXPECT_EQ(Error::from_response(throttled).retry_after_seconds, 3);
  throttled.headers.set("Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT");
  EXPECT_EQ(Error::from_response(throttled).retry_after_seconds, 7);
  EXPECT_TRUE(Error::from_response(throttled).transient());
}

TEST(Error, AnswersThatAreNoStatusKeepCodeAndText) {
  const Error page = Error::from_response(answer(502, "<html>Bad Gateway</html>\n"));
  EXPECT_EQ(page.code, 502);
  EXPECT_EQ(page.message, "HTTP 502: <html>Bad Gateway</html>");
  EXPECT_TRUE(page.transient());
  const Error plain = Error::from_response(answer(404, "404 page not found\n"));
  EXPECT_TRUE(plain.not_found());
  EXPECT_EQ(plain.reason, "NotFound");
  const Error other_json = Error::from_response(answer(500, R"({"error":"x"})"));
  EXPECT_EQ(other_json.reason, "InternalError");
  EXPECT_FALSE(Error::from_response(answer(503, "")).message.empty());
}

TEST(Error, LongPagesAreCut) {
  EXPECT_LT(Error::from_response(answer(500, std::string(100'000, 'x'))).message.size(), 600U);
}

TEST(Error, ExpiredFromAWatchFrame) {
  const auto status =
      boost::json::parse(R"({"kind":"Status","code":410,"reason":"Expired","message":"too old resource version"})");
  EXPECT_TRUE(Error::from_status(status.as_object()).expired());
}

TEST(Error, NoAnswerIsTransientUnlessCancelled) {
  const Error refused = Error::from_transport({base::ErrorCode::kConnect, "connection refused"});
  EXPECT_TRUE(refused.unanswered());
  EXPECT_TRUE(refused.transient());
  EXPECT_FALSE(refused.cancelled());
  EXPECT_TRUE(Error::from_transport({base::ErrorCode::kCancelled, "stop"}).cancelled());
}

}  // namespace
}  // namespace causeway::kube
