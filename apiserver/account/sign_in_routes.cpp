#include "apiserver/account/sign_in_routes.hpp"

#include "apiserver/account/code_exchange.hpp"
#include "apiserver/account/signing_in.hpp"
#include "apiserver/account/views.hpp"
#include "apiserver/persistence/problem.hpp"
#include "apiserver/rest/client_address.hpp"
#include "apiserver/rest/field_value.hpp"
#include "base/log.hpp"

namespace causeway::api::account {

using persistence::problem_of;
using rest::Answer, rest::Body, rest::Call, rest::Method, rest::Outcome, rest::Problem;

namespace {

struct PhoneCodeRequest {
  std::string phone;
};
BOOST_DESCRIBE_STRUCT(PhoneCodeRequest, (), (phone))
constexpr auto field_rows(const PhoneCodeRequest*) {
  return std::array{kube::Row{.member = "phone",
                              .doc = "A telephone number, `+8613800138000`.",
                              .required = true,
                              .min_length = 1,
                              .max_length = 40}};
}

struct EmailCodeRequest {
  std::string email;
};
BOOST_DESCRIBE_STRUCT(EmailCodeRequest, (), (email))
constexpr auto field_rows(const EmailCodeRequest*) {
  return std::array{
      kube::Row{.member = "email", .doc = "An e-mail address.", .required = true, .min_length = 3, .max_length = 254}};
}

struct LoginRequest {
  std::string phone, email, code, account, password;
};
BOOST_DESCRIBE_STRUCT(LoginRequest, (), (phone, email, code, account, password))
constexpr auto field_rows(const LoginRequest*) {
  return std::array{
      kube::Row{.member = "phone", .doc = "The number that a code was sent to.", .max_length = 40},
      kube::Row{.member = "email", .doc = "The address that a code was sent to.", .max_length = 254},
      kube::Row{.member = "code", .doc = "The six digits of it.", .max_length = 20},
      kube::Row{.member = "account", .doc = "A name, a number or an address; with `password`.", .max_length = 254},
      kube::Row{.member = "password", .doc = "The account's password.", .max_length = 1024},
  };
}

// The one form of what people type, the same for accounts that there are and that there are not.
std::string login_key(const std::string& account) {
  if (const auto email = parse_email(account)) return email->value;
  if (const auto mobile = parse_mobile(account)) return mobile->value;
  return rest::lower_case(account);
}

class SignIn {
 public:
  explicit SignIn(Accounts& accounts) : accounts_(accounts) {}

  // The same whether there is such an account or not: who has none gets one.
  Outcome<SentCode> phone_code(Call& call, const Body<PhoneCodeRequest>& body) const {
    auto to = parse_mobile(body->phone, accounts_.default_country);
    if (!to) return Problem(rest::kInvalid, "the telephone number cannot be used").at("#/phone", to.error().message);
    return send_code(accounts_, call, Purpose::kLogin, *to);
  }

  Outcome<SentCode> email_code(Call& call, const Body<EmailCodeRequest>& body) const {
    auto to = parse_email(body->email);
    if (!to) return Problem(rest::kInvalid, "the e-mail address cannot be used").at("#/email", to.error().message);
    return send_code(accounts_, call, Purpose::kLogin, *to);
  }

  Outcome<LoggedIn> login(Call& call, const Body<LoginRequest>& body) const {
    const bool by_password = !body->account.empty() && !body->password.empty();
    const bool by_code = (body->phone.empty() != body->email.empty()) && !body->code.empty();
    if (by_password == by_code)
      return Problem(rest::kInvalid,
                     "say `phone` and `code`, or `email` and `code`, or `account` and `password`, and nothing else");
    auto arrival = by_code ? arrive_by_code(call, body.value) : arrive_by_password(call, body.value);
    if (!arrival) return arrival.error();
    auto begun =
        begin_session(accounts_, call, *arrival, by_code ? session::Method::kCode : session::Method::kPassword);
    if (!begun) return begun.error();
    if (by_code) call.answer_headers().add("Set-Cookie", accounts_.browser_cookie.clear());
    LoggedIn in{arrival->fresh, std::string(to_string(begun->due)), std::nullopt};
    // With half of a proof nobody learns more of the account.
    if (begun->due != rest::Due::kSecondFactor) in.user = me_of(begun->profile);
    return Answer<LoggedIn>{std::move(in)};
  }

  Outcome<Identity> pre_login(Call& call) const {
    const auto me = session::in_person(call);
    if (!me) return me.error();
    if ((*me)->renewal_due) {
      const auto token = accounts_.session_cookie.read(call.request().headers);
      auto renewed = accounts_.sessions.renew(token.value_or(""));
      if (!renewed) return problem_of(renewed.error());
      if (*renewed)
        call.answer_headers().add("Set-Cookie",
                                  accounts_.session_cookie.set(**renewed, accounts_.sessions.cookie_age()));
    }
    return Answer<Identity>{identity_of(call)};
  }

  Outcome<void> sign_out(Call& call) const {
    const auto* me = session::signed_in(call);
    if (me && me->session_id != 0) {
      auto ended = accounts_.sessions.end(me->person.id, me->session_id);
      if (!ended) return problem_of(ended.error());
      accounts_.audit.write(call, {.action = "session.ended", .target = audit::account_target(me->person.id)});
    }
    call.answer_headers().set("Set-Cookie", accounts_.session_cookie.clear());
    // What pages kept. Not the cookies: of demos below this host there may be others.
    call.answer_headers().set("Clear-Site-Data", "\"cache\", \"storage\"");
    return Answer<void>{};
  }

 private:
  base::Result<AccountStore::Arrival, Problem> arrive_by_code(const Call& call, const LoginRequest& request) const {
    const bool mobile = !request.phone.empty();
    const auto to = mobile ? parse_mobile(request.phone, accounts_.default_country) : parse_email(request.email);
    if (!to)
      return Problem(rest::kInvalid, "this cannot have been sent a code")
          .at(mobile ? "#/phone" : "#/email", to.error().message);
    if (auto right = redeem_code(accounts_, call, Purpose::kLogin, *to, request.code, kWrongProof); !right) {
      if (right.error().status() == kWrongProof.status)
        note_refusal(accounts_, call, session::Method::kCode, {}, "wrong code");
      return right.error();
    }
    auto arrival = accounts_.store.arrive(*to, std::string(call.client_address()), accounts_.clock.wall());
    if (!arrival) return problem_of(arrival.error());
    return *arrival;
  }

  // Takes as long, and says the same, whoever is meant and whatever is wrong.
  base::Result<AccountStore::Arrival, Problem> arrive_by_password(Call& call, const LoginRequest& request) const {
    auto known = accounts_.store.by_login(request.account);
    if (!known) return problem_of(known.error());
    // Whoever goes on guessing at one account is stopped, from wherever they come in the end; but it takes many
    // networks to keep its owner out.
    const std::string who = login_key(request.account), from = rest::rate_key(call.client_address());
    static const auto kAttempts = accounts_.attempts.index_of("password"),
                      kInAll = accounts_.attempts.index_of("account");
    auto allowed = accounts_.attempts.take(kAttempts, who + "\n" + from);
    if (allowed.allowed) allowed = accounts_.attempts.take(kInAll, who);
    if (!allowed.allowed)
      return Problem(rest::kTooManyRequests, "too many attempts with this account; sign in with a code, or wait")
          .with("Retry-After", std::to_string(allowed.retry_after.count()));
    const std::string hash = *known ? (*known)->password_hash : std::string();
    auto right = accounts_.passwords.verify(request.password, hash);
    if (!right) return rest::unavailable("too many people sign in with a password right now", std::chrono::seconds(2));
    if (!*right) {
      note_refusal(accounts_, call, session::Method::kPassword,
                   *known ? audit::account_target((*known)->id) : audit::Target{}, "wrong password");
      return Problem(kWrongProof, "the account and the password do not belong together");
    }
    const auto& initial_until = (*known)->initial_until;
    if (initial_until && accounts_.clock.wall() >= *initial_until) {
      note_refusal(accounts_, call, session::Method::kPassword, audit::account_target((*known)->id),
                   "initial password over");
      return Problem(kInitialPasswordOver,
                     "nobody signed in with it in time. Whoever runs the platform puts another one into the Secret "
                     "first-administrator and restarts the API server");
    }
    if (accounts_.passwords.outdated(hash)) {
      auto anew = accounts_.passwords.hash(request.password);
      if (anew) (void)accounts_.store.rehash((*known)->id, hash, *anew);  // else with the next login
    }
    return AccountStore::Arrival{(*known)->id, false, (*known)->disabled, initial_until.has_value()};
  }

  Accounts& accounts_;
};

}  // namespace

std::vector<rest::Route> sign_in_routes(Accounts& accounts) {
  const SignIn sign_in(accounts);
  std::vector<rest::Route> routes;
  routes.push_back(
      {.method = Method::kPost,
       .path = "/phone_code",
       .summary = "Send a code to a telephone",
       .tag = "sign-in",
       .description = "Six digits for `POST /login`, good for ten minutes, five attempts and the browser that "
                      "asked (a cookie ties them to it). A short message is the weakest of the proofs: who takes over "
                      "the number (another SIM of the same number, a redirection in the telephone network, malware, "
                      "a look at a locked screen) reads it, and gets into an account that has no second factor. "
                      "An address (`POST /email_code`), a password, another provider and a second factor "
                      "(`POST /api/v1/me/second-factor`) are stronger.",
       .access = kForAnybody,
       .problems = {rest::kTooManyRequests, rest::kUnavailable},
       .rate = "login",
       .run = rest::answers(
           [=](Call& call, const Body<PhoneCodeRequest>& body) { return sign_in.phone_code(call, body); })});
  routes.push_back({.method = Method::kPost,
                    .path = "/email_code",
                    .summary = "Send a code to an e-mail address",
                    .tag = "sign-in",
                    .access = kForAnybody,
                    .problems = {rest::kTooManyRequests, rest::kUnavailable},
                    .rate = "login",
                    .run = rest::answers([=](Call& call, const Body<EmailCodeRequest>& body) {
                      return sign_in.email_code(call, body);
                    })});
  routes.push_back(
      {.method = Method::kPost,
       .path = "/login",
       .summary = "Sign in",
       .tag = "sign-in",
       .description = "With the code that was sent, or with a password. Who proves a number or an address "
                      "that no account has gets one. `needs` says what the session has to do before it is good for "
                      "anything else: give the second factor, set another password than the initial one, or set up a "
                      "second factor.",
       .access = kForAnybody,
       .problems = {kWrongProof, kDisabled, kInitialPasswordOver, rest::kTooManyRequests, rest::kUnavailable},
       .rate = "login",
       .run = rest::answers([=](Call& call, const Body<LoginRequest>& body) { return sign_in.login(call, body); })});
  routes.push_back(
      {.method = Method::kGet,
       .path = "/identity",
       .summary = "Who makes this request",
       .tag = "sign-in",
       .access = kForAnybody,
       .problems = {rest::kUnavailable},
       .at_once = true,
       .run = rest::answers([](Call& call) -> Outcome<Identity> { return Answer<Identity>{identity_of(call)}; })});
  routes.push_back({.method = Method::kGet,
                    .path = "/pre_login",
                    .summary = "Go on with the session that a browser has",
                    .tag = "sign-in",
                    .description = "Renews it when that is due: the answer sets the cookie. 401: sign in again.",
                    .access = {.role = rest::Role::kUser, .before = rest::kBeforeAnything},
                    .problems = {rest::kUnavailable},
                    .changes_state = true,
                    .run = rest::answers([=](Call& call) { return sign_in.pre_login(call); })});
  routes.push_back({.method = Method::kGet,
                    .path = "/sign_out",
                    .summary = "End the session",
                    .tag = "sign-in",
                    .access = kForAnybody,
                    .problems = {rest::kUnavailable},
                    .changes_state = true,
                    .run = rest::answers([=](Call& call) { return sign_in.sign_out(call); })});
  return routes;
}

}  // namespace causeway::api::account
