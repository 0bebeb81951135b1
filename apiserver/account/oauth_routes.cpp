#include "apiserver/account/oauth_routes.hpp"

#include "apiserver/account/signing_in.hpp"
#include "apiserver/oauth/callback.hpp"
#include "apiserver/persistence/problem.hpp"
#include "apiserver/rest/handler.hpp"
#include "apiserver/session/signed_in.hpp"
#include "base/log.hpp"

namespace causeway::api::account {

using persistence::problem_of;
using rest::Answer, rest::Body, rest::Call, rest::Method, rest::Outcome, rest::Path, rest::Problem, rest::Query;

namespace {

constexpr rest::ProblemKind kOthersIdentity{409, "oauth-others", "It belongs to another account"};
constexpr rest::ProblemKind kOtherUser{409, "oauth-other-user", "Somebody else is signed in now"};

struct ProviderView {
  std::string name, display_name, kind;
  bool operator==(const ProviderView&) const = default;
};
BOOST_DESCRIBE_STRUCT(ProviderView, (), (name, display_name, kind))
constexpr auto field_rows(const ProviderView*) {
  return std::array{
      kube::Row{.member = "name", .doc = "In addresses: `/oauth/<name>`.", .required = true},
      kube::Row{.member = "display_name", .doc = "What the button says.", .required = true},
      kube::Row{.member = "kind", .doc = "`github`, `gitlab` or `oidc`.", .required = true},
  };
}

struct ProviderList {
  std::vector<ProviderView> items;
};
BOOST_DESCRIBE_STRUCT(ProviderList, (), (items))
constexpr auto field_rows(const ProviderList*) {
  return std::array{kube::Row{.member = "items", .doc = "In the order that they are shown in.", .required = true}};
}

struct ProviderPath {
  std::string provider;
};
BOOST_DESCRIBE_STRUCT(ProviderPath, (), (provider))
constexpr auto field_rows(const ProviderPath*) {
  return std::array{kube::Row{.member = "provider", .doc = "Its name.", .pattern = "^[a-z0-9-]{1,40}$"}};
}

struct BeginQuery {
  std::string return_to = "/";
};
BOOST_DESCRIBE_STRUCT(BeginQuery, (), (return_to))
constexpr auto field_rows(const BeginQuery*) {
  return std::array{kube::Row{.member = "return_to",
                              .doc = "Where the browser goes then: a path of this site.",
                              .defaulted = true,
                              .max_length = 1024}};
}

struct NewIdentity {
  std::string provider, return_to = "/";
};
BOOST_DESCRIBE_STRUCT(NewIdentity, (), (provider, return_to))
constexpr auto field_rows(const NewIdentity*) {
  return std::array{
      kube::Row{.member = "provider", .doc = "The provider's name.", .required = true, .pattern = "^[a-z0-9-]{1,40}$"},
      kube::Row{.member = "return_to",
                .doc = "Where the browser goes then: a path of this site.",
                .defaulted = true,
                .max_length = 1024},
  };
}

struct LinkBegun {
  std::string url;
};
BOOST_DESCRIBE_STRUCT(LinkBegun, (), (url))
constexpr auto field_rows(const LinkBegun*) {
  return std::array{
      kube::Row{.member = "url", .doc = "Where the browser has to go, within ten minutes.", .required = true}};
}

struct IdentityView {
  std::string id, provider, name, created_at, last_login_at;
  bool operator==(const IdentityView&) const = default;
};
BOOST_DESCRIBE_STRUCT(IdentityView, (), (id, provider, name, created_at, last_login_at))
constexpr auto field_rows(const IdentityView*) {
  return std::array{
      kube::Row{.member = "id", .doc = "Opaque.", .required = true},
      kube::Row{.member = "provider", .doc = "The provider's name.", .required = true},
      kube::Row{.member = "name", .doc = "What the user is called there.", .required = true},
      kube::Row{.member = "created_at", .doc = "When it was linked.", .required = true, .format = "date-time"},
      kube::Row{.member = "last_login_at", .doc = "When it was signed in with last.", .format = "date-time"},
  };
}

struct IdentityList {
  std::vector<IdentityView> items;
};
BOOST_DESCRIBE_STRUCT(IdentityList, (), (items))
constexpr auto field_rows(const IdentityList*) {
  return std::array{kube::Row{.member = "items", .doc = "The oldest first.", .required = true}};
}

struct IdentityPath {
  std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(IdentityPath, (), (id))
constexpr auto field_rows(const IdentityPath*) {
  return std::array{kube::Row{.member = "id", .doc = "From the list.", .minimum = 1}};
}

// What people know it by: its subject is a number.
IdentityView view_of(const oauth::IdentityStore::Entry& entry) {
  std::string name = entry.subject;
  for (const char* claim : {"preferred_username", "login", "nickname", "email", "name"}) {
    const auto* told = entry.claims.if_contains(claim);
    if (!told || !told->is_string() || told->as_string().empty()) continue;
    name = std::string(told->as_string());
    break;
  }
  return {std::to_string(entry.id), entry.provider, std::move(name), base::format_time(entry.created_at),
          entry.last_login_at ? base::format_time(*entry.last_login_at) : std::string()};
}

// Whether a person would look at a problem that is JSON.
bool is_page(const Call& call) {
  return call.request().headers.get("Accept").value_or("").find("text/html") != std::string_view::npos;
}

class OauthRoutes {
 public:
  explicit OauthRoutes(Accounts& accounts) : accounts_(accounts) {}

  Outcome<ProviderList> providers(Call&) const {
    Answer<ProviderList> answer;
    for (const auto& button : accounts_.providers.buttons())
      answer.value.items.push_back({button.name, button.display_name, std::string(to_string(button.kind))});
    return answer;
  }

  Outcome<void> begin(Call& call, const Path<ProviderPath>& path, const Query<BeginQuery>& query) const {
    // Nobody is to be signed in because another site wants it: their browser may be asked nothing on the way.
    const auto site = call.request().headers.get("Sec-Fetch-Site").value_or("none");
    if (site != "none" && site != "same-origin")
      return Problem(rest::kCrossSite, "a sign-in begins on a page of this site");
    auto url = accounts_.providers.begin({path->provider, browser_secret(accounts_, call), query->return_to, {}});
    if (!url) return failed(call, path->provider, to_problem(url.error()), url.error().return_to);
    return Answer<void>{.headers = {{"Location", std::move(*url)}}};
  }

  Outcome<void> callback(Call& call, const Path<ProviderPath>& path) const {
    const auto brought = oauth::parse_callback(call.request().query());
    if (!brought) return failed(call, path->provider, to_problem(brought.error()), "");
    const auto browser = accounts_.browser_cookie.read(call.request().headers).value_or("");
    auto finished = accounts_.providers.finish(path->provider, browser, *brought);
    if (!finished) return failed(call, path->provider, to_problem(finished.error()), finished.error().return_to);
    auto due = rest::Due::kNothing;
    if (auto refused = finished->user ? link(call, *finished) : enter(call, *finished, due))
      return failed(call, path->provider, std::move(*refused), finished->return_to);
    if (due == rest::Due::kNothing) return Answer<void>{.headers = {{"Location", finished->return_to}}};
    return Answer<void>{.headers = {{"Location", "/sign-in?needs=" + std::string(to_string(due)) +
                                                     "&returnTo=" + base::percent_encode(finished->return_to)}}};
  }

  Outcome<IdentityList> identities(Call& call) const {
    const auto me = session::in_person(call);
    if (!me) return me.error();
    auto entries = accounts_.identities.list((*me)->person.id);
    if (!entries) return problem_of(entries.error());
    Answer<IdentityList> answer;
    for (const auto& entry : *entries) answer.value.items.push_back(view_of(entry));
    return answer;
  }

  // A POST, so that no link or page of others begins it: their identity would be a way into this account.
  Outcome<LinkBegun> begin_link(Call& call, const Body<NewIdentity>& body) const {
    const auto me = session::recently_in_person(call, accounts_.clock.wall());
    if (!me) return me.error();
    auto url =
        accounts_.providers.begin({body->provider, browser_secret(accounts_, call), body->return_to, (*me)->person.id});
    if (!url) return to_problem(url.error());
    return Answer<LinkBegun>{{std::move(*url)}};
  }

  Outcome<void> unlink(Call& call, const Path<IdentityPath>& path) const {
    const auto me = session::recently_in_person(call, accounts_.clock.wall());
    if (!me) return me.error();
    auto unlinked = accounts_.identities.unlink((*me)->person.id, path->id);
    if (!unlinked) return problem_of(unlinked.error());
    switch (*unlinked) {
      case oauth::IdentityStore::Unlinked::kNone:
        return Problem(rest::kNotFound, "you have no such identity");
      case oauth::IdentityStore::Unlinked::kLastWay:
        return Problem(rest::kConflict,
                       "you could not sign in any more: set a password, or link another identity first");
      case oauth::IdentityStore::Unlinked::kDone:
        break;
    }
    base::log::info("unlinked an identity", {{"user", (*me)->person.id}, {"identity", path->id}});
    return Answer<void>{};
  }

 private:
  using Finished = oauth::SignIn::Finished;

  // `due`: what the session has to do first.
  std::optional<Problem> enter(Call& call, const Finished& finished, rest::Due& due) const {
    const auto who =
        accounts_.store.arrive(finished.identity, std::string(call.client_address()), accounts_.clock.wall());
    if (!who) return problem_of(who.error());
    auto in = begin_session(accounts_, call, *who, session::Method::kOauth);
    if (!in) return in.error();
    due = in->due;
    return std::nullopt;
  }

  std::optional<Problem> link(const Call& call, const Finished& finished) const {
    const auto me = session::in_person(call);
    // Another session, that has something to do first, must not be what makes it a way in.
    if (!me || (*me)->person.id != *finished.user || (*me)->due != rest::Due::kNothing)
      return Problem(kOtherUser, "the one who began this is not signed in any more. Nothing was linked");
    auto linked = accounts_.identities.link((*me)->person.id, finished.identity, accounts_.clock.wall());
    if (!linked) return problem_of(linked.error());
    if (*linked == oauth::IdentityStore::Linked::kSomebodys)
      return Problem(kOthersIdentity, "sign in with it and unlink it there first. Nothing was linked");
    base::log::info("linked an identity", {{"user", (*me)->person.id}, {"provider", finished.identity.provider}});
    return std::nullopt;
  }

  // To people the sign-in page explains it, and leads back.
  static Outcome<void> failed(const Call& call, const std::string& provider, Problem problem,
                              const std::string& return_to) {
    if (!is_page(call)) return problem;
    std::string page = "/sign-in?problem=" + std::string(problem.kind.slug) + "&provider=" + provider;
    if (!return_to.empty()) page += "&returnTo=" + base::percent_encode(return_to);
    return Answer<void>{.headers = {{"Location", std::move(page)}}};
  }

  Accounts& accounts_;
};

}  // namespace

std::vector<rest::Route> oauth_routes(Accounts& accounts) {
  const OauthRoutes mine(accounts);
  const rest::Access user{rest::Role::kUser, {}};
  // oauth/failure.cpp: 403 and 409 of the person, 502 of the provider.
  constexpr rest::ProblemKind kProvider{502, "oauth-provider", "The provider's answer cannot be used"};
  std::vector<rest::Route> routes;
  routes.push_back({.method = Method::kGet,
                    .path = "/api/v1/oauth/providers",
                    .summary = "Providers that people can sign in with",
                    .tag = "sign-in",
                    .access = kForAnybody,
                    .run = rest::answers([=](Call& call) { return mine.providers(call); })});
  routes.push_back(
      {.method = Method::kGet,
       .path = "/oauth/{provider}",
       .summary = "Sign in with another provider",
       .tag = "sign-in",
       .description = "For a browser, which is sent there and comes back. Where it does not work, it is sent to "
                      "`/sign-in?problem=…&provider=…&returnTo=…` if it accepts HTML.",
       .access = kForAnybody,
       .success = 303,
       .problems = {rest::kBadParameter, rest::kCrossSite, rest::kNotFound, kProvider, rest::kUnavailable},
       .rate = "login",
       .run = rest::answers([=](Call& call, const Path<ProviderPath>& path, const Query<BeginQuery>& query) {
         return mine.begin(call, path, query);
       })});
  routes.push_back(
      {.method = Method::kGet,
       .path = "/oauth/{provider}/callback",
       .summary = "A browser comes back from a provider",
       .tag = "sign-in",
       .description =
           "Its query is the provider's. Who is known is signed in; who is new gets an account and has to choose a "
           "name next (`POST /api/v1/me/initialisation`); who began to link an identity has it linked. Who has to do "
           "something before the session is good for anything else is sent to `/sign-in?needs=…&returnTo=…`.",
       .access = kForAnybody,
       .success = 303,
       .problems = {kWrongProof, kDisabled, rest::kNotFound, kOthersIdentity, kProvider, rest::kUnavailable},
       .rate = "login",
       .foreign_query = true,
       .run = rest::answers([=](Call& call, const Path<ProviderPath>& path) { return mine.callback(call, path); })});
  routes.push_back({.method = Method::kGet,
                    .path = "/api/v1/me/identities",
                    .summary = "The user's accounts at other providers",
                    .tag = "accounts",
                    .access = user,
                    .problems = {rest::kForbidden, rest::kUnavailable},
                    .run = rest::answers([=](Call& call) { return mine.identities(call); })});
  routes.push_back(
      {.method = Method::kPost,
       .path = "/api/v1/me/identities",
       .summary = "Begin to link an account at another provider",
       .tag = "accounts",
       .description = "The browser has to go where the answer says; it is linked when it comes back.",
       .access = user,
       .problems = {rest::kBadParameter, rest::kForbidden, rest::kNotFound, kProvider, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Body<NewIdentity>& body) { return mine.begin_link(call, body); })});
  routes.push_back(
      {.method = Method::kDelete,
       .path = "/api/v1/me/identities/{id}",
       .summary = "Unlink an account at another provider",
       .tag = "accounts",
       .description = "Not the last way to sign in.",
       .access = user,
       .problems = {rest::kConflict, rest::kForbidden, rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<IdentityPath>& path) { return mine.unlink(call, path); })});
  return routes;
}

}  // namespace causeway::api::account
