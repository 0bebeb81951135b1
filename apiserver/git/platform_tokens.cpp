#include "apiserver/git/platform_tokens.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "apiserver/git/basic.hpp"
#include "base/encoding.hpp"

namespace causeway::api::git {
namespace {

namespace json = boost::json;

// Three parts in base64url (RFC 7515, 7.1); nothing of it is read here.
bool looks_like_a_token(std::string_view text) {
  return text.size() <= kLongestToken && std::count(text.begin(), text.end(), '.') == 2 &&
         text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") ==
             std::string_view::npos;
}

// What a token for this audience reads: "owner/name", "" for all; nullopt: it is none of ours.
std::optional<std::string> repository_of(std::string_view audience) {
  if (!audience.starts_with(kAudience)) return std::nullopt;
  audience.remove_prefix(kAudience.size());
  if (audience.empty()) return std::string();
  if (audience.front() != '/' || audience.size() > 256) return std::nullopt;
  audience.remove_prefix(1);
  const auto slash = audience.find('/');
  if (slash == 0 || slash == std::string_view::npos || slash + 1 == audience.size()) return std::nullopt;
  if (audience.find('/', slash + 1) != std::string_view::npos) return std::nullopt;
  return std::string(audience);
}

base::Error unavailable(const std::string& why) {
  return {base::ErrorCode::kUnavailable, "whose a token is cannot be found out: " + why};
}

}  // namespace

PlatformTokens::PlatformTokens(PlatformTokenOptions options, const base::Clock& clock)
    : options_(std::move(options)), clock_(clock) {
  if (!options_.reviews.empty()) reviews_.emplace(base::HttpClientOptions{.base_url = options_.reviews});
}

base::Result<std::optional<PlatformReader>> PlatformTokens::authenticate(std::string_view authorization) {
  const std::optional<PlatformReader> nobody;
  if (!reviews_) return nobody;
  const auto basic = parse_basic(authorization);
  if (!basic || !looks_like_a_token(basic->password)) return nobody;
  auto repository = repository_of(basic->user);
  if (!repository) return nobody;
  auto account = account_of(basic->password, basic->user);
  if (!account) return account.error();
  const auto& expected = repository->empty() ? options_.reader_accounts : options_.build_accounts;
  if (account->empty() || std::find(expected.begin(), expected.end(), *account) == expected.end()) return nobody;
  return std::optional(PlatformReader{std::move(*account), std::move(*repository)});
}

base::Result<std::string> PlatformTokens::account_of(const std::string& token, const std::string& audience) {
  const auto key = base::sha256(token + ' ' + audience);
  const auto now = clock_.steady();
  {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(key);
    if (found != known_.end() && found->second.until > now) return found->second.account;
  }
  base::HttpRequest request;
  request.method = "POST";
  request.target = "/";
  request.headers.set("Content-Type", "application/json");
  request.body = json::serialize(json::object{{"token", token}, {"audience", audience}});
  const auto answer = reviews_->call(request, {.timeout = std::chrono::seconds(10)});
  if (!answer) return unavailable(answer.error().message);
  if (answer->status != 200) return unavailable(answer->body);
  json::error_code error;
  const auto value = json::parse(answer->body, error);
  const auto* account = !error && value.is_object() ? value.get_object().if_contains("account") : nullptr;
  if (!account || !account->is_string()) return unavailable("the answer has no account");
  std::string name(account->get_string());
  const std::lock_guard lock(mutex_);
  if (known_.size() >= kRemembered) {
    std::erase_if(known_, [&](const auto& entry) { return entry.second.until <= now; });
    if (known_.size() >= kRemembered) known_.clear();
  }
  known_[key] = {name, now + kRememberedFor};
  return name;
}

}  // namespace causeway::api::git
