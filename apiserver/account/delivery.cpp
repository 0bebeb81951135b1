#include "apiserver/account/delivery.hpp"

#include <boost/json/serialize.hpp>

#include "base/files.hpp"
#include "base/log.hpp"

namespace causeway::api::account {
namespace {

struct Words {
  std::string_view subject, what;
};

Words words_of(Notice notice) {
  switch (notice) {
    case Notice::kMobileChanged:
      return {"The telephone number of your account was changed",
              "its telephone number was changed, and all other sessions were ended."};
    case Notice::kEmailChanged:
      return {"The e-mail address of your account was changed",
              "its e-mail address was changed, and all other sessions were ended."};
    case Notice::kSecondFactorOn:
      return {"Your account has a second factor now",
              "signing in takes a code of an app from now on, and all other sessions were ended."};
    case Notice::kSecondFactorOff:
      return {"Your account has no second factor any more",
              "signing in takes no code of an app any more, and all other sessions were ended."};
    case Notice::kSecondFactorReset:
      return {"An administrator has removed the second factor of your account",
              "an administrator has removed its second factor, and all sessions were ended. Set up another one."};
    case Notice::kRecoveryCodesMade:
      return {"Your account has other recovery codes", "it has other recovery codes; those until now are of no use."};
    case Notice::kRecoveryCodeUsed:
      return {"A recovery code of your account was used",
              "somebody signed in with a recovery code in place of the app. It cannot be used again."};
    case Notice::kSecondFactorGuessed:
      return {"Somebody tries codes at your account",
              "somebody who signed in with the first proof (a code that was sent, the password, another provider) has "
              "tried too many codes of your app. Nobody got in."};
  }
  return {};
}

class LogDelivery : public CodeDelivery {
 public:
  base::Result<void> tell(const Identifier& to, Notice notice) override {
    base::log::info("a notice to a user", {{"to", to.value}, {"notice", std::string(to_string(notice))}});
    return {};
  }
  base::Result<void> deliver(const Identifier& to, const std::string& code, base::WallTime expires_at) override {
    base::log::info("a code to sign in with",
                    {{"to", to.value}, {"code", code}, {"expires_at", base::format_time(expires_at)}});
    return {};
  }
};

class NoDelivery : public CodeDelivery {
 public:
  base::Result<void> tell(const Identifier&, Notice) override { return nothing(); }
  base::Result<void> deliver(const Identifier&, const std::string&, base::WallTime) override { return nothing(); }

 private:
  static base::Error nothing() {
    return {base::ErrorCode::kUnavailable,
            "nothing here sends codes: --code-webhook or --smtp-url says what does, and logs are no place for them"};
  }
};

class WebhookDelivery : public CodeDelivery {
 public:
  WebhookDelivery(const WebhookDeliveryOptions& options, std::string origin, std::string target)
      : options_(options), target_(std::move(target)), http_({.base_url = std::move(origin)}) {}

  base::Result<void> tell(const Identifier& to, Notice notice) override {
    return post({{"channel", to_string(to.channel)}, {"to", to.value}, {"notice", to_string(notice)}});
  }
  base::Result<void> deliver(const Identifier& to, const std::string& code, base::WallTime expires_at) override {
    return post({{"channel", to_string(to.channel)},
                 {"to", to.value},
                 {"code", code},
                 {"expiresAt", base::format_time(expires_at)}});
  }

 private:
  base::Result<void> post(const boost::json::object& body) {
    base::HttpRequest request;
    request.method = "POST";
    request.target = target_;
    request.headers.set("Content-Type", "application/json");
    if (!options_.secret_file.empty()) {
      auto secret = base::read_file(options_.secret_file);
      if (!secret) return secret.error().wrap("the secret of the delivery webhook");
      while (secret->ends_with('\n')) secret->pop_back();
      request.headers.set("Authorization", "Bearer " + *secret);
    }
    request.body = boost::json::serialize(body);
    const auto answer = http_.call(request, {.timeout = options_.timeout, .stop = {}});
    if (!answer) return answer.error().wrap("the delivery webhook");
    if (answer->status < 200 || answer->status > 299)
      return base::Error{base::ErrorCode::kUnavailable,
                         "the delivery webhook answered with status " + std::to_string(answer->status)};
    return {};
  }

  const WebhookDeliveryOptions options_;
  const std::string target_;
  base::HttpClient http_;
};

class MailDelivery : public CodeDelivery {
 public:
  MailDelivery(mail::Smtp& smtp, std::string site, std::unique_ptr<CodeDelivery> others)
      : smtp_(smtp), site_(std::move(site)), others_(std::move(others)) {}

  base::Result<void> deliver(const Identifier& to, const std::string& code, base::WallTime expires_at) override {
    if (to.channel != Channel::kEmail) return others_->deliver(to, code, expires_at);
    return smtp_.send({to.value, code + " is your code for Causeway",
                       "Your code for " + site_ + " is " + code + ". It can be used once, until " +
                           base::format_time(expires_at) +
                           ", in the browser that asked for it.\n\nIf you did not ask for it, nothing has to be done: "
                           "without the code nobody gets in.\n"});
  }
  base::Result<void> tell(const Identifier& to, Notice notice) override {
    if (to.channel != Channel::kEmail) return others_->tell(to, notice);
    const auto words = words_of(notice);
    return smtp_.send({to.value, std::string(words.subject),
                       "Your account at " + site_ + ": " + std::string(words.what) +
                           "\n\nIf it was not you, sign in and change your password, or tell an administrator of the "
                           "platform.\n"});
  }

 private:
  mail::Smtp& smtp_;
  const std::string site_;
  const std::unique_ptr<CodeDelivery> others_;
};

}  // namespace

std::string_view to_string(Notice notice) {
  switch (notice) {
    case Notice::kMobileChanged:
      return "mobile_changed";
    case Notice::kEmailChanged:
      return "email_changed";
    case Notice::kSecondFactorOn:
      return "second_factor_on";
    case Notice::kSecondFactorOff:
      return "second_factor_off";
    case Notice::kSecondFactorReset:
      return "second_factor_reset";
    case Notice::kRecoveryCodesMade:
      return "recovery_codes_made";
    case Notice::kRecoveryCodeUsed:
      return "recovery_code_used";
    case Notice::kSecondFactorGuessed:
      return "second_factor_guessed";
  }
  return "";
}

std::unique_ptr<CodeDelivery> mail_delivery(mail::Smtp& smtp, std::string site, std::unique_ptr<CodeDelivery> others) {
  return std::make_unique<MailDelivery>(smtp, std::move(site), std::move(others));
}

std::unique_ptr<CodeDelivery> log_delivery() {
  return std::make_unique<LogDelivery>();
}

std::unique_ptr<CodeDelivery> no_delivery() {
  return std::make_unique<NoDelivery>();
}

base::Result<std::unique_ptr<CodeDelivery>> webhook_delivery(const WebhookDeliveryOptions& options) {
  const auto url = base::parse_url(options.url);
  // Codes let in: they leave this machine encrypted or not at all.
  const bool here = url && (url->host == "127.0.0.1" || url->host == "localhost" || url->host == "::1");
  if (!url || (url->scheme != "https" && (url->scheme != "http" || !here)))
    return base::Error{
        base::ErrorCode::kInvalidArgument,
        "the delivery webhook has to be https://HOST[:PORT]/PATH, and http on this machine only, not \"" + options.url +
            "\""};
  const auto path = options.url.find('/', options.url.find("://") + 3);
  const auto origin = options.url.substr(0, path);
  return std::unique_ptr<CodeDelivery>(
      std::make_unique<WebhookDelivery>(options, origin, path == std::string::npos ? "/" : options.url.substr(path)));
}

}  // namespace causeway::api::account
