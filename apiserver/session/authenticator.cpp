#include "apiserver/session/authenticator.hpp"

#include "apiserver/persistence/problem.hpp"
#include "apiserver/session/signed_in.hpp"
#include "base/encoding.hpp"

namespace causeway::api::session {
namespace {

using rest::Problem;
using Outcome = base::Result<std::shared_ptr<const rest::Caller>, Problem>;

std::shared_ptr<const rest::Caller> visitor() {
  static const auto kVisitor = std::make_shared<const rest::Caller>();
  return kVisitor;
}

std::shared_ptr<SignedIn> caller_of(const Person& person, rest::Proof proof) {
  auto caller = std::make_shared<SignedIn>();
  caller->role = person.administrator ? rest::Role::kAdministrator : rest::Role::kUser;
  caller->proof = proof;
  caller->id = std::to_string(person.id);
  caller->name = person.name;
  caller->person = person;
  return caller;
}

// "scheme rest", the scheme in any case.
std::optional<std::string_view> after_scheme(std::string_view header, std::string_view scheme) {
  if (header.size() <= scheme.size() || header[scheme.size()] != ' ') return std::nullopt;
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    if ((header[i] | 0x20) != scheme[i]) return std::nullopt;
  }
  header.remove_prefix(scheme.size());
  header.remove_prefix(std::min(header.find_first_not_of(' '), header.size()));
  return header;
}

}  // namespace

std::optional<std::string> token_of(std::string_view authorization) {
  if (const auto token = after_scheme(authorization, "bearer")) return std::string(*token);
  const auto encoded = after_scheme(authorization, "basic");
  if (!encoded) return std::nullopt;
  const auto decoded = base::base64_decode(*encoded);
  if (!decoded) return std::nullopt;
  const auto colon = decoded->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return decoded->substr(colon + 1);
}

Outcome Authenticator::authenticate(const base::HttpRequest& request, std::string_view client_address,
                                    base::Headers& answer) {
  if (const auto header = request.headers.get("Authorization")) return by_header(*header, client_address);
  const auto token = cookie_.read(request.headers);
  if (!token) return visitor();
  auto found = sessions_.authenticate(*token, std::string(client_address));
  if (!found) return persistence::problem_of(found.error());
  if (!*found) {
    answer.add("Set-Cookie", cookie_.clear());
    return visitor();
  }
  const auto& session = (*found)->session;
  auto caller = caller_of(session.person, rest::Proof::kCookie);
  caller->session = "s" + std::to_string(session.id);
  caller->session_id = session.id;
  caller->authenticated_at = session.authenticated_at;
  caller->renewal_due = (*found)->renewal_due;
  caller->due = due_in(session, require_);
  return std::shared_ptr<const rest::Caller>(std::move(caller));
}

Outcome Authenticator::by_header(std::string_view header, std::string_view client_address) {
  const auto refused = [](std::string why) {
    return Problem(rest::kUnauthenticated, std::move(why)).with("WWW-Authenticate", "Bearer realm=\"causeway\"");
  };
  const auto token = token_of(header);
  if (!token) return refused("the Authorization header has to be Bearer or Basic, with an access token");
  auto found = tokens_.authenticate(*token, std::string(client_address));
  if (!found) return persistence::problem_of(found.error());
  if (!*found) return refused("the access token is not valid, or not any more");
  auto caller = caller_of((*found)->person, rest::Proof::kAuthorization);
  caller->session = "t" + std::to_string((*found)->id);
  caller->all_scopes = false;
  caller->scopes = (*found)->scopes;
  return std::shared_ptr<const rest::Caller>(std::move(caller));
}

}  // namespace causeway::api::session
