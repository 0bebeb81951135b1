#pragma once
// Sends notifications to the webhooks that users have named, and by mail to those who want that, until they arrive or
// are given up. Every replica does; they share the work by the table.

#include <thread>
#include <vector>

#include "apiserver/activity/delivery_store.hpp"
#include "apiserver/activity/webhook_sender.hpp"
#include "apiserver/mail/smtp.hpp"
#include "base/metrics.hpp"

namespace causeway::api::activity {

class Deliverer {
 public:
  // All of these outlive it. `mail`: null where none is sent. `site`: the public URL, of the links in it.
  Deliverer(DeliveryStore& store, WebhookSender& sender, mail::Smtp* mail, std::string site, const base::Clock& clock,
            base::MetricsRegistry& metrics);
  ~Deliverer() { stop(); }

  // Once; the tables have to be there.
  void start();
  void stop();

 private:
  void run(const std::stop_token& stop);
  void deliver(const Delivery& delivery, const std::stop_token& stop);
  enum class Outcome { kArrived, kAgain, kNever, kGone };
  struct Sent {
    Outcome outcome;
    std::string why{};  // of what did not arrive
  };
  Sent to_webhook(const Delivery& delivery, const std::stop_token& stop);
  Sent by_mail(const Delivery& delivery, const std::stop_token& stop);

  DeliveryStore& store_;
  WebhookSender& sender_;
  mail::Smtp* const mail_;
  const std::string site_;
  const base::Duration lease_;
  const base::Clock& clock_;
  base::Counter& arrived_;
  base::Counter& failed_;
  std::vector<std::jthread> threads_;
};

}  // namespace causeway::api::activity
