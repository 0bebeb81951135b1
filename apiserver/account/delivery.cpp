#include "apiserver/account/delivery.hpp"

#include <boost/json/serialize.hpp>

#include "base/files.hpp"
#include "base/log.hpp"

namespace causeway::api::account {
namespace {

class LogDelivery : public CodeDelivery {
 public:
  base::Result<void> deliver(const Identifier& to, const std::string& code, base::WallTime expires_at) override {
    base::log::info("a code to sign in with",
                    {{"to", to.value}, {"code", code}, {"expires_at", base::format_time(expires_at)}});
    return {};
  }
};

class NoDelivery : public CodeDelivery {
 public:
  base::Result<void> deliver(const Identifier&, const std::string&, base::WallTime) override {
    return base::Error{base::ErrorCode::kUnavailable,
                       "nothing here sends codes: --code-webhook says what does, and logs are no place for them"};
  }
};

class WebhookDelivery : public CodeDelivery {
 public:
  WebhookDelivery(const WebhookDeliveryOptions& options, std::string origin, std::string target)
      : options_(options), target_(std::move(target)), http_({.base_url = std::move(origin)}) {}

  base::Result<void> deliver(const Identifier& to, const std::string& code, base::WallTime expires_at) override {
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
    request.body = boost::json::serialize(boost::json::object{{"channel", to_string(to.channel)},
                                                              {"to", to.value},
                                                              {"code", code},
                                                              {"expiresAt", base::format_time(expires_at)}});
    const auto answer = http_.call(request, {.timeout = options_.timeout, .stop = {}});
    if (!answer) return answer.error().wrap("the delivery webhook");
    if (answer->status < 200 || answer->status > 299)
      return base::Error{base::ErrorCode::kUnavailable,
                         "the delivery webhook answered with status " + std::to_string(answer->status)};
    return {};
  }

 private:
  const WebhookDeliveryOptions options_;
  const std::string target_;
  base::HttpClient http_;
};

}  // namespace

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
