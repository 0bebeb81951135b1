#include "apiserver/jwt/claims.hpp"

#include <algorithm>
#include <cmath>

#include "apiserver/jwt/strict_json.hpp"

namespace causeway::api::jwt {
namespace {

constexpr double kYear10000 = 253'402'300'800;
constexpr double kLatest = 9'000'000'000;  // in the year 2255; WallTime ends soon after

base::Error wrong(std::string message) {
  return {base::ErrorCode::kPermission, std::move(message)};
}

}  // namespace

std::optional<std::vector<std::string>> audiences(const json::object& claims) {
  const auto* aud = claims.if_contains("aud");
  if (!aud) return std::nullopt;
  if (aud->is_string()) return std::vector<std::string>{std::string(text_member(claims, "aud"))};
  if (!aud->is_array()) return std::nullopt;
  std::vector<std::string> all;
  for (const auto& item : aud->get_array()) {
    if (!item.is_string()) return std::nullopt;
    all.emplace_back(item.get_string().data(), item.get_string().size());
  }
  return all;
}

std::optional<base::WallTime> time_member(const json::object& claims, std::string_view name) {
  const auto* member = claims.if_contains(json::string_view(name.data(), name.size()));
  if (!member || !member->is_number()) return std::nullopt;
  boost::system::error_code error;
  const auto seconds = member->to_number<double>(error);
  if (error || !std::isfinite(seconds) || seconds < 0 || seconds >= kYear10000) return std::nullopt;
  return base::WallTime(std::chrono::seconds(static_cast<std::int64_t>(std::min(seconds, kLatest))));
}

base::Result<void> check_claims(const json::object& claims, const Expected& expected, base::WallTime now) {
  const auto skew = std::chrono::duration_cast<base::WallTime::duration>(expected.skew);
  if (text_member(claims, "iss") != expected.issuer) return wrong("\"iss\" is not " + expected.issuer);
  const auto aud = audiences(claims);
  if (!aud || std::ranges::find(*aud, expected.audience) == aud->end())
    return wrong("\"aud\" does not name " + expected.audience);
  const auto exp = time_member(claims, "exp"), iat = time_member(claims, "iat");
  if (!exp) return wrong("\"exp\" is missing or no time");
  if (!iat) return wrong("\"iat\" is missing or no time");
  if (now - skew >= *exp) return wrong("\"exp\" is past: it has expired");
  if (*iat > now + skew) return wrong("\"iat\" is in the future: the clocks differ");
  if (claims.contains("nbf")) {
    const auto nbf = time_member(claims, "nbf");
    if (!nbf) return wrong("\"nbf\" is no time");
    if (*nbf > now + skew) return wrong("\"nbf\" is in the future: it is not valid yet");
  }
  return {};
}

}  // namespace causeway::api::jwt
