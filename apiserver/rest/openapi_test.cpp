#include "apiserver/rest/openapi.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <stdexcept>

#include "apiserver/rest/test_notes.hpp"

namespace causeway::api::rest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class OpenApiTest : public testing::Test {
 protected:
  const json::value& operation(const char* path, const char* method) {
    return document_.at("paths").at(path).at(method);
  }
  test::Notes notes_;
  const json::value document_ = openapi_document(notes_.routes(), {.title = "Notes", .version = "1"});
};

std::vector<std::string> keys(const json::value& object) {
  std::vector<std::string> out;
  for (const auto& member : object.as_object()) out.emplace_back(member.key());
  return out;
}

TEST_F(OpenApiTest, DeclaresEveryStatusThatARouteCanAnswer) {
  EXPECT_THAT(keys(operation("/notes", "post").at("responses")),
              ElementsAre("201", "400", "401", "403", "406", "408", "409", "413", "415", "422", "429", "500", "503"));
  EXPECT_THAT(keys(operation("/notes/{owner}/{name}", "put").at("responses")),
              ElementsAre("200", "400", "401", "403", "404", "406", "408", "412", "413", "415", "422", "428", "429",
                          "500", "503"));
  EXPECT_THAT(keys(operation("/notes/{owner}/{name}", "get").at("responses")),
              ElementsAre("200", "304", "400", "401", "403", "404", "406", "412", "429", "500", "503"));
  EXPECT_THAT(keys(operation("/notes/{owner}/{name}", "delete").at("responses")),
              ElementsAre("204", "400", "401", "403", "404", "429", "500", "503"));
}

TEST_F(OpenApiTest, ParametersHaveTheirPlaceTypeAndBounds) {
  const json::array& list = operation("/notes", "get").at("parameters").as_array();
  EXPECT_EQ(list.at(0),
            json::parse(R"({"name": "limit", "in": "query", "description": "How many items a page has at most.",
    "schema": {"type": "integer", "format": "int64", "minimum": 1, "maximum": 100, "default": 50}})"));
  const json::array& create = operation("/notes", "post").at("parameters").as_array();
  EXPECT_EQ(create.at(0).at("name").as_string(), "Idempotency-Key");
  EXPECT_EQ(create.at(0).at("required"), true);
  const json::array& file = operation("/files/{ref}/{path}", "get").at("parameters").as_array();
  EXPECT_TRUE(file.at(1).as_object().contains("x-causeway-segments"));
  EXPECT_EQ(file.at(0).at("required"), true);
}

TEST_F(OpenApiTest, BodiesAndAnswersAreComponents) {
  EXPECT_EQ(operation("/notes", "post").at("requestBody").at("content").at("application/json").at("schema"),
            json::parse(R"({"$ref": "#/components/schemas/NewNote"})"));
  EXPECT_EQ(operation("/notes", "get").at("responses").at("200").at("content").at("application/json").at("schema"),
            json::parse(R"({"$ref": "#/components/schemas/NotePage"})"));
  EXPECT_THAT(keys(document_.at("components").at("schemas")),
              ElementsAre("NewNote", "Note", "NotePage", "Problem", "ProblemError"));
  EXPECT_EQ(operation("/notes", "post").at("responses").at("409").at("description").as_string(),
            "`conflict`: The request conflicts with what is there");
}

TEST_F(OpenApiTest, SaysWhoMayCall) {
  EXPECT_EQ(operation("/notes", "get").at("security"), json::parse(R"([{}, {"session": []}, {"token": []}])"));
  EXPECT_EQ(operation("/notes", "post").at("security"), json::parse(R"([{"session": []}, {"token": []}])"));
  EXPECT_EQ(operation("/notes", "post").at("x-causeway-scope"), "notes:write");
  EXPECT_EQ(operation("/admin", "get").at("x-causeway-role"), "administrator");
}

TEST_F(OpenApiTest, EveryReferenceLeadsSomewhereAndIdsAreUnique) {
  const std::string text = pretty(document_);
  for (std::size_t at = text.find("#/components/"); at != std::string::npos; at = text.find("#/components/", at + 1)) {
    const std::string pointer = text.substr(at + 1, text.find('"', at) - at - 1);
    boost::system::error_code error;
    EXPECT_NE(document_.find_pointer(pointer, error), nullptr) << pointer;
  }
  std::set<std::string> ids;
  for (const auto& path : document_.at("paths").as_object()) {
    for (const auto& one : path.value().as_object())
      EXPECT_TRUE(ids.emplace(one.value().at("operationId").as_string()).second) << one.value().at("operationId");
  }
  EXPECT_EQ(json::parse(text), document_);
  EXPECT_THAT(text, HasSubstr("\n  \"paths\": {\n    \"/notes\": {\n"));
}

TEST(OpenApi, RefusesRoutesThatContradictThemselves) {
  const auto document = [](Route route) { return openapi_document({std::move(route)}, {}); };
  const auto nothing = answers([](Call&) -> Outcome<void> { return Answer<void>{}; });
  EXPECT_THROW(document({.path = "/a/{b}", .run = nothing}), std::logic_error);
  EXPECT_THROW(document({.path = "/a/{b}", .run = answers([](Call&, const Path<test::NotePath>&) -> Outcome<void> {
                                             return Answer<void>{};
                                           })}),
               std::logic_error);
  EXPECT_THROW(document({.path = "/a", .run = answers([](Call&, const Body<test::NewNote>&) -> Outcome<void> {
                                         return Answer<void>{};
                                       })}),
               std::logic_error);
  EXPECT_THROW(document({.method = Method::kPost, .path = "/a", .idempotency_key = true, .run = nothing}),
               std::logic_error);
  EXPECT_NO_THROW(document({.path = "/a", .run = nothing}));
}

}  // namespace
}  // namespace causeway::api::rest
