#include "apiserver/rest/caller.hpp"

#include <algorithm>

namespace causeway::api::rest {
namespace {

class VisitorsOnly final : public Authenticator {
 public:
  base::Result<std::shared_ptr<const Caller>, Problem> authenticate(const base::HttpRequest&, std::string_view,
                                                                    base::Headers&) override {
    return visitor_;
  }

 private:
  const std::shared_ptr<const Caller> visitor_ = std::make_shared<Caller>();
};

Problem problem_of(Due due) {
  switch (due) {
    case Due::kSecondFactor:
      return {kSecondFactorNeeded, "your sign-in is not complete: give your second factor, POST /second_factor"};
    case Due::kSecondFactorSetUp:
      return {kSecondFactorSetUpNeeded,
              "your account has to have a second factor: set one up, POST /api/v1/me/second-factor"};
    case Due::kPassword:
    case Due::kNothing:
      break;
  }
  return {kPasswordNeeded,
          "you signed in with an initial password, which is good for nothing else: set one of your own, "
          "PUT /api/v1/me/password"};
}

}  // namespace

bool has_scope(const Caller& caller, std::string_view scope) {
  return caller.all_scopes || std::find(caller.scopes.begin(), caller.scopes.end(), scope) != caller.scopes.end();
}

std::unique_ptr<Authenticator> visitors_only() {
  return std::make_unique<VisitorsOnly>();
}

std::string_view to_string(Due due) {
  switch (due) {
    case Due::kNothing:
      break;
    case Due::kSecondFactor:
      return "second-factor";
    case Due::kPassword:
      return "password";
    case Due::kSecondFactorSetUp:
      return "second-factor-set-up";
  }
  return "";
}

std::optional<Problem> objection(const Caller& caller, const Access& access) {
  if (!access.before.allows(caller.due)) return problem_of(caller.due);
  if (caller.role < access.role) {
    if (caller.role == Role::kVisitor)
      return Problem(kUnauthenticated, "this needs a signed-in user").with("WWW-Authenticate", "Bearer");
    return Problem(kForbidden, "this is for administrators");
  }
  if (!access.scope.empty() && !has_scope(caller, access.scope))
    return Problem(kScopeMissing, "the token lacks the scope \"" + std::string(access.scope) + "\"");
  return std::nullopt;
}

}  // namespace causeway::api::rest
