#include "apiserver/mail/smtp.hpp"

#include <array>
#include <cstring>
#include <curl/curl.h>

#include "base/files.hpp"
#include "base/http.hpp"
#include "base/no_wait.hpp"

namespace causeway::api::mail {
namespace {

using base::Error, base::ErrorCode;

struct CloseCurl {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Curl = std::unique_ptr<CURL, CloseCurl>;
using List = std::unique_ptr<curl_slist, CloseCurl>;

// Once in the process, before the first thread uses it: curl_global_init() is not thread-safe in Debian 12's version.
bool initialised() {
  static const bool done = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return done;
}

struct Upload {
  std::string_view rest;
  const std::stop_token& stop;
};

std::size_t read(char* into, std::size_t size, std::size_t count, void* data) {
  auto& upload = *static_cast<Upload*>(data);
  const auto piece = upload.rest.substr(0, size * count);
  std::memcpy(into, piece.data(), piece.size());
  upload.rest.remove_prefix(piece.size());
  return piece.size();
}

std::size_t drop(char* /*data*/, std::size_t size, std::size_t count, void* /*mine*/) {
  return size * count;
}

int progress(void* data, curl_off_t /*down_all*/, curl_off_t /*down*/, curl_off_t /*up_all*/, curl_off_t /*up*/) {
  return static_cast<Upload*>(data)->stop.stop_requested() ? 1 : 0;
}

ErrorCode code_of(CURLcode failed, long answer) {
  // A server that says so means for good (RFC 5321, 4.2.1), but for who we are, which an administrator puts right.
  if (answer >= 500 && answer <= 599 && failed != CURLE_LOGIN_DENIED) return ErrorCode::kInvalidArgument;
  switch (failed) {
    case CURLE_OPERATION_TIMEDOUT:
      return ErrorCode::kTimeout;
    case CURLE_ABORTED_BY_CALLBACK:
      return ErrorCode::kCancelled;
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
      return ErrorCode::kConnect;
    default:
      return ErrorCode::kUnavailable;
  }
}

base::Counter& messages(base::MetricsRegistry& metrics, const char* outcome) {
  return metrics.counter("causeway_mail_messages_total", "Messages handed to the mail server, by what became of it",
                         {{"outcome", outcome}});
}

}  // namespace

Smtp::Smtp(const SmtpOptions& options, Sender from, base::MetricsRegistry& metrics, const base::Clock& clock)
    : options_(options),
      from_(std::move(from)),
      clock_(clock),
      sent_(messages(metrics, "sent")),
      failed_(messages(metrics, "failed")) {}

Smtp::~Smtp() = default;

base::Result<std::unique_ptr<Smtp>> Smtp::make(const SmtpOptions& options, base::MetricsRegistry& metrics,
                                               const base::Clock& clock) {
  const auto invalid = [](std::string why) { return Error{ErrorCode::kInvalidArgument, std::move(why)}; };
  const auto url = base::parse_url(options.url);
  if (!url || url->host.empty() || (url->scheme != "smtp" && url->scheme != "smtps"))
    return invalid("the mail server has to be smtp://HOST:587 or smtps://HOST:465, not \"" + options.url + '"');
  auto from = parse_sender(options.from);
  if (!from) return from.error();
  if (!options.password_file.empty() && options.user.empty())
    return invalid("a password without a user to the mail server");
  // It would be readable on the way.
  if (options.plain && !options.user.empty()) return invalid("a password does not go to the mail server without TLS");
  if (!initialised()) return invalid("libcurl cannot be used");
  return std::unique_ptr<Smtp>(new Smtp(options, std::move(*from), metrics, clock));
}

base::Result<void> Smtp::send(const Message& message, const std::stop_token& stop) {
  base::NoWait::check();
  auto text = compose(from_, message, clock_.wall());
  if (!text) return text.error();
  const bool room = ++under_way_ <= kMost;
  auto sent = room ? hand_over(message.to, *text, stop)
                   : base::Result<void>(Error{ErrorCode::kUnavailable, "too many messages are on their way already"});
  --under_way_;
  (sent ? sent_ : failed_).add();
  return sent;
}

base::Result<void> Smtp::hand_over(const std::string& to, const std::string& text, const std::stop_token& stop) {
  const Curl curl(curl_easy_init());
  if (!curl) return Error{ErrorCode::kInternal, "libcurl gives no handle"};
  const auto set = [&](CURLoption option, auto value) { curl_easy_setopt(curl.get(), option, value); };
  std::array<char, CURL_ERROR_SIZE> said{};
  Upload upload{text, stop};
  set(CURLOPT_ERRORBUFFER, said.data());
  set(CURLOPT_URL, options_.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(CURLOPT_PROXY, "");  // the environment's are for the web
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(options_.timeout).count()));
  set(CURLOPT_USE_SSL, static_cast<long>(options_.plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options_.ca_file.empty()) set(CURLOPT_CAINFO, options_.ca_file.c_str());
  if (!options_.user.empty()) {
    auto password =
        options_.password_file.empty() ? base::Result<std::string>("") : base::read_file(options_.password_file);
    if (!password) return password.error().wrap("the password of the mail server");
    while (password->ends_with('\n')) password->pop_back();
    set(CURLOPT_USERNAME, options_.user.c_str());
    set(CURLOPT_PASSWORD, password->c_str());
  }
  const std::string sender = '<' + from_.address + '>', recipient = '<' + to + '>';
  set(CURLOPT_MAIL_FROM, sender.c_str());
  const List recipients(curl_slist_append(nullptr, recipient.c_str()));
  set(CURLOPT_MAIL_RCPT, recipients.get());
  set(CURLOPT_UPLOAD, 1L);
  set(CURLOPT_READFUNCTION, &read);
  set(CURLOPT_READDATA, &upload);
  set(CURLOPT_WRITEFUNCTION, &drop);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &progress);
  set(CURLOPT_XFERINFODATA, &upload);
  const auto done = curl_easy_perform(curl.get());
  if (done == CURLE_OK) return {};
  long answer = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer);
  return Error{code_of(done, answer),
               "the mail server: " + std::string(said[0] ? said.data() : curl_easy_strerror(done)) +
                   (answer > 0 ? " (its last answer: " + std::to_string(answer) + ')' : std::string())};
}

}  // namespace causeway::api::mail
