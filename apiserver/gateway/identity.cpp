#include "apiserver/gateway/identity.hpp"

#include <boost/json/serialize.hpp>
#include <mutex>
#include <unordered_map>

#include "apiserver/jwt/token.hpp"
#include "base/files.hpp"
#include "base/mounted_files.hpp"

namespace causeway::api::gateway {

namespace json = boost::json;

struct Identities::Given {
  struct Token {
    std::string text;
    std::int64_t at = 0;  // seconds since the epoch
  };
  static constexpr std::size_t kMost = 10'000;
  std::mutex mutex;
  std::unordered_map<std::string, Token> tokens;  // by mutex; by all that they say but the time
};

Identities::Identities(std::vector<jwt::PrivateKey> keys) : keys_(std::move(keys)), given_(std::make_shared<Given>()) {
  json::array all;
  for (const auto& key : keys_) {
    auto jwk = key.public_key().to_jwk();
    jwk["kid"] = key.public_key().thumbprint();
    jwk["alg"] = "ES256";
    jwk["use"] = "sig";
    all.push_back(std::move(jwk));
  }
  key_set_ = json::serialize(json::object{{"keys", std::move(all)}});
}

base::Result<Identities> Identities::read(const std::vector<std::filesystem::path>& paths) {
  std::vector<jwt::PrivateKey> keys;
  for (const auto& file : base::mounted_files(paths)) {
    auto pem = base::read_file(file);
    if (!pem) return pem.error().wrap("the key of identities");
    auto key = jwt::PrivateKey::from_pem(*pem);
    if (!key) return key.error().wrap("the key of identities in " + file.string());
    if (key->algorithm() != jwt::Algorithm::kEs256)
      return base::Error{base::ErrorCode::kInvalidArgument,
                         "the key of identities in " + file.string() +
                             " has to be of the curve P-256: openssl ecparam -name prime256v1 -genkey -noout"};
    keys.push_back(std::move(*key));
  }
  return Identities(std::move(keys));
}

std::string Identities::sign(const rest::Caller& caller, std::string_view issuer, std::string_view host,
                             base::WallTime now) const {
  if (keys_.empty()) return {};
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  json::object claims{{"iss", issuer},
                      {"sub", caller.id},
                      {"aud", host},
                      {"name", caller.name},
                      {"role", caller.role == rest::Role::kAdministrator ? "administrator" : "user"}};
  if (!caller.all_scopes) {
    std::string scopes;
    for (const auto& scope : caller.scopes) scopes.append(scopes.empty() ? "" : " ").append(scope);
    claims["scope"] = std::move(scopes);
  }
  const auto who = json::serialize(claims);
  {
    const std::lock_guard lock(given_->mutex);
    const auto found = given_->tokens.find(who);
    if (found != given_->tokens.end() && seconds >= found->second.at &&
        seconds - found->second.at <= kIdentityLife.count() / 4)
      return found->second.text;
  }
  claims["iat"] = seconds;
  claims["exp"] = seconds + kIdentityLife.count();
  auto token = jwt::sign(claims, keys_.front(), {.type = std::string(kIdentityType)});
  const std::lock_guard lock(given_->mutex);
  if (given_->tokens.size() >= Given::kMost) given_->tokens.clear();
  given_->tokens.insert_or_assign(who, Given::Token{token, seconds});
  return token;
}

}  // namespace causeway::api::gateway
