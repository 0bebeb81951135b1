#pragma once
// A code goes out, and comes back: the same for signing in and for changing a number or an address.

#include <optional>
#include <string>

#include "apiserver/account/accounts.hpp"
#include "apiserver/rest/handler.hpp"

namespace causeway::api::account {

struct SentCode {
  std::string to, expires_at;
};
BOOST_DESCRIBE_STRUCT(SentCode, (), (to, expires_at))
constexpr auto field_rows(const SentCode*) {
  return std::array{
      kube::Row{.member = "to", .doc = "Where it went, with the middle left out.", .required = true},
      kube::Row{.member = "expires_at", .doc = "Until when it can be used.", .required = true, .format = "date-time"},
  };
}

// Sends one, for the browser that asks (its cookie is set). 429, with Retry-After: too many were sent; 503: nothing
// sends it right now. `user`: who asks; nullopt: nobody has to be.
rest::Outcome<SentCode> send_code(const Accounts& accounts, rest::Call& call, Purpose purpose, const Identifier& to,
                                  std::optional<std::int64_t> user = {});

// Uses it up. `typed`: as people do. 422: it cannot be one; `wrong`: it is not the one, or there is none to be tried.
base::Result<void, rest::Problem> redeem_code(const Accounts& accounts, const rest::Call& call, Purpose purpose,
                                              const Identifier& to, const std::string& typed,
                                              const rest::ProblemKind& wrong);

}  // namespace causeway::api::account
