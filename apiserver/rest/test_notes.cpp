#include "apiserver/rest/test_notes.hpp"

#include <gtest/gtest.h>
#include <stdexcept>

#include "apiserver/rest/etag.hpp"
#include "apiserver/rest/openapi.hpp"

namespace causeway::api::rest::test {

base::Result<std::shared_ptr<const Caller>, Problem> TestAuthenticator::authenticate(const base::HttpRequest& request,
                                                                                     std::string_view,
                                                                                     base::Headers& answer) {
  auto caller = std::make_shared<Caller>();
  if (const auto authorization = request.headers.get("Authorization")) {
    std::string name(*authorization);
    if (!name.starts_with("Bearer ") || name == "Bearer wrong")
      return Problem(kUnauthenticated, "the token is not known").with("WWW-Authenticate", "Bearer error=\"invalid\"");
    caller->id = name.substr(7);
    caller->proof = Proof::kAuthorization;
  } else if (const auto cookie = request.headers.get("Cookie"); cookie && cookie->starts_with("user=")) {
    caller->id = cookie->substr(5);
    caller->proof = Proof::kCookie;
    answer.add("Set-Cookie", "user=renewed");
  }
  if (!caller->id.empty()) caller->role = caller->id == "root" ? Role::kAdministrator : Role::kUser;
  if (caller->id == "reader") caller->all_scopes = false;
  if (caller->id == "newcomer") caller->due = Due::kPassword;
  if (caller->id == "half") caller->due = Due::kSecondFactor;
  return std::shared_ptr<const Caller>(std::move(caller));
}

std::vector<Route> Notes::routes() {
  std::vector<Route> routes{
      {.path = "/notes",
       .summary = "The notes",
       .tag = "notes",
       .run = answers([this](Call& call, const Query<ListQuery>& query) -> Outcome<Page<Note>> {
         const auto after = call.after(query->cursor);
         if (!after) return after.error();
         const std::lock_guard lock(mutex);
         std::vector<Note> found;
         for (const auto& [key, note] : notes_) {
           if (*after && key <= std::string((**after)[0].as_string())) continue;
           if (std::cmp_less(found.size(), query->limit + 1)) found.push_back(note);
         }
         return page_of(call, query.value, std::move(found),
                        [](const Note& note) { return json::array{json::value(note.owner + "/" + note.name)}; });
       })},
      {.method = Method::kPost,
       .path = "/notes",
       .summary = "A new note",
       .tag = "notes",
       .access = {Role::kUser, "notes:write"},
       .success = 201,
       .problems = {kConflict},
       .max_body = 1000,
       .idempotency_key = true,
       .run = answers([this](Call& call, const Body<NewNote>& body) -> Outcome<Note> {
         if (before_create) before_create();
         const std::lock_guard lock(mutex);
         if (body->name == "boom") throw std::runtime_error("the inside of the server");
         Note note{call.caller().id, body->name, body->text, 1};
         const std::string key = note.owner + "/" + note.name;
         if (!notes_.emplace(key, note).second) return Problem(kConflict, "there is one").at("#/name", "is taken");
         ++created;
         return Answer<Note>{.value = note, .headers = {{"Location", "/notes/" + key}}};
       })},
      {.path = "/notes/{owner}/{name}",
       .summary = "A note",
       .tag = "notes",
       .etag = true,
       .run = answers([this](Call&, const Path<NotePath>& path) -> Outcome<Note> {
         const std::lock_guard lock(mutex);
         const auto found = notes_.find(path->owner + "/" + path->name);
         if (found == notes_.end()) return Problem(kNotFound, "there is no such note");
         return Answer<Note>{.value = found->second, .etag = strong_etag(std::to_string(found->second.version))};
       })},
      {.method = Method::kPut,
       .path = "/notes/{owner}/{name}",
       .summary = "Another text",
       .tag = "notes",
       .access = {Role::kUser},
       .etag = true,
       .if_match = true,
       .run = answers([this](Call& call, const Body<NewNote>& body, const Path<NotePath>& path) -> Outcome<Note> {
         const std::lock_guard lock(mutex);
         const auto found = notes_.find(path->owner + "/" + path->name);
         if (found == notes_.end()) return Problem(kNotFound, "there is no such note");
         if (auto holds = call.require(strong_etag(std::to_string(found->second.version))); !holds)
           return holds.error();
         found->second.text = body->text;
         ++found->second.version;
         return Answer<Note>{.value = found->second, .etag = strong_etag(std::to_string(found->second.version))};
       })},
      {.method = Method::kDelete,
       .path = "/notes/{owner}/{name}",
       .summary = "Away with it",
       .tag = "notes",
       .access = {Role::kUser},
       .run = answers([this](Call&, const Path<NotePath>& path) -> Outcome<void> {
         const std::lock_guard lock(mutex);
         if (notes_.erase(path->owner + "/" + path->name) == 0) return Problem(kNotFound, "there is no such note");
         return Answer<void>{};
       })},
      {.path = "/files/{ref}/{path...}",
       .summary = "A file",
       .tag = "files",
       .content_type = "text/plain; charset=utf-8",
       .run = answers([](Call&, const Path<FilePath>& path) -> Outcome<Raw> {
         return Answer<Raw>{{path->ref + "|" + path->path}};
       })},
      {.path = "/sign_out",
       .summary = "Ends the session",
       .tag = "session",
       .changes_state = true,
       .run = answers([](Call&) -> Outcome<void> { return Answer<void>{}; })},
      {.path = "/admin",
       .summary = "For administrators",
       .tag = "admin",
       .access = {Role::kAdministrator},
       .run = answers([](Call&) -> Outcome<void> { return Answer<void>{}; })},
      {.path = "/boom", .summary = "Breaks", .tag = "faults", .run = answers([](Call&) -> Outcome<void> {
                                                                throw std::runtime_error("the inside of the server");
                                                              })},
      {.path = "/address",
       .summary = "Whose address it is",
       .tag = "faults",
       .content_type = "text/plain",
       .run = answers([](Call& call) -> Outcome<Raw> { return Answer<Raw>{{std::string(call.client_address())}}; })},
      {.path = "/tight",
       .summary = "Twice a minute",
       .tag = "faults",
       .rate = "tight",
       .run = answers([](Call&) -> Outcome<void> { return Answer<void>{}; })},
      {.method = Method::kPost,
       .path = "/upload",
       .summary = "Takes any bytes",
       .tag = "streams",
       .content_type = "text/plain",
       .run = streams([](Call& call) -> base::Result<void, Problem> {
         std::array<char, 4096> piece;
         std::size_t all = 0;
         for (;;) {
           const auto got = call.exchange().read(piece);
           if (!got) return Problem(kBadRequest, got.error().message);
           if (*got == 0) break;
           all += *got;
         }
         call.exchange().respond(base::text_response(200, std::to_string(all), "text/plain"));
         return {};
       })},
      {.path = "/stream",
       .summary = "Answers piece by piece",
       .tag = "streams",
       .problems = {kConflict},
       .content_type = "text/plain",
       .run = streams([](Call& call) -> base::Result<void, Problem> {
         if (call.request().headers.get("X-Refuse")) return Problem(kConflict, "not now");
         if (call.request().headers.get("X-Throw")) throw std::runtime_error("the inside of the server");
         if (call.request().headers.get("X-Silent")) return {};
         base::HttpResponse head;
         head.headers.set("Content-Type", "text/plain");
         static_cast<void>(call.exchange().start(head));
         for (int i = 0; i < 3; ++i) static_cast<void>(call.exchange().write("piece\n"));
         static_cast<void>(call.exchange().finish());
         return {};
       })},
  };
  serve_openapi(routes, {.title = "Notes", .version = "1", .session_cookie = "user"});
  return routes;
}

ApiOptions NotesServer::default_options() {
  ApiOptions options;
  options.role = "notes";
  options.access_log = false;
  options.public_url = kPublicUrl;
  options.secret = std::string(32, 's');
  options.rate_classes = {{"default", 100000, std::chrono::seconds(1)}, {"tight", 2, std::chrono::seconds(60)}};
  return options;
}

NotesServer::NotesServer(ApiOptions options, const base::Clock& clock)
    : store_(memory_idempotency_store(clock, std::chrono::hours(1), 100)) {
  api_ = std::make_unique<Api>(std::move(options), notes.routes(), authenticator_, store_.get(), clock, metrics);
  auto started = base::HttpServer::start(
      {}, base::HttpServer::StreamHandler([this](base::HttpExchange& exchange) { api_->handle(exchange); }));
  if (!started) throw std::runtime_error(started.error().message);
  http_ = std::move(*started);
  auto contract = Contract::parse(get("/openapi.json").body);
  if (!contract) throw std::runtime_error(contract.error().message);
  contract_ = std::make_unique<Contract>(std::move(*contract));
}

base::HttpResponse NotesServer::call(base::HttpRequest request) {
  base::HttpClientOptions options;
  options.base_url = "http://127.0.0.1:" + std::to_string(port());
  base::HttpClient client(std::move(options));
  auto answered = client.call(request);
  if (!answered) {
    ADD_FAILURE() << request.method << " " << request.target << ": " << answered.error().message;
    return base::HttpResponse{0, {}, {}};
  }
  if (contract_) {
    for (const std::string& wrong : contract_->violations(request.method, request.target, *answered))
      ADD_FAILURE() << wrong << "\n" << answered->body;
  }
  return *answered;
}

base::HttpResponse NotesServer::get(const std::string& target, base::Headers headers) {
  return call({.target = target, .headers = std::move(headers)});
}

base::HttpResponse NotesServer::send(std::string method, const std::string& target, std::string body,
                                     base::Headers headers) {
  if (!headers.get("Content-Type") && !body.empty()) headers.set("Content-Type", "application/json");
  return call({std::move(method), target, std::move(headers), std::move(body)});
}

json::object problem_of(const base::HttpResponse& answer) {
  EXPECT_EQ(answer.headers.get("Content-Type"), kProblemType);
  boost::system::error_code error;
  const json::value body = json::parse(answer.body, error);
  if (error || !body.is_object()) {
    ADD_FAILURE() << "not a problem: " << answer.body;
    return {};
  }
  EXPECT_EQ(body.at("status").as_int64(), answer.status);
  EXPECT_EQ(body.at("instance").as_string(), answer.headers.get("X-Request-Id").value_or(""));
  return body.get_object();
}

}  // namespace causeway::api::rest::test
