#pragma once
// Who makes a request, signed, for the services behind a gateway: a JWT (ES256) that lives for a minute and is for one
// host. Whoever has the key set can verify it, without asking anybody. Thread-safe.
//
//   header   {"alg": "ES256", "kid": …, "typ": "causeway-identity+jwt"}
//   claims   iss    the public URL
//            sub    the user's id
//            aud    the host that was asked, as Forwarded::host: a service gives itself out for nobody at another
//            iat, exp
//            name   the account's
//            role   user or administrator
//            scope  of an access token: what it may be used for, separated by blanks; absent: a session

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/jwt/key.hpp"
#include "apiserver/rest/caller.hpp"
#include "base/clock.hpp"

namespace causeway::api::gateway {

inline constexpr std::string_view kIdentityType = "causeway-identity+jwt";
inline constexpr std::chrono::seconds kIdentityLife{60};

class Identities {
 public:
  // Without keys: nothing is signed.
  explicit Identities(std::vector<jwt::PrivateKey> keys = {});
  // Private keys in PEM. The first one signs, all are published: a new key comes second, and first when everybody has
  // had the time to fetch it. A folder stands for its files, in the order of their names; it may be empty.
  // kInvalidArgument: the file that has no P-256 key.
  static base::Result<Identities> read(const std::vector<std::filesystem::path>& paths);

  // "": there is no key. Who asks often gets the same one for some seconds: a gateway asks for every request, and
  // signing is most of the answer's work. It is good for three quarters of its life at least.
  std::string sign(const rest::Caller& caller, std::string_view issuer, std::string_view host,
                   base::WallTime now) const;

  const std::string& key_set() const { return key_set_; }  // RFC 7517, as JSON

 private:
  struct Given;

  std::vector<jwt::PrivateKey> keys_;
  std::string key_set_;
  std::shared_ptr<Given> given_;  // what was signed in the last seconds
};

}  // namespace causeway::api::gateway
