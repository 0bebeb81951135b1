#include "apiserver/rest/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdexcept>

namespace causeway::api::rest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Route> table(std::initializer_list<std::pair<Method, const char*>> rows) {
  std::vector<Route> routes;
  for (const auto& [method, path] : rows) {
    Route route;
    route.method = method;
    route.path = path;
    if (method == Method::kAny)
      route.run.stream = [](Call&, const Inputs&) -> base::Result<void, Problem> { return {}; };
    routes.push_back(std::move(route));
  }
  return routes;
}

class RouterTest : public testing::Test {
 protected:
  const std::vector<Route> routes_ = table({{Method::kGet, "/"},
                                            {Method::kGet, "/notes"},
                                            {Method::kPost, "/notes"},
                                            {Method::kGet, "/notes/{owner}/{name}"},
                                            {Method::kGet, "/notes/search/{word}"},
                                            {Method::kGet, "/notes/search/{word}/more"},
                                            {Method::kGet, "/notes/{owner}/{name}/less"},
                                            {Method::kGet, "/files/{ref}/{path...}"}});
  const Router router_{routes_};

  std::string path_of(std::string_view path) {
    const auto match = router_.find("GET", path);
    return match.route ? routes_[*match.route].path : "";
  }
};

TEST_F(RouterTest, FindsTheRouteAndItsParameters) {
  const auto match = router_.find("GET", "/notes/ada/digits");
  ASSERT_TRUE(match.route);
  EXPECT_EQ(routes_[*match.route].path, "/notes/{owner}/{name}");
  EXPECT_THAT(match.parameters, ElementsAre("ada", "digits"));
  EXPECT_EQ(path_of("/"), "/");
}

TEST_F(RouterTest, ALiteralWinsAndAWrongTurnIsTakenBack) {
  EXPECT_EQ(path_of("/notes/search/x"), "/notes/search/{word}");
  EXPECT_EQ(path_of("/notes/search/x/more"), "/notes/search/{word}/more");
  EXPECT_EQ(path_of("/notes/search/x/less"), "/notes/{owner}/{name}/less");
  EXPECT_THAT(router_.find("GET", "/notes/search/x/less").parameters, ElementsAre("search", "x"));
}

TEST_F(RouterTest, ATailTakesTheRest) {
  const auto match = router_.find("GET", "/files/main/src/a%20b/c");
  EXPECT_THAT(match.parameters, ElementsAre("main", "src/a%20b/c"));
  EXPECT_EQ(path_of("/files/main"), "");
}

TEST_F(RouterTest, NothingIsNormalised) {
  for (const char* path :
       {"/notes/", "//notes", "/notes//digits", "/notes/ada/", "/notes/../notes", "/notes/./x", "/NOTES", "/%6eotes",
        "/notes/%2e%2e/x", "/notes/ada/%2E", "/files/main/", "/files/main/a//b", "/files/main/a/../b", "/files/../a/b",
        "notes", "", "*", "/notes/ada/digits/"})
    EXPECT_EQ(path_of(path), "") << path;
}

TEST_F(RouterTest, KnowsWhatAnAddressTakes) {
  const auto match = router_.find("DELETE", "/notes");
  EXPECT_FALSE(match.route);
  EXPECT_EQ(match.allow, "GET, HEAD, POST, OPTIONS");
  EXPECT_TRUE(router_.find("HEAD", "/notes").route);
  EXPECT_FALSE(router_.find("get", "/notes").route) << "methods have their case";
  EXPECT_THAT(router_.find("GET", "/nothing").allow, IsEmpty());
}

TEST(Router, ARouteOfAnyMethodTakesWhatIsLeftAsItIs) {
  const auto routes = table({{Method::kGet, "/healthz"}, {Method::kAny, "/{path...}"}});
  const Router router(routes);
  EXPECT_EQ(*router.find("GET", "/healthz").route, 0u);
  EXPECT_EQ(*router.find("BREW", "/a/../b//").route, 1u);
  EXPECT_FALSE(router.find("POST", "/healthz").route);
}

TEST(Router, RefusesPatternsThatAreNone) {
  for (const char* path : {"notes", "/notes/", "/a//b", "/{a", "/x{a}", "/{a...}/b", "/a/..", "/a%20b"})
    EXPECT_THROW(Router(table({{Method::kGet, path}})), std::logic_error) << path;
  EXPECT_THROW(Router(table({{Method::kGet, "/a/{b}"}, {Method::kGet, "/a/{c}"}})), std::logic_error);
  EXPECT_THROW(Router(table({{Method::kAny, "/a"}})), std::logic_error);
}

}  // namespace
}  // namespace causeway::api::rest
