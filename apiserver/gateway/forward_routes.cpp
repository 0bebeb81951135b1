#include "apiserver/gateway/forward_routes.hpp"

#include "apiserver/gateway/forwarded.hpp"
#include "apiserver/rest/handler.hpp"
#include "apiserver/session/authenticator.hpp"
#include "apiserver/session/signed_in.hpp"
#include "apiserver/session/token.hpp"
#include "base/log.hpp"

namespace causeway::api::gateway {

using rest::Answer, rest::Call, rest::Method, rest::Outcome, rest::Problem, rest::Query, rest::Raw;

namespace {

// Of each answer, be it empty: what a gateway sets from it, a client cannot have sent.
constexpr std::string_view kUser = "X-Causeway-User", kIdentity = "X-Causeway-Identity";

enum class Mode { annotate, require };
BOOST_DESCRIBE_ENUM(Mode, annotate, require)
enum class LeastRole { user, administrator };
BOOST_DESCRIBE_ENUM(LeastRole, user, administrator)

struct ForwardQuery {
  Mode mode = Mode::annotate;
  LeastRole role = LeastRole::user;
  std::string scope;
  bool redirect = false, renew = false;
};
BOOST_DESCRIBE_STRUCT(ForwardQuery, (), (mode, role, scope, redirect, renew))
constexpr auto field_rows(const ForwardQuery*) {
  return std::array{
      kube::Row{.member = "mode",
                .doc = "`annotate`: everybody is let through; `require`: who does not count gets 401 or 403.",
                .defaulted = true},
      kube::Row{.member = "role", .doc = "Who counts: `user` or `administrator`.", .defaulted = true},
      kube::Row{.member = "scope",
                .doc = "The scope with which an access token counts as its owner; absent: sessions count alone.",
                .max_length = 40},
      kube::Row{.member = "redirect",
                .doc = "With `require`: a browser that opens a page of the site is sent to sign in (303). For "
                       "gateways that pass redirects on; of the others the 401 has the `Location`."},
      kube::Row{.member = "renew",
                .doc = "Sessions are renewed when that is due, and cookies that are over taken back. For gateways "
                       "that pass the answer's `Set-Cookie` on: otherwise it would end the session."},
  };
}

class Forward {
 public:
  explicit Forward(const Gateway& gateway) : gateway_(gateway) {}

  Outcome<void> ask(Call& call, const Query<ForwardQuery>& query) const {
    auto& answer = call.answer_headers();
    answer.set(kUser, "");
    answer.set(kIdentity, "");
    const auto peer = rest::address_of(call.exchange().remote());
    if (!gateway_.trusted.contains(peer))
      return Problem(rest::kForbidden,
                     "only gateways ask this, and " + std::string(peer) + " is none that --trusted-proxy names");
    const auto asked = forwarded_request(call.request().headers);
    if (!asked) return asked.error();

    base::Headers taken_back;
    auto caller = who(call, taken_back);
    const auto* me = caller ? dynamic_cast<const session::SignedIn*>(caller->get()) : nullptr;
    const auto objection = !caller ? caller.error() : object(**caller, query.value);
    if (query->renew) {
      for (const auto& [name, value] : taken_back) answer.add(name, value);
      if (me && me->renewal_due) renew(call);
    }
    if (objection) {
      if (query->mode == Mode::annotate) return Answer<void>{};
      return refuse(call, query.value, *asked, *objection);
    }
    call.note_user(me->id);
    answer.set(kUser, me->id);
    answer.set(kIdentity, gateway_.identities.sign(*me, gateway_.public_url, asked->host, gateway_.clock.wall()));
    return Answer<void>{};
  }

 private:
  // By the cookie, unless the request has an access token: any other Authorization header is for what is behind the
  // gateway.
  base::Result<std::shared_ptr<const rest::Caller>, Problem> who(const Call& call, base::Headers& answer) const {
    const auto ask = [&](const base::HttpRequest& request) {
      return gateway_.authenticator.authenticate(request, call.client_address(), answer);
    };
    const auto& request = call.request();
    const auto header = request.headers.get("Authorization");
    const auto token = header ? session::token_of(*header) : std::nullopt;
    if (!header || (token && session::token_kind(*token))) return ask(request);
    base::HttpRequest without{.method = request.method, .target = request.target, .headers = request.headers};
    without.headers.erase("Authorization");
    return ask(without);
  }

  static std::optional<Problem> object(const rest::Caller& caller, const ForwardQuery& query) {
    // What is behind a gateway knows no scopes: a token made for something else must not be a user there.
    if (caller.proof == rest::Proof::kAuthorization && query.scope.empty())
      return Problem(rest::kForbidden, "access tokens are not taken here: sign in with a browser");
    // A sign-in that is not complete is none; what completes it is the sign-in page's.
    if (caller.due == rest::Due::kSecondFactor)
      return Problem(rest::kUnauthenticated, "the sign-in is not complete: the second factor has not been given")
          .with("WWW-Authenticate", "Bearer");
    const bool administrators = query.role == LeastRole::administrator;
    return rest::objection(caller, {administrators ? rest::Role::kAdministrator : rest::Role::kUser, query.scope});
  }

  void renew(Call& call) const {
    const auto token = gateway_.session_cookie.read(call.request().headers);
    auto renewed = gateway_.sessions.renew(token.value_or(""));
    // The session that there is holds: it is tried again with the next request.
    if (!renewed) base::log::warn("a session was not renewed", {{"error", renewed.error().message}});
    if (renewed && *renewed)
      call.answer_headers().add("Set-Cookie", gateway_.session_cookie.set(**renewed, gateway_.sessions.cookie_age()));
  }

  Outcome<void> refuse(const Call& call, const ForwardQuery& query, const Forwarded& asked, Problem objection) const {
    if (objection.status() != 401 || !opens_page(call.request().headers, asked)) return objection;
    auto page = sign_in_page(gateway_.public_url, asked);
    if (page.empty()) return objection;
    if (query.redirect) return Answer<void>{.status = 303, .headers = {{"Location", std::move(page)}}};
    return std::move(objection).with("Location", std::move(page));
  }

  const Gateway& gateway_;
};

}  // namespace

std::vector<rest::Route> forward_routes(const Gateway& gateway) {
  const Forward forward(gateway);
  std::vector<rest::Route> routes;
  routes.push_back(
      {.method = Method::kGet,
       .path = "/auth/forward",
       .summary = "Who makes the request that a gateway asks about",
       .tag = "gateway",
       .description = "For the gateways that the server trusts: Traefik's ForwardAuth, nginx' auth_request. The "
                      "answer's `X-Causeway-User` is the user's id and `X-Causeway-Identity` a signed identity "
                      "(`/.well-known/jwks.json`); both are empty for who does not count.",
       .success = 204,
       .more_success = {303},
       .problems = {rest::kBadRequest, rest::kUnauthenticated, rest::kForbidden, rest::kNotFound, rest::kUnavailable},
       .rate = "",
       .at_once = true,
       .own_proof = true,
       .run = rest::answers([=](Call& call, const Query<ForwardQuery>& query) { return forward.ask(call, query); })});
  routes.push_back({.method = Method::kGet,
                    .path = "/.well-known/jwks.json",
                    .summary = "The keys that identities are signed with",
                    .tag = "gateway",
                    .description = "A JSON Web Key Set (RFC 7517).",
                    .run = rest::answers([&gateway](Call&) -> Outcome<Raw> {
                      Answer<Raw> answer{{gateway.identities.key_set()}};
                      answer.headers.set("Cache-Control", "public, max-age=300");
                      return answer;
                    })});
  return routes;
}

}  // namespace causeway::api::gateway
