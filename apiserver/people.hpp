#pragma once
// What is in the database, put together: people, their sessions and repositories, and what tidies up behind them.

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/account/delivery.hpp"
#include "apiserver/account/password.hpp"
#include "apiserver/community.hpp"
#include "apiserver/database/events.hpp"
#include "apiserver/database/pool.hpp"
#include "apiserver/limits.hpp"
#include "apiserver/repository/repository_store.hpp"
#include "apiserver/rest/caller.hpp"
#include "apiserver/rest/client_address.hpp"
#include "apiserver/rest/idempotency.hpp"
#include "apiserver/rest/route.hpp"
#include "apiserver/session/due.hpp"
#include "apiserver/session/lifetime.hpp"
#include "apiserver/session/redis_cache.hpp"
#include "apiserver/tenant/hub_access.hpp"
#include "apiserver/tenant/keeper.hpp"

namespace causeway::api {

struct PeopleOptions {
  database::ConnectionSettings database;
  database::PoolOptions pool;
  session::Lifetimes lifetimes;
  std::optional<session::RedisCacheOptions> session_cache;  // nullopt: in this process
  std::string public_url;                                   // the cookies follow it
  std::optional<account::WebhookDeliveryOptions> delivery;  // nullopt: into the log, on one machine
  std::optional<mail::SmtpOptions> mail;                    // for codes and notifications; nullopt: none is sent
  account::PasswordHasher::Options passwords;
  Limits limits;
  std::string default_country;  // of telephone numbers without one
  CommunityOptions community;
  // A folder with `name`, `password` and perhaps `email`: who administers a platform that nobody administers yet.
  std::filesystem::path first_administrator;
  std::chrono::hours initial_password_life{72};      // that password's, if nobody signs in and sets another
  std::filesystem::path oauth_providers;             // the file of providers that people can sign in with; "": none
  std::vector<std::filesystem::path> identity_keys;  // of what gateways are told; none: nothing is signed
  rest::TrustedProxies trusted_proxies;              // the gateways
  std::vector<std::filesystem::path> second_factor_keys;  // of their secrets; none: nobody can set one up
  session::Require require_second_factor = session::Require::kNobody;
  std::filesystem::path breached_passwords;  // their SHA-1 hashes, in order; "": there is no list
};

// Thread-safe.
class People {
 public:
  // Opens nothing yet. kInvalidArgument: an option is not valid.
  static base::Result<std::unique_ptr<People>> make(const PeopleOptions& options, base::MetricsRegistry& metrics,
                                                    const base::Clock& clock);
  ~People();  // stop()

  // Both null where there is no cluster.
  std::vector<rest::Route> routes(tenant::Keeper* tenants, tenant::HubAccess* hub);
  rest::Authenticator& authenticator();
  rest::IdempotencyStore& idempotency();
  repository::RepositoryStore& repositories();
  Community& community();
  database::Pool& pool();
  const Limits& limits() const;
  // Whether second factors can be set up: there is a key.
  bool second_factors() const;
  // Before start().
  void on_event(std::function<void(const database::Event&)> seen);

  // Brings the database to this binary's schema, as soon as it is there, and follows its events; in the background.
  void start();
  void stop();
  // Whether requests can be served: the schema is there, and the database answers.
  base::Result<void> ready();

 private:
  struct Impl;
  explicit People(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::api
