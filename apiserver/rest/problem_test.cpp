#include "apiserver/rest/problem.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace causeway::api::rest {
namespace {

namespace json = boost::json;

TEST(Problem, IsTheJsonOfRfc9457) {
  const auto response = to_response(
      Problem(kInvalid, "two values are not valid").at("#/name", "is missing").at("#/tags/1", "is there twice"), "abc");
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.headers.get("Content-Type"), "application/problem+json");
  EXPECT_EQ(json::parse(response.body), json::parse(R"({
    "type": "urn:causeway:problem:invalid", "title": "Some values are not valid", "status": 422,
    "detail": "two values are not valid", "instance": "abc",
    "errors": [{"pointer": "#/name", "detail": "is missing"}, {"pointer": "#/tags/1", "detail": "is there twice"}]})"));
}

TEST(Problem, CarriesItsHeaders) {
  const auto response = to_response(unavailable("the database is away", std::chrono::seconds(5)), "abc");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers.get("Retry-After"), "5");
}

TEST(Problem, IsJsonWhateverItsTextHolds) {
  const auto response = to_response(Problem(kBadRequest, "what \xff is this").at("#/a", "\xc3("), "abc");
  const auto body = json::parse(response.body).as_object();
  EXPECT_EQ(body.at("detail"), body.at("title"));
  EXPECT_FALSE(body.contains("errors"));
}

}  // namespace
}  // namespace causeway::api::rest
