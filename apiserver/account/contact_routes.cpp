#include "apiserver/account/contact_routes.hpp"

#include "apiserver/account/code_exchange.hpp"
#include "apiserver/account/views.hpp"
#include "apiserver/persistence/problem.hpp"
#include "base/log.hpp"

namespace causeway::api::account {

using persistence::problem_of;
using rest::Answer, rest::Body, rest::Call, rest::Method, rest::Outcome, rest::Problem;

namespace {

inline constexpr kube::Row kPhoneRow{
    .member = "phone", .doc = "The new number, `+8613800138000`.", .required = true, .min_length = 1, .max_length = 40};
inline constexpr kube::Row kEmailRow{
    .member = "email", .doc = "The new address.", .required = true, .min_length = 3, .max_length = 254};
inline constexpr kube::Row kCodeRow{
    .member = "code", .doc = "The six digits that were sent there.", .required = true, .max_length = 20};

struct NewMobile {
  std::string phone;
};
BOOST_DESCRIBE_STRUCT(NewMobile, (), (phone))
constexpr auto field_rows(const NewMobile*) {
  return std::array{kPhoneRow};
}

struct NewEmail {
  std::string email;
};
BOOST_DESCRIBE_STRUCT(NewEmail, (), (email))
constexpr auto field_rows(const NewEmail*) {
  return std::array{kEmailRow};
}

struct ProvenMobile {
  std::string phone, code;
};
BOOST_DESCRIBE_STRUCT(ProvenMobile, (), (phone, code))
constexpr auto field_rows(const ProvenMobile*) {
  return std::array{kPhoneRow, kCodeRow};
}

struct ProvenEmail {
  std::string email, code;
};
BOOST_DESCRIBE_STRUCT(ProvenEmail, (), (email, code))
constexpr auto field_rows(const ProvenEmail*) {
  return std::array{kEmailRow, kCodeRow};
}

// What differs between the two.
struct Kind {
  Purpose purpose;
  Notice notice;
  std::string_view action, member, taken;
};
constexpr Kind kMobile{Purpose::kChangeMobile, Notice::kMobileChanged, "mobile.changed", "#/phone",
                       "another account has this number"};
constexpr Kind kEmail{Purpose::kChangeEmail, Notice::kEmailChanged, "email.changed", "#/email",
                      "another account has this address"};

class ContactRoutes {
 public:
  explicit ContactRoutes(Accounts& accounts) : accounts_(accounts) {}

  base::Result<Identifier> mobile(const std::string& text) const {
    return parse_mobile(text, accounts_.default_country);
  }
  base::Result<Identifier> email(const std::string& text) const { return parse_email(text); }

  // The same whoever has it: only its owner is told that an account does, when the code has come back.
  Outcome<SentCode> send(Call& call, const Kind& kind, const base::Result<Identifier>& to) const {
    const auto me = session::recently_in_person(call, accounts_.clock.wall());
    if (!me) return me.error();
    if (!to) return unusable(kind, to.error());
    return send_code(accounts_, call, kind.purpose, *to, (*me)->person.id);
  }

  Outcome<Me> change(Call& call, const Kind& kind, const base::Result<Identifier>& to, const std::string& code) const {
    const auto me = session::recently_in_person(call, accounts_.clock.wall());
    if (!me) return me.error();
    if (!to) return unusable(kind, to.error());
    const auto user = (*me)->person.id;
    if (auto proven = redeem_code(accounts_, call, kind.purpose, *to, code, rest::kInvalid); !proven) {
      auto problem = proven.error();
      if (problem.errors.empty() && problem.status() == rest::kInvalid.status) {
        refuse(call, kind, user, "wrong code");
        problem.at("#/code", "is not the code that was sent there, or not any more");
      }
      return problem;
    }
    auto changed = accounts_.store.set_contact(user, *to, accounts_.clock.wall());
    if (!changed) return problem_of(changed.error());
    if (!*changed) return Problem(rest::kNotFound, "there is no such user");
    if ((*changed)->taken) {
      refuse(call, kind, user, "taken");
      return Problem(rest::kConflict, std::string(kind.taken))
          .at(std::string(kind.member), "sign in with it, and change or remove it there first");
    }
    const auto& before = (*changed)->before;
    const bool told = before && *before != *to && tell(*before, kind.notice);
    accounts_.audit.write(
        call, {.action = kind.action,
               .target = audit::account_target(user),
               .detail = {{"to", masked(*to)}, {"from", before ? masked(*before) : std::string()}, {"told", told}}});
    // Whoever else is signed in may be why it is changed.
    if (auto ended = accounts_.sessions.end_all(user, (*me)->session_id); !ended) return problem_of(ended.error());
    call.answer_headers().add("Set-Cookie", accounts_.browser_cookie.clear());
    auto profile = accounts_.store.profile(user);
    if (!profile) return problem_of(profile.error());
    if (!*profile) return Problem(rest::kNotFound, "there is no such user");
    return Answer<Me>{me_of(**profile)};
  }

 private:
  static Problem unusable(const Kind& kind, const base::Error& why) {
    return Problem(rest::kInvalid, "no code can be sent there").at(std::string(kind.member), why.message);
  }

  void refuse(const Call& call, const Kind& kind, std::int64_t user, std::string_view why) const {
    accounts_.audit.write(call, {.action = kind.action,
                                 .outcome = audit::Outcome::kRefused,
                                 .target = audit::account_target(user),
                                 .detail = {{"reason", why}}});
  }

  // It is changed whether or not: the old one may be gone, which is why people change it.
  bool tell(const Identifier& before, Notice notice) const {
    auto told = accounts_.delivery.tell(before, notice);
    if (!told)
      base::log::error("a user was not told of a change", {{"to", masked(before)}, {"error", told.error().message}});
    return told.ok();
  }

  Accounts& accounts_;
};

}  // namespace

std::vector<rest::Route> contact_routes(Accounts& accounts) {
  const ContactRoutes mine(accounts);
  const rest::Access user{rest::Role::kUser, {}};
  constexpr std::string_view kSends =
      "The last sign-in must not be older than 15 minutes. The answer is the same whoever has it.";
  constexpr std::string_view kChanges =
      "With the code that was sent there, to this browser. The last sign-in must not be older than 15 minutes. The one "
      "until now is told, and all other sessions end.";
  const std::vector<rest::ProblemKind> sending{rest::kForbidden, rest::kTooManyRequests, rest::kUnavailable};
  const std::vector<rest::ProblemKind> changing{rest::kConflict, rest::kForbidden, rest::kNotFound, rest::kUnavailable};
  std::vector<rest::Route> routes;
  routes.push_back({.method = Method::kPost,
                    .path = "/api/v1/me/mobile/code",
                    .summary = "Send a code to a new number",
                    .tag = "accounts",
                    .description = kSends,
                    .access = user,
                    .problems = sending,
                    .rate = "login",
                    .run = rest::answers([=](Call& call, const Body<NewMobile>& body) {
                      return mine.send(call, kMobile, mine.mobile(body->phone));
                    })});
  routes.push_back({.method = Method::kPut,
                    .path = "/api/v1/me/mobile",
                    .summary = "Change the number",
                    .tag = "accounts",
                    .description = kChanges,
                    .access = user,
                    .problems = changing,
                    .rate = "login",
                    .run = rest::answers([=](Call& call, const Body<ProvenMobile>& body) {
                      return mine.change(call, kMobile, mine.mobile(body->phone), body->code);
                    })});
  routes.push_back({.method = Method::kPost,
                    .path = "/api/v1/me/email/code",
                    .summary = "Send a code to a new address",
                    .tag = "accounts",
                    .description = kSends,
                    .access = user,
                    .problems = sending,
                    .rate = "login",
                    .run = rest::answers([=](Call& call, const Body<NewEmail>& body) {
                      return mine.send(call, kEmail, mine.email(body->email));
                    })});
  routes.push_back({.method = Method::kPut,
                    .path = "/api/v1/me/email",
                    .summary = "Change the e-mail address",
                    .tag = "accounts",
                    .description = kChanges,
                    .access = user,
                    .problems = changing,
                    .rate = "login",
                    .run = rest::answers([=](Call& call, const Body<ProvenEmail>& body) {
                      return mine.change(call, kEmail, mine.email(body->email), body->code);
                    })});
  return routes;
}

}  // namespace causeway::api::account
