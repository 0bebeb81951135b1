#pragma once
// How a code, or word of what was done to their account, gets to its owner.

#include <filesystem>
#include <memory>
#include <string>

#include "apiserver/account/identifier.hpp"
#include "apiserver/mail/smtp.hpp"
#include "base/clock.hpp"
#include "base/http_client.hpp"
#include "base/result.hpp"

namespace causeway::api::account {

// What the owner of a number or an address has to know, whoever did it (OWASP ASVS 5.0, 6.3.7).
enum class Notice {
  kMobileChanged,
  kEmailChanged,
  kSecondFactorOn,
  kSecondFactorOff,
  kSecondFactorReset,  // by an administrator
  kRecoveryCodesMade,
  kRecoveryCodeUsed,
  kSecondFactorGuessed,  // by somebody who has proven the first one
};
// "mobile_changed", …
std::string_view to_string(Notice notice);

class CodeDelivery {
 public:
  virtual ~CodeDelivery() = default;
  // Returns when the next one on the way has taken it. Thread-safe.
  virtual base::Result<void> deliver(const Identifier& to, const std::string& code, base::WallTime expires_at) = 0;
  virtual base::Result<void> tell(const Identifier& to, Notice notice) = 0;
};

// Into the log of this process: for one machine, where who reads the log may sign in as anybody anyway.
std::unique_ptr<CodeDelivery> log_delivery();
// Nowhere: an error, each time, that says what is missing.
std::unique_ptr<CodeDelivery> no_delivery();

// As a POST to a service of the operator's, which sends SMS and mail through whatever provider they have:
//   {"channel": "mobile" | "email", "to": "+8613800138000", "code": "123456", "expiresAt": "2026-01-01T00:10:00Z"}
//   {"channel": …, "to": …, "notice": "mobile_changed" | "email_changed" | "second_factor_on" | "second_factor_off" |
//                                     "second_factor_reset" | "recovery_codes_made" | "recovery_code_used" |
//                                     "second_factor_guessed"}
// with `Authorization: Bearer <secret>` where a secret file is given (read for each code). Any 2xx means that it was
// taken. Plain http is for a service on the same machine or in the same cluster. kInvalidArgument: no such URL.
struct WebhookDeliveryOptions {
  std::string url;
  std::filesystem::path secret_file;
  base::Duration timeout = std::chrono::seconds(10);
};
base::Result<std::unique_ptr<CodeDelivery>> webhook_delivery(const WebhookDeliveryOptions& options);

// To addresses by mail, to numbers as `others` does. `site`: the public URL, which tells what the code is for.
std::unique_ptr<CodeDelivery> mail_delivery(mail::Smtp& smtp, std::string site, std::unique_ptr<CodeDelivery> others);

}  // namespace causeway::api::account
