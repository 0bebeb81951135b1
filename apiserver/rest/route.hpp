#pragma once
// One row of the table of routes: everything that the server, the OpenAPI document and the tests know of a route.
//
//   {.method = Method::kGet,
//    .path = "/api/v1/repositories/{owner}/{name}",
//    .summary = "A repository",
//    .tag = "repositories",
//    .problems = {kNotFound},
//    .etag = true,
//    .run = answers(show_repository)},
//
// with  Outcome<Repository> show_repository(Call& call, const Path<RepositoryPath>& path);   (handler.hpp)

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/rest/caller.hpp"
#include "apiserver/rest/problem.hpp"
#include "apiserver/rest/schema.hpp"
#include "base/http.hpp"
#include "base/result.hpp"

namespace causeway::api::rest {

class Call;

enum class Method { kGet, kPost, kPut, kPatch, kDelete, kAny };  // HEAD is GET's; kAny: of streaming routes only
std::string_view to_string(Method method);

// What the front made of a request: objects that the route's schemas accept.
struct Inputs {
  json::value path, query, body;
};

// A whole answer, as bytes.
struct Reply {
  int status = 0;  // 0: the route's `success`
  base::Headers headers;
  std::string etag;
  std::string body;
};

// A handler without its types. Made by answers() and streams() (handler.hpp).
struct Binding {
  std::function<base::Result<Reply, Problem>(Call&, const Inputs&)> reply;
  // Answers the exchange itself. A Problem: nothing has been answered yet.
  std::function<base::Result<void, Problem>(Call&, const Inputs&)> stream;
  TypeRef path, query, body, answer;
  bool raw_answer = false;  // bytes of Route::content_type
};

struct Route {
  Method method = Method::kGet;
  // Literal segments and parameters: "{name}" is one segment, "{name...}" at the end one or more. Of a literal and a
  // parameter at the same place the literal wins.
  std::string path;
  std::string_view summary;  // a line; of the OpenAPI document
  std::string_view tag;
  std::string_view description{};
  Access access{};
  int success = 0;                                               // 0: 200, or 204 of a handler without an answer
  std::vector<int> more_success{};                               // what the handler may answer besides
  std::vector<ProblemKind> problems{};                           // of the handler itself; the framework's are known
  std::string_view content_type = "application/json";            // of the answer
  std::size_t max_body = 64u << 10;                              // bytes
  std::string_view rate = "default";                             // rate class; "": not limited
  std::chrono::milliseconds timeout = std::chrono::seconds(30);  // for reading the body; Call::deadline()
  bool idempotency_key = false;  // a create: Idempotency-Key is required and makes a repetition harmless
  bool etag = false;             // the answer has one; a GET may be conditional
  bool if_match = false;         // a change: If-Match is required, the handler calls Call::require()
  bool changes_state = false;    // a GET that does, nevertheless
  bool quiet = false;            // no access log, no metrics: probes
  bool foreign_query = false;    // others write the query of this address: the handler reads it from the request
  bool at_once = false;          // tried from memory first (base/no_wait.hpp), before a worker takes it
  bool own_proof = false;        // the handler finds out who it is, if it wants to: to the framework all are visitors
  bool hidden = false;           // not in the OpenAPI document: another protocol
  Binding run;
};

// GET and HEAD change nothing unless the route says so; of any method, its handler judges.
bool changes_state(const Route& route);

// The statuses that the route may answer, the framework's included, in order. This is what the document declares.
std::vector<int> declared_statuses(const Route& route);
int success_status(const Route& route);

}  // namespace causeway::api::rest
