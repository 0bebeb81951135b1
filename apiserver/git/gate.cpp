#include "apiserver/git/gate.hpp"

#include <algorithm>

#include "apiserver/rest/client_address.hpp"

namespace causeway::api::git {

using repository::Right;

namespace {

constexpr int kWrongProofs = 30;  // a minute, of one address; a build that was given a wrong password tries a few times

Refusal unavailable(const base::Error& error) {
  return {503, "who may do what cannot be found out right now: try again", error.message, 2};
}

Refusal scope_missing(const char* scope) {
  return {403, std::string("the access token was not made for this: it needs the scope ") + scope};
}

}  // namespace

repository::Viewer Caller::viewer() const {
  if (platform) return {0, true};
  return person ? person->viewer : repository::Viewer{};
}

Gate::Gate(const std::filesystem::path& data, const std::filesystem::path& credentials_file,
           const PlatformTokenOptions& tokens, Access* access, const base::Clock& clock)
    : repositories_(data),
      tokens_(tokens, clock),
      failures_({{"proof", kWrongProofs, std::chrono::minutes(1)}}, clock),
      access_(access) {
  if (!credentials_file.empty()) credentials_.use(credentials_file, clock);
}

base::Result<Caller, Refusal> Gate::caller(const base::HttpRequest& request, const std::string& address) {
  const auto authorization = request.headers.get("Authorization");
  if (!authorization) return Caller{};
  const auto who = rest::rate_key(address);
  if (!failures_.allows(0, who))
    return Refusal{
        .status = 429, .message = "too many wrong passwords came from this address: wait", .retry_after = 10};
  if (const auto proven = credentials_.authenticate(*authorization)) return Caller{*proven, true, {}, {}};
  auto reader = tokens_.authenticate(*authorization);
  if (!reader) return unavailable(reader.error());
  if (*reader) return Caller{(*reader)->account, false, std::move((*reader)->repository), {}};
  if (access_) {
    auto person = access_->person(*authorization, address);
    if (!person) return unavailable(person.error());
    if (*person) {
      const std::string name = (*person)->name;
      return Caller{name, false, {}, std::move(*person)};
    }
  }
  (void)failures_.take(0, who);
  return Refusal{401, "wrong user or password; people give an access token as password"};
}

base::Result<Pass, Refusal> Gate::enter(const Caller& caller, const std::string& owner, const std::string& name) {
  const auto found = repositories_.find(owner, name);
  if (!found) return Refusal{500, "the repository cannot be read now", found.error().message};
  Pass pass{owner + "/" + name, {}, Right::kNone, {}};
  const std::string nothing = "there is no repository " + pass.path;
  // A visitor may see neither what is not there nor what is private.
  if (!*found) {
    if (caller.name.empty() && (access_ || tokens_.configured())) return Refusal{401, nothing + ", or it needs a user"};
    return Refusal{404, nothing};
  }
  pass.repository = std::move(**found);
  // A visitor's right is on the disk: what is public can be cloned while the database is away.
  pass.right = caller.platform ? Right::kAdmin : pass.repository.is_private ? Right::kNone : Right::kRead;
  if (caller.reads && (caller.reads->empty() || *caller.reads == pass.path))
    pass.right = std::max(pass.right, Right::kRead);
  // Nor is what is taken down public, or built. While the database is away, it was not.
  if (access_ && !caller.platform && pass.right >= Right::kRead) {
    if (const auto disabled = access_->disabled(owner); disabled && *disabled) pass.right = Right::kNone;
  }
  if (caller.person && access_) {
    auto record = access_->find(pass.path, caller.person->viewer);
    if (!record) return unavailable(record.error());
    if (*record) pass.right = std::max(pass.right, (*record)->right);
    pass.record = std::move(*record);
  }
  if (pass.right < Right::kRead) {
    if (caller.name.empty() && (access_ || credentials_.configured() || tokens_.configured()))
      return Refusal{401, nothing + ", or it needs a user"};
    return Refusal{404, nothing};
  }
  if (caller.person && !caller.person->reads && pass.repository.is_private) return scope_missing("repository:read");
  return pass;
}

base::Result<void, Refusal> Gate::may_write(const Caller& caller, const Pass& pass) const {
  if (pass.right < Right::kWrite) {
    if (!caller.name.empty()) return Refusal{403, caller.name + " may read " + pass.path + ", and not push to it"};
    if (access_ || credentials_.configured() || tokens_.configured()) return Refusal{401, "pushing needs a user"};
    return Refusal{403, "pushing is switched off: this server has no credentials file"};
  }
  if (caller.person && !caller.person->writes) return scope_missing("repository:write");
  if (pass.repository.archived) return Refusal{403, pass.path + " is archived: it can be read, not pushed to"};
  return {};
}

base::Result<std::vector<repository::BranchRefusal>, Refusal> Gate::branch_refusals(const Caller& caller,
                                                                                    const Pass& pass) {
  if (caller.platform || !access_ || !pass.record) return std::vector<repository::BranchRefusal>();
  auto refusals = access_->branch_refusals(*pass.record, pass.right);
  if (!refusals) return unavailable(refusals.error());
  return std::move(*refusals);
}

}  // namespace causeway::api::git
