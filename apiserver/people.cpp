#include "apiserver/people.hpp"

#include <functional>
#include <mutex>
#include <thread>

#include "apiserver/account/accounts.hpp"
#include "apiserver/account/contact_routes.hpp"
#include "apiserver/account/farewell_routes.hpp"
#include "apiserver/account/hub_routes.hpp"
#include "apiserver/account/me_routes.hpp"
#include "apiserver/account/oauth_routes.hpp"
#include "apiserver/account/second_factor_routes.hpp"
#include "apiserver/account/sign_in_routes.hpp"
#include "apiserver/account/token_routes.hpp"
#include "apiserver/account/user_routes.hpp"
#include "apiserver/database/event_follower.hpp"
#include "apiserver/database/migrate.hpp"
#include "apiserver/gateway/forward_routes.hpp"
#include "apiserver/organisation/organisation_routes.hpp"
#include "apiserver/persistence/idempotency_store.hpp"
#include "apiserver/rest/cross_site.hpp"
#include "apiserver/session/authenticator.hpp"
#include "base/files.hpp"
#include "base/log.hpp"

namespace causeway::api {
namespace {

constexpr auto kTidyEvery = std::chrono::minutes(1);
constexpr auto kKeepEvents = std::chrono::hours(1);
constexpr base::Duration kFirstPause = std::chrono::milliseconds(200), kLongestPause = std::chrono::seconds(5);

// "https://causeway.example" → "causeway.example"
std::string site_of(const std::string& public_url) {
  const auto origin = rest::origin_of(public_url);
  return origin ? origin->substr(origin->find("://") + 3) : std::string("Causeway");
}

std::string line_of(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

struct People::Impl {
  Impl(const PeopleOptions& o, std::unique_ptr<session::Cache> cache, session::SessionCookie session,
       session::SessionCookie browser, std::unique_ptr<mail::Smtp> smtp, std::unique_ptr<account::CodeDelivery> d,
       const std::vector<oauth::Provider>& providers, gateway::Identities keys, account::SecretKeys secret_keys,
       std::unique_ptr<account::BreachedPasswords> breached_list, base::MetricsRegistry& metrics, const base::Clock& c)
      : options(o),
        clock(c),
        // How long the database may take is a matter of the machine's time, whatever time it is for people.
        pool(o.database, o.pool, metrics, base::system_clock()),
        listener(o.database, {}, metrics, base::system_clock()),
        events(pool, &listener),
        follower(events, listener),
        session_store(pool, events, o.lifetimes, o.limits.sessions),
        sessions(session_store, std::move(cache), follower, listener, c, metrics),
        tokens(pool, c, o.limits.tokens),
        idempotency(pool, c),
        codes(pool),
        attempts(pool),
        sign_in(providers, {.public_url = o.public_url}, attempts, c, metrics),
        identities(pool, sign_in.issuers()),
        accounts_store(pool, events),
        second_factors(pool, session_store, std::move(secret_keys)),
        organisations_store(pool, events, o.limits),
        invitations(pool, events, o.limits),
        repositories(pool),
        mail(std::move(smtp)),
        community(o.community, o.limits, pool, repositories, mail.get(), c, metrics),
        organisations{organisations_store, invitations, community.audit()},
        passwords(o.passwords, metrics),
        delivery(std::move(d)),
        session_cookie(std::move(session)),
        browser_cookie(std::move(browser)),
        breached(std::move(breached_list)),
        // One in a million is right, three times: 30 an hour, of who has the first factor, need a year for a chance of
        // a half.
        attempts_limit({{"password", 10, std::chrono::minutes(10)},
                        {"account", 50, std::chrono::minutes(10)},
                        {"second-factor", 10, std::chrono::minutes(10)},
                        {"second-factor-account", 30, std::chrono::hours(1)},
                        {"second-factor-told", 1, std::chrono::hours(24)}},
                       c),
        accounts{accounts_store,
                 codes,
                 *delivery,
                 passwords,
                 sessions,
                 tokens,
                 session_cookie,
                 browser_cookie,
                 attempts_limit,
                 community.audit(),
                 c,
                 o.default_country,
                 nullptr,
                 nullptr,
                 sign_in,
                 identities,
                 second_factors,
                 o.require_second_factor,
                 breached.get(),
                 site_of(o.public_url)},
        authenticator(sessions, tokens, session_cookie, o.require_second_factor),
        gateway{authenticator, sessions, session_cookie, c, o.trusted_proxies, o.public_url, std::move(keys)} {}

  // kUnavailable: to be tried again.
  base::Result<void> open() {
    auto migrated = database::migrate(options.database);
    if (!migrated) return migrated.error();
    return make_first_administrator();
  }

  base::Result<void> make_first_administrator() {
    const auto& folder = options.first_administrator;
    if (folder.empty() || !std::filesystem::exists(folder / "name")) return {};
    auto name = base::read_file(folder / "name"), password = base::read_file(folder / "password");
    if (!name) return name.error().wrap("the first administrator");
    if (!password) return password.error().wrap("the first administrator");
    const auto email = base::read_file(folder / "email");
    const auto secret = line_of(*password);
    const auto objection = account::objection_to(secret, {line_of(*name)}, breached.get());
    if (!objection) return objection.error().wrap("the first administrator");
    if (!objection->empty())
      return base::Error{base::ErrorCode::kInvalidArgument, "the first administrator's password: " + *objection};
    auto hash = passwords.hash(secret);
    if (!hash) return hash.error();
    const auto now = clock.wall();
    const auto until = now + options.initial_password_life;
    auto made =
        accounts_store.create_first({line_of(*name), email ? line_of(*email) : std::string(), *hash, until}, now);
    if (!made) return made.error().to_base().wrap("the first administrator");
    if (!*made) return renew_initial_password(line_of(*name), secret, *hash, until);
    base::log::info("made the first administrator",
                    {{"name", line_of(*name)}, {"password_until", base::format_time(until)}});
    return {};
  }

  // Until somebody has signed in, the Secret says what the password is: another one begins its time anew, the same one
  // does not.
  base::Result<void> renew_initial_password(const std::string& name, const std::string& secret, const std::string& hash,
                                            base::WallTime until) {
    const auto awaited = accounts_store.awaited(name);
    if (!awaited) return awaited.error().to_base().wrap("the first administrator");
    if (!*awaited) return {};
    const auto same = passwords.verify(secret, (*awaited)->password_hash);
    if (!same) return same.error();
    if (*same) {
      if (clock.wall() >= *(*awaited)->initial_until)
        base::log::warn("the first administrator's password has run out: put another one into the Secret, and restart",
                        {{"name", name}});
      return {};
    }
    const auto renewed = accounts_store.renew_initial(**awaited, hash, until);
    if (!renewed) return renewed.error().to_base().wrap("the first administrator");
    if (*renewed)
      base::log::info("renewed the first administrator's password",
                      {{"name", name}, {"password_until", base::format_time(until)}});
    return {};
  }

  void run(const std::stop_token& stop) {
    auto pause = kFirstPause;
    for (;;) {
      auto opened = open();
      if (opened) break;
      {
        const std::lock_guard lock(mutex);
        if (state != opened.error().message)
          base::log::warn("the database cannot be used yet", {{"error", opened.error().message}});
        state = opened.error().message;
      }
      if (!base::system_clock().sleep_for(pause, stop)) return;
      pause = std::min(2 * pause, kLongestPause);
    }
    listener.start();
    follower.start();
    community.start();
    {
      const std::lock_guard lock(mutex);
      state.clear();
    }
    while (clock.sleep_for(kTidyEvery, stop)) tidy();
  }

  void tidy() {
    const auto now = clock.wall();
    const auto log = [](const char* what, const auto& removed) {
      if (!removed) base::log::warn("what is over was not removed", {{"of", what}, {"error", removed.error().message}});
    };
    log("sessions", session_store.expire(now));
    log("codes", codes.expire(now));
    log("sign-ins with providers", attempts.expire(now));
    log("idempotency keys", idempotency.expire(now));
    log("events", events.expire(kKeepEvents));
    log("second factors that were begun", second_factors.expire(now));
    log("reservations of repositories", repositories.expire(now));
    community.tidy(now);
    const auto sealed = second_factors.reseal();
    if (!sealed) base::log::warn("secrets of second factors were not sealed anew", {{"error", sealed.error().message}});
    if (sealed && *sealed > 0)
      base::log::info("sealed secrets of second factors anew, with the first key", {{"secrets", *sealed}});
  }

  const PeopleOptions options;
  const base::Clock& clock;
  database::Pool pool;
  database::Listener listener;
  database::Events events;
  database::EventFollower follower;
  session::Store session_store;
  session::Sessions sessions;
  session::AccessTokens tokens;
  persistence::IdempotencyStore idempotency;
  account::CodeStore codes;
  oauth::AttemptStore attempts;
  oauth::SignIn sign_in;
  oauth::IdentityStore identities;
  account::AccountStore accounts_store;
  account::SecondFactorStore second_factors;
  organisation::OrganisationStore organisations_store;
  organisation::InvitationStore invitations;
  repository::RepositoryStore repositories;
  const std::unique_ptr<mail::Smtp> mail;  // null: none is sent
  Community community;
  organisation::Organisations organisations;
  account::PasswordHasher passwords;
  const std::unique_ptr<account::CodeDelivery> delivery;
  const session::SessionCookie session_cookie, browser_cookie;
  const std::unique_ptr<account::BreachedPasswords> breached;  // null: there is no list
  rest::RateLimiter attempts_limit;
  account::Accounts accounts;
  session::Authenticator authenticator;
  const gateway::Gateway gateway;

  std::mutex mutex;
  std::string state = "it is being opened";  // why the database cannot be used; "": it can
  std::jthread thread;
};

People::People(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

base::Result<std::unique_ptr<People>> People::make(const PeopleOptions& options, base::MetricsRegistry& metrics,
                                                   const base::Clock& clock) {
  const auto url = options.public_url.empty() ? std::string("http://localhost") : options.public_url;
  auto session = session::SessionCookie::for_url(url);
  if (!session) return session.error();
  auto browser = session::SessionCookie::for_url(url, "causeway-browser");
  if (!browser) return browser.error();
  // Where people come over https, others read the log than those who may be anybody.
  auto delivery = url.starts_with("https:") ? account::no_delivery() : account::log_delivery();
  if (options.delivery) {
    auto webhook = account::webhook_delivery(*options.delivery);
    if (!webhook) return webhook.error();
    delivery = std::move(*webhook);
  }
  std::unique_ptr<mail::Smtp> smtp;
  if (options.mail) {
    auto made = mail::Smtp::make(*options.mail, metrics, base::system_clock());
    if (!made) return made.error();
    smtp = std::move(*made);
    delivery = account::mail_delivery(*smtp, url, std::move(delivery));
  }
  std::unique_ptr<session::Cache> cache;
  if (options.session_cache) {
    auto made = session::RedisCache::make(*options.session_cache, base::system_clock(), metrics);
    if (!made) return made.error();
    cache = std::move(*made);
  }
  std::vector<oauth::Provider> providers;
  if (!options.oauth_providers.empty()) {
    auto read = oauth::read_providers(options.oauth_providers);
    if (!read) return read.error();
    providers = std::move(*read);
    if (!providers.empty() && options.public_url.empty())
      return base::Error{base::ErrorCode::kInvalidArgument, "providers lead back to the public URL, and there is none"};
  }
  auto identities = gateway::Identities::read(options.identity_keys);
  if (!identities) return identities.error();
  auto secret_keys = account::SecretKeys::read(options.second_factor_keys);
  if (!secret_keys) return secret_keys.error();
  std::unique_ptr<account::BreachedPasswords> breached;
  if (!options.breached_passwords.empty()) {
    auto opened = account::BreachedPasswords::open(options.breached_passwords);
    if (!opened) return opened.error();
    breached = std::move(*opened);
  }
  return std::unique_ptr<People>(new People(std::make_unique<Impl>(
      options, std::move(cache), std::move(*session), std::move(*browser), std::move(smtp), std::move(delivery),
      providers, std::move(*identities), std::move(*secret_keys), std::move(breached), metrics, clock)));
}

People::~People() {
  stop();
}

std::vector<rest::Route> People::routes(tenant::Keeper* tenants, tenant::HubAccess* hub) {
  impl_->accounts.hub = hub;
  impl_->accounts.tenants = impl_->organisations.tenants = tenants;
  std::vector<rest::Route> routes;
  for (auto part :
       {account::sign_in_routes, account::me_routes, account::token_routes, account::user_routes, account::oauth_routes,
        account::hub_routes, account::contact_routes, account::farewell_routes, account::second_factor_routes}) {
    auto more = part(impl_->accounts);
    std::move(more.begin(), more.end(), std::back_inserter(routes));
  }
  for (auto part : {organisation::organisation_routes, organisation::member_routes, organisation::invitation_routes}) {
    auto more = part(impl_->organisations);
    std::move(more.begin(), more.end(), std::back_inserter(routes));
  }
  auto more = gateway::forward_routes(impl_->gateway);
  std::move(more.begin(), more.end(), std::back_inserter(routes));
  return routes;
}

const Limits& People::limits() const {
  return impl_->options.limits;
}

bool People::second_factors() const {
  return impl_->second_factors.available();
}

database::Pool& People::pool() {
  return impl_->pool;
}

void People::on_event(std::function<void(const database::Event&)> seen) {
  impl_->follower.on_event(std::move(seen));
}

rest::Authenticator& People::authenticator() {
  return impl_->authenticator;
}

repository::RepositoryStore& People::repositories() {
  return impl_->repositories;
}

Community& People::community() {
  return impl_->community;
}

rest::IdempotencyStore& People::idempotency() {
  return impl_->idempotency;
}

void People::start() {
  impl_->thread = std::jthread([impl = impl_.get()](std::stop_token stop) { impl->run(stop); });
}

void People::stop() {
  impl_->thread.request_stop();
  if (impl_->thread.joinable()) impl_->thread.join();
  impl_->community.stop();
  impl_->follower.stop();
  impl_->listener.stop();
}

base::Result<void> People::ready() {
  {
    const std::lock_guard lock(impl_->mutex);
    // What it said is in the log: whoever may ask for /readyz need not know where the database is.
    if (!impl_->state.empty()) return base::Error{base::ErrorCode::kUnavailable, "the database cannot be used yet"};
  }
  if (auto ready = impl_->pool.ready(); !ready) {
    base::log::warn("the database does not answer", {{"error", ready.error().message}});
    return base::Error{base::ErrorCode::kUnavailable, "the database does not answer"};
  }
  return {};
}

}  // namespace causeway::api
