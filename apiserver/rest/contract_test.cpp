#include "apiserver/rest/contract.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/rest/openapi.hpp"
#include "apiserver/rest/test_notes.hpp"

namespace causeway::api::rest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ContractTest : public testing::Test {
 protected:
  std::vector<std::string> wrong(std::string_view method, std::string_view target, int status, std::string_view type,
                                 std::string body, base::Headers headers = {}) {
    base::HttpResponse answer{status, std::move(headers), std::move(body)};
    if (!type.empty()) answer.headers.set("Content-Type", std::string(type));
    return contract_.violations(method, target, answer);
  }
  test::Notes notes_;
  const Contract contract_ = std::move(Contract::parse(pretty(openapi_document(notes_.routes(), {})))).value();
  const std::string note_ = R"({"owner":"ada","name":"a","version":1})";
  const std::string problem_ = R"({"type":"urn:x","title":"T","status":404,"detail":"d","instance":"i"})";
};

TEST_F(ContractTest, LetsPassWhatIsDeclared) {
  EXPECT_THAT(wrong("GET", "/notes/ada/a?x=1", 200, "application/json", note_), IsEmpty());
  EXPECT_THAT(wrong("HEAD", "/notes/ada/a", 200, "application/json", ""), IsEmpty());
  EXPECT_THAT(wrong("GET", "/notes/ada/a", 304, "", ""), IsEmpty());
  EXPECT_THAT(wrong("DELETE", "/notes/ada/a", 204, "", ""), IsEmpty());
  EXPECT_THAT(wrong("GET", "/notes/ada/a", 404, "application/problem+json", problem_), IsEmpty());
  EXPECT_THAT(wrong("GET", "/files/main/a/b/c", 200, "text/plain; charset=utf-8", "anything"), IsEmpty());
  EXPECT_THAT(wrong("GET", "/nothing", 404, "application/problem+json", problem_), IsEmpty());
  EXPECT_THAT(
      wrong("PATCH", "/notes", 405, "application/problem+json", problem_, {{"Allow", "GET, HEAD, POST, OPTIONS"}}),
      IsEmpty());
  EXPECT_THAT(wrong("OPTIONS", "/notes", 204, "", ""), IsEmpty());
}

TEST_F(ContractTest, FindsWhatIsNot) {
  EXPECT_THAT(wrong("GET", "/notes/ada/a", 418, "application/problem+json", problem_),
              ElementsAre(HasSubstr("the status is not declared")));
  EXPECT_THAT(wrong("GET", "/notes/ada/a", 200, "text/html", note_),
              ElementsAre(HasSubstr("content type \"text/html\"")));
  EXPECT_THAT(wrong("GET", "/notes/ada/a", 200, "application/json", "nope"), ElementsAre(HasSubstr("not JSON")));
  EXPECT_THAT(wrong("GET", "/notes/ada/a", 200, "application/json", R"({"owner":1,"name":"a","version":1,"x":2})"),
              ElementsAre(HasSubstr("#/owner has to be a text"), HasSubstr("#/x is not known here")));
  EXPECT_THAT(wrong("DELETE", "/notes/ada/a", 204, "", "body"), ElementsAre(HasSubstr("has a body")));
  EXPECT_THAT(wrong("GET", "/nothing", 200, "application/json", "{}"),
              ElementsAre(HasSubstr("does not know this"), HasSubstr("not a problem")));
  EXPECT_THAT(wrong("GET", "/nothing", 404, "text/plain", "404"), ElementsAre(HasSubstr("not a problem")));
  EXPECT_THAT(wrong("GET", "/nothing", 404, "application/problem+json", "{}").size(), 5);
  EXPECT_THAT(wrong("PATCH", "/notes", 405, "application/problem+json", problem_),
              ElementsAre(HasSubstr("Allow is not")));
}

TEST(Contract, SaysWhatIsNoDocument) {
  for (const char* bad : {"", "{}", "[]", R"({"components":{"schemas":{}},"paths":{}})"})
    EXPECT_FALSE(Contract::parse(bad).ok()) << bad;
}

}  // namespace
}  // namespace causeway::api::rest
