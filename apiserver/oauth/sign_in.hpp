#pragma once
// Signing in with another provider, from the button to the person.
//
//   GET /oauth/<provider>           → begin(): the browser is redirected to the provider
//   GET /oauth/<provider>/callback  → finish(): who it is, and where the browser wanted to go
//
// Both block while the provider is asked, 20 s at most, and at most `talks` at a time per provider: one that is slow
// does not hold all workers. Thread-safe.

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/oauth/attempt_store.hpp"
#include "apiserver/oauth/callback.hpp"
#include "apiserver/oauth/provider.hpp"
#include "apiserver/oauth/provider_client.hpp"
#include "base/metrics.hpp"

namespace causeway::api::oauth {

struct SignInOptions {
  std::string public_url;  // as for session::SessionCookie: https, or http on this machine
  HttpLimits limits;
  int talks = 8;
};

class SignIn {
 public:
  // All must outlive this.
  SignIn(const std::vector<Provider>& providers, SignInOptions options, AttemptStore& attempts,
         const base::Clock& clock, base::MetricsRegistry& metrics);
  ~SignIn();

  // What the sign-in page shows, in the order of the configuration.
  struct Button {
    std::string name, display_name;
    Kind kind;
  };
  const std::vector<Button>& buttons() const { return buttons_; }
  std::vector<std::string> issuers() const;  // for IdentityStore

  struct Request {
    std::string provider;
    std::string browser;               // a secret that the browser has, and keeps until it comes back
    std::string return_to = "/";       // is_local_path()
    std::optional<std::int64_t> user;  // who wants to link an identity to their account; nullopt: who signs in
  };
  // The URL to redirect to.
  Outcome<std::string> begin(const Request& request);

  struct Finished {
    Identity identity;
    std::string return_to;
    // Who began it to link an identity. Whoever calls makes sure that they still are the one signed in.
    std::optional<std::int64_t> user;
  };
  // A failure's `return_to` is that of the attempt, once it was found.
  Outcome<Finished> finish(const std::string& provider, const std::string& browser, const Callback& callback);

  std::string redirect_uri(std::string_view provider) const;  // to be registered with the provider

 private:
  struct Entry;
  class Talk;
  Entry* entry(const std::string& name);
  Outcome<Finished> finish_attempt(Entry& entry, const AttemptStore::Taken& attempt, const Callback& callback);
  void count(const std::string& provider, std::string_view result);

  const SignInOptions options_;
  AttemptStore& attempts_;
  const base::Clock& clock_;
  base::MetricsRegistry& metrics_;
  std::map<std::string, std::unique_ptr<Entry>> entries_;
  std::vector<Button> buttons_;
};

}  // namespace causeway::api::oauth
