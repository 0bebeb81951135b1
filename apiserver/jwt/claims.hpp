#pragma once
// What a verified token has to say to be for us, and now (RFC 7519, 4.1). Pure. Thread-safe.

#include <boost/json/object.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace causeway::api::jwt {

namespace json = boost::json;

struct Expected {
  std::string issuer, audience;
  base::Duration skew = std::chrono::seconds(60);  // how far the issuer's clock may be from ours
};

// kPermission: the claim that is missing or wrong. Needed are iss, aud (one of several is enough), exp and iat; nbf
// counts where it is there.
base::Result<void> check_claims(const json::object& claims, const Expected& expected, base::WallTime now);

// "aud": a text or a list of texts. nullopt: it is neither, or not there.
std::optional<std::vector<std::string>> audiences(const json::object& claims);

// A NumericDate, to the second. nullopt: not there, no number, or not within the years 1970 to 9999. What is later than
// 2255 is taken as 2255.
std::optional<base::WallTime> time_member(const json::object& claims, std::string_view name);

}  // namespace causeway::api::jwt
