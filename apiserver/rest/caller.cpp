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

}  // namespace

bool has_scope(const Caller& caller, std::string_view scope) {
  return caller.all_scopes || std::find(caller.scopes.begin(), caller.scopes.end(), scope) != caller.scopes.end();
}

std::unique_ptr<Authenticator> visitors_only() {
  return std::make_unique<VisitorsOnly>();
}

std::optional<Problem> objection(const Caller& caller, const Access& access) {
  if (caller.needs_password && !access.before_password)
    return Problem(kPasswordNeeded,
                   "you signed in with an initial password, which is good for nothing else: set one of your own, "
                   "PUT /api/v1/me/password");
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
