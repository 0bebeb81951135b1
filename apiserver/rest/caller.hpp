#pragma once
// Who makes a request, and who may.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/rest/problem.hpp"
#include "base/http.hpp"
#include "base/result.hpp"

namespace causeway::api::rest {

enum class Role { kVisitor, kUser, kAdministrator };

// What a caller proved itself with. A cookie is attached by browsers without being asked, the others are not.
enum class Proof { kNothing, kCookie, kAuthorization };

// What a session has to do before it is good for anything else.
enum class Due {
  kNothing,
  kSecondFactor,       // give the second factor that the account has: until then nobody is there
  kPassword,           // set a password: it began with an initial one
  kSecondFactorSetUp,  // set up a second factor: the platform wants one of this account, and there is none
};
// "", "second-factor", "password", "second-factor-set-up": as the API says it.
std::string_view to_string(Due due);

struct Caller {
  virtual ~Caller() = default;  // an authenticator's callers may say more of themselves
  Role role = Role::kVisitor;
  Proof proof = Proof::kNothing;
  std::string id;                   // opaque, of the user; "" of a visitor
  std::string name;                 // for people and logs
  std::string session;              // opaque, of the session or token
  bool all_scopes = true;           // a session may do all that its user may
  std::vector<std::string> scopes;  // of a token
  Due due = Due::kNothing;
};

bool has_scope(const Caller& caller, std::string_view scope);

// With what still due a route may be called all the same: only where it leads there, to another sign-in or out, or says
// who one is.
struct Before {
  bool second_factor = false, password = false, set_up = false;
  bool operator==(const Before&) const = default;
  constexpr bool allows(Due due) const {
    switch (due) {
      case Due::kSecondFactor:
        return second_factor;
      case Due::kPassword:
        return password;
      case Due::kSecondFactorSetUp:
        return set_up;
      case Due::kNothing:
        break;
    }
    return true;
  }
};
inline constexpr Before kBeforeAnything{true, true, true};

// Who may call a route.
struct Access {
  Role role = Role::kVisitor;
  std::string_view scope{};  // a token needs it ("repository:write"); "": tokens of any scope
  Before before{};
};

// Turns a request into its caller.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // Never null. A request without any proof is a visitor's, as is one with a cookie that has ended: browsers send it
  // without being asked. An Authorization header that is wrong is a Problem (401 with WWW-Authenticate). `answer` takes
  // fields for the answer (a cookie that is taken back).
  // Thread-safe; called once a request, on its worker.
  virtual base::Result<std::shared_ptr<const Caller>, Problem> authenticate(const base::HttpRequest& request,
                                                                            std::string_view client_address,
                                                                            base::Headers& answer) = 0;
};

// Everybody is a visitor: for a role without accounts.
std::unique_ptr<Authenticator> visitors_only();

// 401 or 403 of a caller who may not; nullopt otherwise.
std::optional<Problem> objection(const Caller& caller, const Access& access);

}  // namespace causeway::api::rest
