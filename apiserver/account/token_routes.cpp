#include "apiserver/account/token_routes.hpp"

#include <algorithm>

#include "apiserver/persistence/problem.hpp"
#include "apiserver/rest/handler.hpp"
#include "apiserver/session/signed_in.hpp"
#include "base/log.hpp"

namespace causeway::api::account {

using persistence::problem_of;
using rest::Answer, rest::Body, rest::Call, rest::Method, rest::Outcome, rest::Path, rest::Problem;

namespace {

struct SessionView {
  std::string id, method, created_at, last_used_at, expires_at;
  std::vector<std::string> addresses;
  std::string user_agent;
  bool current = false;
  bool operator==(const SessionView&) const = default;
};
BOOST_DESCRIBE_STRUCT(SessionView, (),
                      (id, method, created_at, last_used_at, expires_at, addresses, user_agent, current))
constexpr auto field_rows(const SessionView*) {
  return std::array{
      kube::Row{.member = "id", .doc = "Opaque.", .required = true},
      kube::Row{.member = "method", .doc = "How it began: `code`, `password` or `oauth`.", .required = true},
      kube::Row{.member = "created_at", .doc = "When it began.", .required = true, .format = "date-time"},
      kube::Row{.member = "last_used_at", .doc = "To some minutes.", .required = true, .format = "date-time"},
      kube::Row{
          .member = "expires_at", .doc = "When it ends if it is not used.", .required = true, .format = "date-time"},
      kube::Row{.member = "addresses", .doc = "Where it was used from, the latest first.", .always = true},
      kube::Row{.member = "user_agent", .doc = "What the browser calls itself."},
      kube::Row{.member = "current", .doc = "Whether it is the one that asks.", .always = true},
  };
}

struct SessionList {
  std::vector<SessionView> items;
};
BOOST_DESCRIBE_STRUCT(SessionList, (), (items))
constexpr auto field_rows(const SessionList*) {
  return std::array{kube::Row{.member = "items", .doc = "All sessions, the latest used first.", .required = true}};
}

struct TokenView {
  std::string id, name, hint, created_at, expires_at, last_used_at;
  std::vector<std::string> scopes;
  bool operator==(const TokenView&) const = default;
};
BOOST_DESCRIBE_STRUCT(TokenView, (), (id, name, hint, created_at, expires_at, last_used_at, scopes))
constexpr auto field_rows(const TokenView*) {
  return std::array{
      kube::Row{.member = "id", .doc = "Opaque.", .required = true},
      kube::Row{.member = "name", .doc = "What it is for, as its owner wrote.", .required = true},
      kube::Row{.member = "hint", .doc = "How it begins.", .required = true},
      kube::Row{.member = "created_at", .doc = "When it was made.", .required = true, .format = "date-time"},
      kube::Row{.member = "expires_at", .doc = "When it ends.", .required = true, .format = "date-time"},
      kube::Row{.member = "last_used_at", .doc = "To a minute; absent: never.", .format = "date-time"},
      kube::Row{.member = "scopes", .doc = "What it may be used for.", .required = true},
  };
}

struct TokenList {
  std::vector<TokenView> items;
};
BOOST_DESCRIBE_STRUCT(TokenList, (), (items))
constexpr auto field_rows(const TokenList*) {
  return std::array{kube::Row{.member = "items", .doc = "All tokens, the latest made first.", .required = true}};
}

struct NewToken {
  std::string name;
  std::vector<std::string> scopes;
  std::int64_t days = 90;
};
BOOST_DESCRIBE_STRUCT(NewToken, (), (name, scopes, days))
constexpr auto field_rows(const NewToken*) {
  return std::array{
      kube::Row{.member = "name", .doc = "What it is for.", .required = true, .min_length = 1, .max_length = 100},
      kube::Row{.member = "scopes",
                .doc =
                    "What it may be used for: `account:read`, `account:write`, `repository:read`, `repository:write`, "
                    "`demo:read`, `demo:write`, `administration`, `kubernetes` (for kubectl). `…:write` includes "
                    "`…:read`.",
                .required = true,
                .max_length = 40,
                .min_items = 1,
                .max_items = 20,
                .list = kube::ListType::Set},
      kube::Row{.member = "days", .doc = "How long it lasts.", .defaulted = true, .minimum = 1, .maximum = 366},
  };
}

struct CreatedToken {
  std::string token;
  TokenView entry;
};
BOOST_DESCRIBE_STRUCT(CreatedToken, (), (token, entry))
constexpr auto field_rows(const CreatedToken*) {
  return std::array{
      kube::Row{.member = "token", .doc = "The token. It is shown this once: only its hash is kept.", .required = true},
      kube::Row{.member = "entry", .doc = "As it stands in the list.", .required = true},
  };
}

struct EntryPath {
  std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(EntryPath, (), (id))
constexpr auto field_rows(const EntryPath*) {
  return std::array{kube::Row{.member = "id", .doc = "From the list.", .minimum = 1}};
}

TokenView view_of(const session::AccessToken& token) {
  return {std::to_string(token.id),
          token.name,
          token.hint,
          base::format_time(token.created_at),
          base::format_time(token.expires_at),
          token.last_used_at ? base::format_time(*token.last_used_at) : std::string(),
          token.scopes};
}

SessionView view_of(const session::SessionEntry& entry, std::int64_t current) {
  const auto* agent = entry.user_agent.if_contains("header");
  return {std::to_string(entry.id),
          entry.method,
          base::format_time(entry.created_at),
          base::format_time(entry.last_used_at),
          base::format_time(entry.expires_at),
          entry.addresses,
          agent && agent->is_string() ? std::string(agent->as_string()) : std::string(),
          entry.id == current};
}

class TokenRoutes {
 public:
  explicit TokenRoutes(Accounts& accounts) : accounts_(accounts) {}

  Outcome<SessionList> sessions(Call& call) const {
    const auto me = session::in_person(call);
    if (!me) return me.error();
    auto entries = accounts_.sessions.list((*me)->person.id);
    if (!entries) return problem_of(entries.error());
    Answer<SessionList> answer;
    for (const auto& entry : *entries) answer.value.items.push_back(view_of(entry, (*me)->session_id));
    return answer;
  }

  // A session that was stolen must not throw its owner out.
  Outcome<void> end_session(Call& call, const Path<EntryPath>& path) const {
    const auto me = session::recently_in_person(call, accounts_.clock.wall());
    if (!me) return me.error();
    auto ended = accounts_.sessions.end((*me)->person.id, path->id);
    if (!ended) return problem_of(ended.error());
    if (!*ended) return Problem(rest::kNotFound, "you have no such session");
    accounts_.audit.write(call, {.action = "session.ended", .target = audit::account_target((*me)->person.id)});
    return Answer<void>{};
  }

  Outcome<void> end_others(Call& call) const {
    const auto me = session::recently_in_person(call, accounts_.clock.wall());
    if (!me) return me.error();
    auto ended = accounts_.sessions.end_all((*me)->person.id, (*me)->session_id);
    if (!ended) return problem_of(ended.error());
    accounts_.audit.write(
        call,
        {.action = "session.ended", .target = audit::account_target((*me)->person.id), .detail = {{"others", *ended}}});
    return Answer<void>{};
  }

  Outcome<TokenList> tokens(Call& call) const {
    const auto me = session::in_person(call);
    if (!me) return me.error();
    auto entries = accounts_.tokens.list((*me)->person.id);
    if (!entries) return problem_of(entries.error());
    Answer<TokenList> answer;
    for (const auto& entry : *entries) answer.value.items.push_back(view_of(entry));
    return answer;
  }

  Outcome<CreatedToken> create(Call& call, const Body<NewToken>& body) const {
    // It outlives the session: a screen that was left open, or a cookie that was stolen, is not enough.
    const auto me = session::recently_in_person(call, accounts_.clock.wall());
    if (!me) return me.error();
    for (std::size_t i = 0; i < body->scopes.size(); ++i) {
      if (!session::is_scope(body->scopes[i]))
        return Problem(rest::kInvalid, "a scope is not known")
            .at("#/scopes/" + std::to_string(i), "is none of those that the field's description lists");
    }
    auto created =
        accounts_.tokens.create({(*me)->person.id, body->name, body->scopes, std::chrono::hours(24) * body->days});
    if (!created && created.error().violates("access_tokens_name_key"))
      return Problem(rest::kConflict, "you have a token of this name")
          .at("#/name", "choose another, or revoke that one");
    if (!created) return problem_of(created.error());
    if (!*created)
      return rest::limit_reached(accounts_.tokens.most(), "access tokens of a user", "revoke one that is not needed");
    const auto& made = **created;
    accounts_.audit.write(call, {.action = "token.made",
                                 .target = audit::account_target((*me)->person.id),
                                 .detail = {{"token", std::to_string(made.entry.id)},
                                            {"name", body->name},
                                            {"scopes", boost::json::value_from(body->scopes)}}});
    Answer<CreatedToken> answer{{made.token, view_of(made.entry)}};
    answer.headers.set("Location", "/api/v1/me/tokens/" + answer.value.entry.id);
    return answer;
  }

  Outcome<void> revoke(Call& call, const Path<EntryPath>& path) const {
    const auto me = session::in_person(call);
    if (!me) return me.error();
    auto revoked = accounts_.tokens.revoke((*me)->person.id, path->id);
    if (!revoked) return problem_of(revoked.error());
    if (!*revoked) return Problem(rest::kNotFound, "you have no such token");
    // What it was given for the hub ends with it; what others were given is got anew.
    if (accounts_.hub && std::ranges::find(**revoked, "kubernetes") != (*revoked)->end()) {
      if (auto ended = accounts_.hub->end((*me)->person.id); !ended)
        base::log::warn("a user's tokens on the hub were not ended, and end in minutes",
                        {{"user", (*me)->person.id}, {"error", ended.error().message}});
    }
    accounts_.audit.write(call, {.action = "token.revoked",
                                 .target = audit::account_target((*me)->person.id),
                                 .detail = {{"token", std::to_string(path->id)}}});
    return Answer<void>{};
  }

 private:
  Accounts& accounts_;
};

}  // namespace

std::vector<rest::Route> token_routes(Accounts& accounts) {
  const TokenRoutes mine(accounts);
  const rest::Access user{rest::Role::kUser, {}};
  std::vector<rest::Route> routes;
  routes.push_back({.method = Method::kGet,
                    .path = "/api/v1/me/sessions",
                    .summary = "Where the user is signed in",
                    .tag = "sessions",
                    .access = user,
                    .problems = {rest::kForbidden, rest::kUnavailable},
                    .run = rest::answers([=](Call& call) { return mine.sessions(call); })});
  routes.push_back({.method = Method::kDelete,
                    .path = "/api/v1/me/sessions",
                    .summary = "Sign out everywhere else",
                    .tag = "sessions",
                    .description = "The last sign-in must not be older than 15 minutes.",
                    .access = user,
                    .problems = {rest::kForbidden, rest::kUnavailable},
                    .run = rest::answers([=](Call& call) { return mine.end_others(call); })});
  routes.push_back(
      {.method = Method::kDelete,
       .path = "/api/v1/me/sessions/{id}",
       .summary = "End a session",
       .tag = "sessions",
       .description = "The last sign-in must not be older than 15 minutes; `GET /sign_out` ends the caller's own.",
       .access = user,
       .problems = {rest::kForbidden, rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<EntryPath>& path) { return mine.end_session(call, path); })});
  routes.push_back({.method = Method::kGet,
                    .path = "/api/v1/me/tokens",
                    .summary = "The user's access tokens",
                    .tag = "tokens",
                    .access = user,
                    .problems = {rest::kForbidden, rest::kUnavailable},
                    .run = rest::answers([=](Call& call) { return mine.tokens(call); })});
  routes.push_back(
      {.method = Method::kPost,
       .path = "/api/v1/me/tokens",
       .summary = "A new access token",
       .tag = "tokens",
       .description = "For programs, git and docker. Only with a session: a token makes no tokens.",
       .access = user,
       .success = 201,
       .problems = {rest::kConflict, rest::kForbidden, rest::kLimitReached, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Body<NewToken>& body) { return mine.create(call, body); })});
  routes.push_back(
      {.method = Method::kDelete,
       .path = "/api/v1/me/tokens/{id}",
       .summary = "Revoke an access token",
       .tag = "tokens",
       .access = user,
       .problems = {rest::kForbidden, rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<EntryPath>& path) { return mine.revoke(call, path); })});
  return routes;
}

}  // namespace causeway::api::account
