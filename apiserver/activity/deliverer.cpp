#include "apiserver/activity/deliverer.hpp"

#include <boost/json/serialize.hpp>

#include "apiserver/activity/notification_mail.hpp"
#include "apiserver/activity/views.hpp"
#include "apiserver/activity/webhook.hpp"
#include "base/log.hpp"

namespace causeway::api::activity {
namespace {

constexpr int kThreads =
    4;  // fewer than mail goes at a time; one that a receiver holds is not what all others wait for
constexpr base::Duration kLookEvery = std::chrono::seconds(5);
constexpr int kGone = 410;

base::Counter& deliveries(base::MetricsRegistry& metrics, const char* outcome) {
  return metrics.counter("causeway_webhook_deliveries_total", "Notifications sent to webhooks, by what became of it",
                         {{"outcome", outcome}});
}

}  // namespace

Deliverer::Deliverer(DeliveryStore& store, WebhookSender& sender, mail::Smtp* mail, std::string site,
                     const base::Clock& clock, base::MetricsRegistry& metrics)
    : store_(store),
      sender_(sender),
      mail_(mail),
      site_(std::move(site)),
      lease_(6 * std::max(sender.options().timeout, mail ? mail->options().timeout : base::Duration::zero())),
      clock_(clock),
      arrived_(deliveries(metrics, "arrived")),
      failed_(deliveries(metrics, "failed")) {}

void Deliverer::start() {
  for (int i = 0; i < kThreads; ++i) threads_.emplace_back([this](const std::stop_token& stop) { run(stop); });
}

void Deliverer::stop() {
  for (auto& thread : threads_) thread.request_stop();
  threads_.clear();
}

void Deliverer::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    // Whoever sends is done long before the lease is over.
    auto due = store_.take(clock_.wall(), lease_);
    if (due && *due) {
      deliver(**due, stop);
      continue;
    }
    if (!due) base::log::warn("no notification can be sent", {{"error", due.error().message}});
    if (!clock_.sleep_for(kLookEvery, stop)) return;
  }
}

Deliverer::Sent Deliverer::to_webhook(const Delivery& delivery, const std::stop_token& stop) {
  const auto body = boost::json::serialize(
      boost::json::object{{"notification", kube::to_json(notification_view(delivery.notification))},
                          {"sentAt", base::format_time(clock_.wall())}});
  base::Headers headers{{"X-Causeway-Event", delivery.notification.kind},
                        {"X-Causeway-Delivery", std::to_string(delivery.id)}};
  const auto status = sender_.send(delivery.url, delivery.secret, body, std::move(headers), stop);
  const bool well = status && *status >= 200 && *status <= 299;
  (well ? arrived_ : failed_).add();
  if (well) return {Outcome::kArrived};
  if (!status) return {Outcome::kAgain, status.error().message};
  return {*status == kGone ? Outcome::kGone : Outcome::kAgain,
          "the receiver answered with status " + std::to_string(*status)};
}

Deliverer::Sent Deliverer::by_mail(const Delivery& delivery, const std::stop_token& stop) {
  if (!mail_) return {Outcome::kAgain, "this platform sends no mail"};
  auto sent = mail_->send(mail_of(delivery.notification, delivery.email, site_), stop);
  if (sent) return {Outcome::kArrived};
  // What a server refuses for good it refuses again, and thinks worse of us each time.
  return {sent.error().code == base::ErrorCode::kInvalidArgument ? Outcome::kNever : Outcome::kAgain,
          sent.error().message};
}

void Deliverer::deliver(const Delivery& delivery, const std::stop_token& stop) {
  const auto sent = delivery.email.empty() ? to_webhook(delivery, stop) : by_mail(delivery, stop);
  if (stop.stop_requested() && sent.outcome != Outcome::kArrived) return;  // its lease ends, and another goes on
  const auto now = clock_.wall();
  auto kept = [&] {
    if (sent.outcome == Outcome::kArrived) return store_.arrived(delivery, now);
    if (sent.outcome == Outcome::kGone) return store_.gone(delivery, now);
    const auto pause = sent.outcome == Outcome::kNever ? std::nullopt : pause_after(delivery.attempts);
    const auto again =
        pause ? std::optional(now + std::chrono::duration_cast<base::WallTime::duration>(*pause)) : std::nullopt;
    return store_.failed(delivery, sent.why, again, now);
  }();
  if (!kept) base::log::warn("what became of a notification was not kept", {{"error", kept.error().message}});
}

}  // namespace causeway::api::activity
