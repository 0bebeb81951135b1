#pragma once
// Codes that were sent (table `one_time_codes`). What time it is the caller says. Thread-safe, between replicas too.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "apiserver/account/code.hpp"
#include "apiserver/account/identifier.hpp"
#include "apiserver/database/pool.hpp"

namespace causeway::api::account {

enum class Purpose { kLogin, kVerify, kChangeMobile, kChangeEmail, kResetPassword, kReauthenticate };
std::string_view to_string(Purpose purpose);

class CodeStore {
 public:
  explicit CodeStore(database::Pool& pool, SendLimits limits = {}) : pool_(pool), limits_(limits) {}

  struct Request {
    Purpose purpose = Purpose::kLogin;
    Identifier destination;
    std::string browser;  // a secret that the browser which asked has, and keeps
    std::string address;  // of the client; "" where there is none
    std::optional<std::int64_t> user{};
  };
  struct Issued {
    std::string code;  // to be sent, and not kept anywhere
    base::WallTime expires_at;
  };
  struct Wait {
    std::chrono::seconds seconds{};  // too many were sent
  };
  // A new code; the browser's earlier ones for the same purpose are of no use any more.
  database::Result<std::variant<Issued, Wait>> issue(const Request& request, base::WallTime now);

  enum class Verdict {
    kRight,  // it is used up now
    kWrong,  // one attempt less
    kNone,   // there is nothing to try: never asked by this browser, used, over, or too many attempts
  };
  // `code` as parse_code() gives it. Of the request, purpose, destination and browser count.
  database::Result<Verdict> redeem(const Request& request, std::string_view code, base::WallTime now);

  // Removes what is over for more than an hour (the limits look back that far), at most `limit`; returns how many.
  database::Result<std::size_t> expire(base::WallTime now, std::size_t limit = 10'000);

 private:
  database::Pool& pool_;
  const SendLimits limits_;
};

}  // namespace causeway::api::account
