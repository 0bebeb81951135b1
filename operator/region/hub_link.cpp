#include "operator/region/hub_link.hpp"

#include <boost/json.hpp>

#include "base/encoding.hpp"

namespace causeway::op::region {

base::Result<HubAddress> HubAddress::parse(const kube::Object& secret) {
  HubAddress a;
  std::string missing;
  const auto take = [&](std::string_view key, std::string& into, bool required) {
    if (auto v = kube::secret_value(secret, key); v && !v->empty())
      into = *v;
    else if (required)
      missing += (missing.empty() ? "" : ", ") + std::string(key);
  };
  take("url", a.url, true);
  take("ca", a.ca_pem, true);
  take("token", a.token, true);
  take("namespace", a.ns, true);
  take("cluster", a.cluster, false);
  take("region", a.region, false);
  if (!missing.empty()) {
    return base::Error{base::ErrorCode::kInvalidArgument, "Secret " + kube::key_of(secret).to_string() + " lacks " +
                                                              missing +
                                                              "; the hub writes it when it bootstraps this region"};
  }
  return a;
}

base::Result<std::string> HubToken::token() {
  std::lock_guard lock(mutex_);
  return token_;
}

void HubToken::replace(std::string token) {
  std::lock_guard lock(mutex_);
  token_ = std::move(token);
}

std::optional<kube::Object> token_claims(std::string_view jwt) {
  const auto first = jwt.find('.');
  const auto second = first == jwt.npos ? jwt.npos : jwt.find('.', first + 1);
  if (second == jwt.npos) return {};
  const auto claims = base::base64url_decode(jwt.substr(first + 1, second - first - 1));
  if (!claims) return {};
  boost::json::error_code ec;
  auto value = boost::json::parse(*claims, ec);
  if (ec || !value.is_object()) return {};
  return std::move(value.get_object());
}

std::optional<TokenLife> token_life(std::string_view jwt) {
  const auto claims = token_claims(jwt);
  if (!claims) return {};
  const auto issued = kube::int_at(*claims, "iat");
  const auto expires = kube::int_at(*claims, "exp");
  if (issued <= 0 || expires <= issued) return {};
  return TokenLife{base::WallTime(std::chrono::seconds(issued)), base::WallTime(std::chrono::seconds(expires))};
}

base::WallTime renewal_time(const TokenLife& life) {
  return life.issued + (life.expires - life.issued) / 2;
}

}  // namespace causeway::op::region
