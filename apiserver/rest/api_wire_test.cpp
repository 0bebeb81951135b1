// What arrives byte by byte: targets and bodies that no well-meaning client sends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/rest/test_notes.hpp"
#include "base/log.hpp"
#include "base/test_sockets.hpp"

namespace causeway::api::rest::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ApiWireTest : public testing::Test {
 protected:
  ApiWireTest() { base::log::set_level(base::log::Level::kError); }
  ~ApiWireTest() override { base::log::set_level(base::log::Level::kInfo); }

  std::string ask(const std::string& line, const std::string& fields = {}, const std::string& body = {}) {
    auto socket = base::test::RawSocket::connect(server_.port());
    socket.send(line + " HTTP/1.1\r\nHost: notes.example\r\n" + fields + "\r\n" + body);
    return socket.receive_response();
  }
  static int status(const std::string& answer) { return std::stoi(answer.substr(9, 3)); }

  NotesServer server_;
};

TEST_F(ApiWireTest, PathsAreTakenAsTheyAreSent) {
  struct Case {
    const char* path;
    int status;
  };
  for (const Case& c : {Case{"/notes", 200},
                        {"/notes/", 404},
                        {"//notes", 404},
                        {"/./notes", 404},
                        {"/x/../notes", 404},
                        {"/%2e%2e/notes", 404},
                        {"/notes%2F", 404},
                        {"/%6eotes", 404},
                        {"/notes%00", 400},
                        {"/notes/ada/%00", 400},
                        {"/notes/ada/%", 400},
                        {"/notes/ada/%zz", 400},
                        {"/notes/ada/%ff", 400},
                        {"/notes/ada/%c0%ae", 400},
                        {"/notes/ada/..;x=1", 404},
                        {"/files/main/a%2Fb", 200},
                        {"/files/main/..%2F..%2Fetc%2Fpasswd", 404},
                        {"/files/main/a%2F%2Fb", 404},
                        {"/files/main/%2Fetc", 404},
                        {"/files/feature%2Fx/a", 200},
                        {"/notes?a=%00", 400},
                        {"/notes?limit=%31", 200},
                        {"/notes?%6cimit=1", 200},
                        {"/notes?", 200},
                        {"/notes?&&", 200},
                        {"/notes?limit=1&limit=2", 400},
                        {"/notes#a", 400},
                        {"http://notes.example/notes", 200},
                        {"http://evil.example/notes", 400}})
    EXPECT_EQ(status(ask(std::string("GET ") + c.path)), c.status) << c.path;
  EXPECT_THAT(ask("GET /files/feature%2Fx/a%20b/%E4%B8%AA"), HasSubstr("\r\n\r\nfeature/x|a b/个"));
}

TEST_F(ApiWireTest, MethodsHaveTheirCaseAndOptionsTakesAStar) {
  EXPECT_EQ(status(ask("get /notes")), 405);
  EXPECT_EQ(status(ask("BREW /notes")), 405);
  EXPECT_EQ(status(ask("TRACE /nothing")), 404);
  EXPECT_THAT(ask("OPTIONS *"), HasSubstr("Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
}

TEST_F(ApiWireTest, AHeadHasTheHeaderOfItsGet) {
  auto socket = base::test::RawSocket::connect(server_.port());
  socket.send("HEAD /notes HTTP/1.1\r\nHost: a\r\n\r\nHEAD /boom HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const std::string both = socket.receive_all();
  EXPECT_THAT(both, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(both, HasSubstr("Content-Length: 12"));
  EXPECT_THAT(both, HasSubstr("HTTP/1.1 500"));
  EXPECT_THAT(both, Not(HasSubstr("{")));
}

TEST_F(ApiWireTest, ABodyThatIsTooLargeIsNotWaitedFor) {
  const std::string fields = "Authorization: Bearer ada\r\nIdempotency-Key: k\r\nContent-Type: application/json\r\n";
  EXPECT_THAT(ask("POST /notes", fields + "Content-Length: 999999999\r\n"), StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(ask("POST /notes", fields + "Expect: 100-continue\r\nContent-Length: 999999999\r\n"),
              StartsWith("HTTP/1.1 413"));
  std::string chunk(600, ' ');
  EXPECT_THAT(
      ask("POST /notes", fields + "Transfer-Encoding: chunked\r\n", "258\r\n" + chunk + "\r\n258\r\n" + chunk + "\r\n"),
      StartsWith("HTTP/1.1 413"))
      << "chunks are counted";
}

TEST_F(ApiWireTest, AVisitorIsRefusedBeforeItsBodyIsRead) {
  EXPECT_THAT(ask("POST /notes", "Content-Type: application/json\r\nContent-Length: 1000\r\n"),
              StartsWith("HTTP/1.1 401"));
}

TEST_F(ApiWireTest, ChunkedBodiesAreBodies) {
  const std::string body = R"({"name":"a"})";
  const std::string answer = ask("POST /notes",
                                 "Authorization: Bearer ada\r\nIdempotency-Key: k\r\nContent-Type: application/json\r\n"
                                 "Transfer-Encoding: chunked\r\n",
                                 "5\r\n" + body.substr(0, 5) + "\r\n7\r\n" + body.substr(5) + "\r\n0\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 201"));
}

TEST_F(ApiWireTest, AHeaderThatAnotherReaderTakesForIdentityIsRefused) {
  for (const char* field :
       {"X_Causeway_User: root", "X-Causeway-User: ada\r\nX-Causeway-User: root",
        "Authorization: Bearer ada\r\nAuthorization: Bearer root", "Cookie: user=ada\r\nCookie: user=root"})
    EXPECT_EQ(status(ask("GET /notes", std::string(field) + "\r\n")), 400) << field;
}

TEST_F(ApiWireTest, AnswersCannotBeSplitByWhatIsSent) {
  EXPECT_THAT(ask("GET /notes?limit=1%0d%0aSet-Cookie:x=1"), Not(HasSubstr("\r\nSet-Cookie")));
  EXPECT_THAT(ask("GET /notes?tag=a%0d%0aX-Y:1&limit=1"), Not(HasSubstr("\r\nX-Y")));
}

}  // namespace
}  // namespace causeway::api::rest::test
