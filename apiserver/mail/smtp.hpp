#pragma once
// Hands messages to a mail server: SMTP (RFC 5321) with TLS and authentication, by libcurl, whose headers stay in the
// .cpp.

#include <atomic>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>

#include "apiserver/mail/message.hpp"
#include "base/metrics.hpp"

namespace causeway::api::mail {

struct SmtpOptions {
  std::string url;                      // "smtp://mail.example.org:587" (STARTTLS), "smtps://mail.example.org:465"
  std::string from;                     // as parse_sender() takes it
  std::string user;                     // "": none is told
  std::filesystem::path password_file;  // of the user; read for each message
  std::filesystem::path ca_file;        // of the server's certificate, in PEM; "": whom this machine trusts
  bool plain = false;                   // smtp:// without TLS: a server on this machine or in this cluster
  base::Duration timeout = std::chrono::seconds(15);  // of one message, from the name's resolution to the last answer
};

// Thread-safe.
class Smtp {
 public:
  static constexpr int kMost = 8;  // at a time

  // kInvalidArgument: an option is not valid.
  static base::Result<std::unique_ptr<Smtp>> make(const SmtpOptions& options, base::MetricsRegistry& metrics,
                                                  const base::Clock& clock);
  ~Smtp();

  // Returns when the server has taken it. kInvalidArgument: it cannot be sent (compose()), or the server says so for
  // good (5yz); kUnavailable, kConnect, kTimeout: later perhaps; kCancelled: `stop`.
  base::Result<void> send(const Message& message, const std::stop_token& stop = {});

  const SmtpOptions& options() const { return options_; }

 private:
  Smtp(const SmtpOptions& options, Sender from, base::MetricsRegistry& metrics, const base::Clock& clock);
  base::Result<void> hand_over(const std::string& to, const std::string& text, const std::stop_token& stop);

  const SmtpOptions options_;
  const Sender from_;
  const base::Clock& clock_;
  std::atomic<int> under_way_{0};
  base::Counter& sent_;
  base::Counter& failed_;
};

}  // namespace causeway::api::mail
