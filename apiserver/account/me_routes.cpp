#include "apiserver/account/me_routes.hpp"

#include "apiserver/account/image.hpp"
#include "apiserver/account/views.hpp"
#include "apiserver/persistence/problem.hpp"
#include "apiserver/rest/etag.hpp"
#include "base/encoding.hpp"
#include "base/log.hpp"

namespace causeway::api::account {

using persistence::problem_of;
using rest::Answer, rest::Body, rest::Call, rest::Method, rest::Outcome, rest::Path, rest::Problem;

namespace {

constexpr std::size_t kMaxPicture = 1u << 20;  // bytes, as the table has it

struct Initialisation {
  std::string name, display_name;
};
BOOST_DESCRIBE_STRUCT(Initialisation, (), (name, display_name))
constexpr auto field_rows(const Initialisation*) {
  return std::array{
      kube::Row{.member = "name",
                .doc =
                    "Of the account: letters, digits and single `-`, at most 39. It becomes a part of the addresses of "
                    "demos and repositories.",
                .required = true,
                .min_length = 1,
                .max_length = 39,
                .pattern = "^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$"},
      kube::Row{.member = "display_name", .doc = "As the user wants to be called.", .max_length = 100},
  };
}

struct MeChange {
  std::optional<std::string> display_name, introduction, website;
  std::optional<bool> notification;
};
BOOST_DESCRIBE_STRUCT(MeChange, (), (display_name, introduction, website, notification))
constexpr auto field_rows(const MeChange*) {
  return std::array{
      kube::Row{.member = "display_name", .doc = "As the user wants to be called.", .max_length = 100},
      kube::Row{.member = "introduction", .doc = "Markdown, at most 64 KiB.", .max_length = 65536},
      kube::Row{.member = "website",
                .doc = "An http or https address, or nothing.",
                .max_length = 2048,
                .pattern = "^(https?://[^\\s]+)?$"},
      kube::Row{.member = "notification", .doc = "Notifications by e-mail and webhook as well."},
  };
}

struct PasswordChange {
  std::string current, password;
};
BOOST_DESCRIBE_STRUCT(PasswordChange, (), (current, password))
constexpr auto field_rows(const PasswordChange*) {
  return std::array{
      kube::Row{.member = "current", .doc = "The password until now, where there is one.", .max_length = 1024},
      kube::Row{.member = "password",
                .doc =
                    "The new one: 8 to 128 characters, and not among those that everybody tries or that became known "
                    "elsewhere.",
                .required = true,
                .max_length = 1024},
  };
}

struct AvatarQuery {
  std::string v;
};
BOOST_DESCRIBE_STRUCT(AvatarQuery, (), (v))
constexpr auto field_rows(const AvatarQuery*) {
  return std::array{
      kube::Row{.member = "v", .doc = "Which picture it was: changes with it, so it may be cached.", .max_length = 64}};
}

Problem nobody() {
  return {rest::kNotFound, "there is no such user"};
}

Problem unreadable(const base::Error& error) {
  switch (error.code) {
    case base::ErrorCode::kInvalidArgument:
      return {rest::kTooLarge, "a picture may have " + std::to_string(kMaxPicture) + " bytes at most"};
    case base::ErrorCode::kTimeout:
      return {rest::kTimeout, error.message};
    default:
      return {rest::kBadRequest, error.message};
  }
}

class MeRoutes {
 public:
  explicit MeRoutes(Accounts& accounts) : accounts_(accounts) {}

  Outcome<Me> show(Call& call) const {
    auto profile = accounts_.store.profile(session::signed_in(call)->person.id);
    if (!profile) return problem_of(profile.error());
    if (!*profile) return nobody();
    return answer(**profile);
  }

  Outcome<Me> initialise(Call& call, const Body<Initialisation>& body) const {
    const auto me = session::in_person(call);
    if (!me) return me.error();
    const auto user = (*me)->person.id;
    if (accounts_.tenants && !(*me)->person.initialised) {
      auto free = accounts_.tenants->is_free(namespace_of(body->name));
      if (!free) return rest::unavailable("the cluster does not answer right now", std::chrono::seconds(2));
      if (!*free) return Problem(rest::kConflict, "the name is taken").at("#/name", "somebody has it; choose another");
    }
    auto verdict = accounts_.store.initialise(user, body->name, body->display_name, accounts_.clock.wall());
    if (!verdict) return problem_of(verdict.error());
    switch (*verdict) {
      case AccountStore::NameVerdict::kTaken:
        return Problem(rest::kConflict, "the name is taken").at("#/name", "somebody has it; choose another");
      case AccountStore::NameVerdict::kReserved:
        return Problem(rest::kInvalid, "the name is reserved")
            .at("#/name", "is a word of the platform; choose another");
      case AccountStore::NameVerdict::kAlreadyInitialised:
        return Problem(rest::kConflict, "the name has been chosen already");
      case AccountStore::NameVerdict::kDone:
        break;
    }
    accounts_.sessions.changed(user);
    accounts_.audit.write(
        call,
        {.action = "account.initialised", .target = audit::account_target(user), .detail = {{"name", body->name}}});
    // What cannot be done now is done soon: the keeper has heard of it.
    if (accounts_.tenants) {
      if (auto kept = accounts_.tenants->keep(user); !kept)
        base::log::warn("a new account has no namespace yet", {{"account", user}, {"error", kept.error().message}});
    }
    return show(call);
  }

  Outcome<Me> change(Call& call, const Body<MeChange>& body) const {
    const auto user = session::signed_in(call)->person.id;
    auto before = accounts_.store.profile(user);
    if (!before) return problem_of(before.error());
    if (!*before) return nobody();
    if (auto holds = call.require(etag_of(**before)); !holds) return holds.error();
    auto changed =
        accounts_.store.change(user, {body->display_name, body->introduction, body->website, body->notification});
    if (!changed && changed.error().violates("accounts_introduction_check"))
      return Problem(rest::kInvalid, "the introduction is too long").at("#/introduction", "has to be 64 KiB at most");
    if (!changed) return problem_of(changed.error());
    return show(call);
  }

  Outcome<void> set_password(Call& call, const Body<PasswordChange>& body) const {
    // With the password until now, or with a fresh sign-in: a screen that was left open is not enough.
    const auto me =
        body->current.empty() ? session::recently_in_person(call, accounts_.clock.wall()) : session::in_person(call);
    if (!me) return me.error();
    const auto user = (*me)->person.id;
    const auto profile = accounts_.store.profile(user);
    if (!profile) return problem_of(profile.error());
    if (!*profile) return nobody();
    const auto& who = **profile;
    auto objection =
        objection_to(body->password, {who.name, who.display_name, who.email, who.mobile}, accounts_.breached);
    if (!objection) {
      base::log::error("the list of breached passwords cannot be read", {{"error", objection.error().message}});
      return rest::unavailable("passwords cannot be looked at right now", std::chrono::seconds(60));
    }
    if (!objection->empty())
      return Problem(rest::kInvalid, "the password is not taken").at("#/password", std::move(*objection));
    auto known = accounts_.store.by_id(user);
    if (!known) return problem_of(known.error());
    if (!*known) return nobody();
    if ((*known)->initial_until) {
      auto same = accounts_.passwords.verify(body->password, (*known)->password_hash);
      if (!same) return busy();
      if (*same)
        return Problem(rest::kInvalid, "the password is not taken")
            .at("#/password", "is the initial one, which others know; choose another");
    }
    if (!body->current.empty()) {
      static const auto kAttempts = accounts_.attempts.index_of("password");
      const auto allowed = accounts_.attempts.take(kAttempts, std::to_string(user));
      if (!allowed.allowed)
        return Problem(rest::kTooManyRequests, "too many attempts with this account")
            .with("Retry-After", std::to_string(allowed.retry_after.count()));
      auto right = accounts_.passwords.verify(body->current, (*known)->password_hash);
      if (!right) return busy();
      if (!*right) {
        accounts_.audit.write(
            call,
            {.action = "password.changed", .outcome = audit::Outcome::kRefused, .target = audit::account_target(user)});
        return Problem(rest::kInvalid, "the password was not changed").at("#/current", "is not the account's password");
      }
    }
    auto hash = accounts_.passwords.hash(body->password);
    if (!hash) return busy();
    if (auto kept = accounts_.store.set_password(user, *hash, accounts_.clock.wall()); !kept)
      return problem_of(kept.error());
    accounts_.sessions.changed(user);
    accounts_.audit.write(call, {.action = "password.changed", .target = audit::account_target(user)});
    // Who has the old one may have a session.
    if (auto ended = accounts_.sessions.end_all(user, (*me)->session_id); !ended) return problem_of(ended.error());
    return Answer<void>{};
  }

  base::Result<void, Problem> set_avatar(Call& call) const {
    const auto user = session::signed_in(call)->person.id;
    auto content = call.exchange().read_all(kMaxPicture);
    if (!content) return unreadable(content.error());
    const auto type = image_type(*content);
    if (!type) return Problem(rest::kUnsupportedMedia, "a picture has to be PNG, JPEG or WebP");
    if (auto kept = accounts_.store.set_avatar(user, {std::string(*type), std::move(*content)}); !kept)
      return problem_of(kept.error());
    call.exchange().respond({.status = 204, .headers = {}, .body = {}});
    return {};
  }

  Outcome<void> remove_avatar(Call& call) const {
    auto removed = accounts_.store.remove_avatar(session::signed_in(call)->person.id);
    if (!removed) return problem_of(removed.error());
    return Answer<void>{};
  }

  Outcome<User> show_user(Call&, const Path<UserPath>& path) const {
    auto profile = accounts_.store.public_profile(path->name);
    if (!profile) return problem_of(profile.error());
    if (!*profile) return nobody();
    return Answer<User>{user_of(**profile)};
  }

  base::Result<void, Problem> show_avatar(Call& call, const Path<UserPath>& path,
                                          const rest::Query<AvatarQuery>& query) const {
    auto avatar = accounts_.store.avatar(path->name);
    if (!avatar) return problem_of(avatar.error());
    if (!*avatar) return Problem(rest::kNotFound, "there is no such picture");
    base::HttpResponse response;
    response.headers.set("Content-Type", (*avatar)->content_type);
    // Another picture has another address (`v`).
    response.headers.set("Cache-Control",
                         query->v.empty() ? "public, max-age=60" : "public, max-age=31536000, immutable");
    response.body = std::move((*avatar)->content);
    call.exchange().respond(std::move(response));
    return {};
  }

 private:
  static std::string etag_of(const Profile& profile) {
    return rest::strong_etag(
        base::sha256_hex(base::format_micro_time(profile.updated_at) + profile.avatar +
                         (profile.second_factor ? " second factor " + std::to_string(profile.recovery_codes) : ""))
            .substr(0, 32));
  }
  static Answer<Me> answer(const Profile& profile) { return {.value = me_of(profile), .etag = etag_of(profile)}; }
  static Problem busy() {
    return rest::unavailable("too many passwords are looked at right now", std::chrono::seconds(2));
  }

  Accounts& accounts_;
};

}  // namespace

std::vector<rest::Route> me_routes(Accounts& accounts) {
  const MeRoutes me(accounts);
  const rest::Access writes{rest::Role::kUser, "account:write"};
  std::vector<rest::Route> routes;
  routes.push_back({.method = Method::kGet,
                    .path = "/api/v1/me",
                    .summary = "The user's own profile",
                    .tag = "accounts",
                    .access = {rest::Role::kUser, "account:read", {.password = true, .set_up = true}},
                    .problems = {rest::kNotFound, rest::kUnavailable},
                    .etag = true,
                    .run = rest::answers([=](Call& call) { return me.show(call); })});
  routes.push_back(
      {.method = Method::kPost,
       .path = "/api/v1/me/initialisation",
       .summary = "Choose a name, once",
       .tag = "accounts",
       .access = {rest::Role::kUser, {}},
       .success = 200,
       .problems = {rest::kConflict, rest::kForbidden, rest::kNotFound, rest::kUnavailable},
       .etag = true,
       .run = rest::answers([=](Call& call, const Body<Initialisation>& body) { return me.initialise(call, body); })});
  routes.push_back(
      {.method = Method::kPatch,
       .path = "/api/v1/me",
       .summary = "Change the profile",
       .tag = "accounts",
       .description = "What is absent stays as it is.",
       .access = writes,
       .problems = {rest::kNotFound, rest::kUnavailable},
       .max_body = 256u << 10,
       .etag = true,
       .if_match = true,
       .run = rest::answers([=](Call& call, const Body<MeChange>& body) { return me.change(call, body); })});
  routes.push_back(
      {.method = Method::kPut,
       .path = "/api/v1/me/password",
       .summary = "Set or change the password",
       .tag = "accounts",
       .description = "Ends all other sessions. Without `current`, the last sign-in must not be older than "
                      "15 minutes. Who signed in with an initial password may do everything again then.",
       .access = {.role = rest::Role::kUser, .before = {.password = true}},
       .problems = {rest::kForbidden, rest::kNotFound, rest::kTooManyRequests, rest::kUnavailable},
       .rate = "login",
       .run =
           rest::answers([=](Call& call, const Body<PasswordChange>& body) { return me.set_password(call, body); })});
  routes.push_back({.method = Method::kPut,
                    .path = "/api/v1/me/avatar",
                    .summary = "Set the picture: PNG, JPEG or WebP, at most 1 MiB",
                    .tag = "accounts",
                    .access = writes,
                    .success = 204,
                    .problems = {rest::kTimeout, rest::kTooLarge, rest::kUnsupportedMedia, rest::kUnavailable},
                    .max_body = kMaxPicture,
                    .run = rest::streams([=](Call& call) { return me.set_avatar(call); })});
  routes.push_back({.method = Method::kDelete,
                    .path = "/api/v1/me/avatar",
                    .summary = "Remove the picture",
                    .tag = "accounts",
                    .access = writes,
                    .problems = {rest::kUnavailable},
                    .run = rest::answers([=](Call& call) { return me.remove_avatar(call); })});
  routes.push_back(
      {.method = Method::kGet,
       .path = "/api/v1/users/{name}",
       .summary = "A user",
       .tag = "accounts",
       .problems = {rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<UserPath>& path) { return me.show_user(call, path); })});
  routes.push_back(
      {.method = Method::kGet,
       .path = "/api/v1/users/{name}/avatar",
       .summary = "A user's picture",
       .tag = "accounts",
       .problems = {rest::kNotFound, rest::kUnavailable},
       .content_type = "image/*",
       .run = rest::streams([=](Call& call, const Path<UserPath>& path, const rest::Query<AvatarQuery>& query) {
         return me.show_avatar(call, path, query);
       })});
  return routes;
}

}  // namespace causeway::api::account
