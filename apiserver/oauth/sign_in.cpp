#include "apiserver/oauth/sign_in.hpp"

#include "apiserver/oauth/return_path.hpp"
#include "base/log.hpp"

namespace causeway::api::oauth {
namespace {

Failure database_failure(const database::Error& error) {
  return {FailureKind::kDatabase, error.message};
}

// RFC 6749, 4.1.2.1, and OpenID Connect Core, 3.1.2.6
FailureKind kind_of(std::string_view error) {
  for (const auto* denied :
       {"access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required"})
    if (error == denied) return FailureKind::kDenied;
  if (error == "server_error" || error == "temporarily_unavailable") return FailureKind::kUnavailable;
  return FailureKind::kMisconfigured;
}

}  // namespace

struct SignIn::Entry {
  Provider provider;
  std::unique_ptr<ProviderClient> client;
  std::atomic<int> talks{0};
};

// One of the few that may talk with a provider at a time, while it lives.
class SignIn::Talk {
 public:
  Talk(Entry& entry, int most) : entry_(entry), allowed_(entry.talks.fetch_add(1) < most) {}
  ~Talk() { entry_.talks.fetch_sub(1); }
  Talk(const Talk&) = delete;
  Talk& operator=(const Talk&) = delete;
  bool allowed() const { return allowed_; }

 private:
  Entry& entry_;
  const bool allowed_;
};

SignIn::SignIn(const std::vector<Provider>& providers, SignInOptions options, AttemptStore& attempts,
               const base::Clock& clock, base::MetricsRegistry& metrics)
    : options_(std::move(options)), attempts_(attempts), clock_(clock), metrics_(metrics) {
  for (const auto& provider : providers) {
    auto made = std::make_unique<Entry>();
    made->provider = provider;
    made->client = make_provider_client(provider, options_.limits, clock);
    entries_[provider.name] = std::move(made);
    buttons_.push_back({provider.name, provider.display_name, provider.kind});
  }
}

SignIn::~SignIn() = default;

SignIn::Entry* SignIn::entry(const std::string& name) {
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : found->second.get();
}

std::vector<std::string> SignIn::issuers() const {
  std::vector<std::string> all;
  for (const auto& [name, entry] : entries_) all.push_back(entry->client->issuer());
  return all;
}

std::string SignIn::redirect_uri(std::string_view provider) const {
  auto url = options_.public_url;
  while (url.ends_with('/')) url.pop_back();
  return url + "/oauth/" + std::string(provider) + "/callback";
}

void SignIn::count(const std::string& provider, std::string_view result) {
  metrics_
      .counter("causeway_oauth_sign_ins_total", "Sign-ins with other providers that came back, or could not begin",
               {{"provider", provider}, {"result", std::string(result)}})
      .add();
}

Outcome<std::string> SignIn::begin(const Request& request) {
  auto* at = entry(request.provider);
  if (!at) return Failure{FailureKind::kNoProvider, "no provider " + excerpt(request.provider)};
  const auto failed = [&](Failure failure) {
    failure.provider = at->provider.display_name;
    failure.return_to = failure.kind == FailureKind::kBadReturn ? "" : request.return_to;
    base::log::warn("a sign-in could not begin",
                    {{"provider", request.provider}, {"reason", to_string(failure.kind)}, {"error", failure.message}});
    count(request.provider, to_string(failure.kind));
    return failure;
  };
  if (!is_local_path(request.return_to))
    return failed({FailureKind::kBadReturn, excerpt(request.return_to) + " is no path of this site"});
  const Talk talk(*at, options_.talks);
  if (!talk.allowed()) return failed({FailureKind::kBusy, "too many are talking with it"});

  const auto attempt = make_attempt();
  auto url = at->client->authorization_url(attempt, redirect_uri(request.provider), Budget(options_.limits.all));
  if (!url) return failed(url.error());
  const auto kept =
      attempts_.begin({request.provider, request.browser, request.user, request.return_to}, attempt, clock_.wall());
  if (!kept) return failed(database_failure(kept.error()));
  return url;
}

Outcome<SignIn::Finished> SignIn::finish(const std::string& provider, const std::string& browser,
                                         const Callback& callback) {
  auto* at = entry(provider);
  if (!at) return Failure{FailureKind::kNoProvider, "no provider " + excerpt(provider)};
  auto outcome = [&]() -> Outcome<Finished> {
    if (callback.state.empty()) return Failure{FailureKind::kNoAttempt, "the redirect is without a state"};
    const auto attempt = attempts_.take(callback.state, provider, browser, clock_.wall());
    if (!attempt) return database_failure(attempt.error());
    if (attempt->verdict != AttemptStore::Verdict::kRight)
      return Failure{FailureKind::kNoAttempt, std::string(to_string(attempt->verdict))};
    auto finished = finish_attempt(*at, *attempt, callback);
    if (finished) return finished;
    auto failure = finished.error();
    failure.return_to = attempt->return_to;
    return failure;
  }();
  if (outcome) {
    count(provider, "signed-in");
    return outcome;
  }
  auto failure = outcome.error();
  failure.provider = at->provider.display_name;
  base::log::warn("a sign-in failed",
                  {{"provider", provider}, {"reason", to_string(failure.kind)}, {"error", failure.message}});
  count(provider, to_string(failure.kind));
  return failure;
}

Outcome<SignIn::Finished> SignIn::finish_attempt(Entry& at, const AttemptStore::Taken& attempt,
                                                 const Callback& callback) {
  const Talk talk(at, options_.talks);
  if (!talk.allowed()) return Failure{FailureKind::kBusy, "too many are talking with it"};
  const Budget budget(options_.limits.all);
  // Errors too are believed only of the provider that was asked (RFC 9207, 2.4).
  if (auto checked = at.client->check_issuer(callback.iss, budget); !checked) return checked.error();
  if (!callback.error.empty())
    return Failure{kind_of(callback.error),
                   "the redirect says " + excerpt(callback.error) + ": " + excerpt(callback.error_description)};
  if (callback.code.empty()) return Failure{FailureKind::kBadAnswer, "the redirect has neither a code nor an error"};
  auto identity =
      at.client->identify({callback.code, attempt.verifier, attempt.nonce, redirect_uri(at.provider.name)}, budget);
  if (!identity) return identity.error();
  return Finished{std::move(*identity), attempt.return_to, attempt.user};
}

}  // namespace causeway::api::oauth
