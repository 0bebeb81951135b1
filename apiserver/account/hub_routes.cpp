#include "apiserver/account/hub_routes.hpp"

#include "apiserver/rest/handler.hpp"
#include "apiserver/session/signed_in.hpp"
#include "base/log.hpp"

namespace causeway::api::account {

using rest::Answer, rest::Call, rest::Method, rest::Outcome, rest::Problem;

namespace {

struct Hub {
  std::string server, certificate_authority, namespace_;
};
BOOST_DESCRIBE_STRUCT(Hub, (), (server, certificate_authority, namespace_))
constexpr auto field_rows(const Hub*) {
  return std::array{
      kube::Row{.member = "server", .doc = "Where kubectl reaches it.", .required = true},
      kube::Row{.member = "certificate_authority",
                .doc = "Of the server's certificate, in PEM; absent: one that every machine trusts."},
      kube::Row{
          .member = "namespace_", .doc = "Of the user's own resources there.", .json = "namespace", .required = true},
  };
}

struct HubToken {
  std::string token, expires_at;
};
BOOST_DESCRIBE_STRUCT(HubToken, (), (token, expires_at))
constexpr auto field_rows(const HubToken*) {
  return std::array{
      kube::Row{.member = "token", .doc = "For the hub's API server, as a bearer token.", .required = true},
      kube::Row{.member = "expires_at", .doc = "In a quarter of an hour.", .required = true, .format = "date-time"},
  };
}

class HubRoutes {
 public:
  explicit HubRoutes(Accounts& accounts) : accounts_(accounts) {}

  Outcome<Hub> show(Call& call) const {
    const auto me = who(call);
    if (!me) return me.error();
    const auto& address = accounts_.hub->address();
    return Answer<Hub>{{address.server, address.ca_pem, (*me)->person.ns}};
  }

  Outcome<HubToken> issue(Call& call) const {
    const auto me = who(call);
    if (!me) return me.error();
    const auto user = (*me)->person.id;
    auto token = accounts_.hub->issue(user);
    if (!token) {
      base::log::error("no token for the hub", {{"user", user}, {"error", token.error().message}});
      return rest::unavailable("the hub gives no tokens right now", std::chrono::seconds(5));
    }
    accounts_.audit.write(call, {.action = "hub.token_made",
                                 .target = audit::account_target(user),
                                 .detail = {{"expiresAt", token->expires_at}}});
    Answer<HubToken> answer{{token->token, token->expires_at}};
    answer.headers.set("Cache-Control", "no-store");
    return answer;
  }

 private:
  // A user who has something on the hub, where people may go there.
  base::Result<const session::SignedIn*, Problem> who(const Call& call) const {
    if (!accounts_.hub || accounts_.hub->address().server.empty())
      return Problem(rest::kNotFound, "this platform lets nobody use kubectl: it was started without --hub-url");
    const auto* me = session::signed_in(call);
    if (!me->person.initialised) return Problem(rest::kConflict, "choose a name first: POST /api/v1/me/initialisation");
    return me;
  }

  Accounts& accounts_;
};

}  // namespace

std::vector<rest::Route> hub_routes(Accounts& accounts) {
  const HubRoutes hub(accounts);
  const rest::Access access{rest::Role::kUser, "kubernetes"};
  std::vector<rest::Route> routes;
  routes.push_back({.method = Method::kGet,
                    .path = "/api/v1/me/hub",
                    .summary = "Where kubectl reaches the hub",
                    .tag = "tokens",
                    .access = access,
                    .problems = {rest::kConflict, rest::kNotFound, rest::kUnavailable},
                    .run = rest::answers([=](Call& call) { return hub.show(call); })});
  routes.push_back({.method = Method::kPost,
                    .path = "/api/v1/me/hub/tokens",
                    .summary = "A token for kubectl",
                    .tag = "tokens",
                    .description = "It lasts a quarter of an hour, and ends when the user is disabled or revokes an "
                                   "access token.",
                    .access = access,
                    .success = 201,
                    .problems = {rest::kConflict, rest::kNotFound, rest::kUnavailable},
                    .run = rest::answers([=](Call& call) { return hub.issue(call); })});
  return routes;
}

}  // namespace causeway::api::account
