#include "apiserver/activity/deliverer.hpp"

#include <boost/json/serialize.hpp>

#include "apiserver/activity/views.hpp"
#include "apiserver/activity/webhook.hpp"
#include "base/log.hpp"

namespace causeway::api::activity {
namespace {

constexpr int kThreads = 4;  // one that a receiver holds is not what all others wait for
constexpr base::Duration kLookEvery = std::chrono::seconds(5);
constexpr int kGone = 410;

base::Counter& deliveries(base::MetricsRegistry& metrics, const char* outcome) {
  return metrics.counter("causeway_webhook_deliveries_total", "Notifications sent to webhooks, by what became of it",
                         {{"outcome", outcome}});
}

}  // namespace

Deliverer::Deliverer(DeliveryStore& store, WebhookSender& sender, const base::Clock& clock,
                     base::MetricsRegistry& metrics)
    : store_(store),
      sender_(sender),
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
    auto due = store_.take(clock_.wall(), 6 * sender_.options().timeout);
    if (due && *due) {
      deliver(**due, stop);
      continue;
    }
    if (!due) base::log::warn("no webhook can be asked", {{"error", due.error().message}});
    if (!clock_.sleep_for(kLookEvery, stop)) return;
  }
}

void Deliverer::deliver(const Delivery& delivery, const std::stop_token& stop) {
  const auto body = boost::json::serialize(
      boost::json::object{{"notification", kube::to_json(notification_view(delivery.notification))},
                          {"sentAt", base::format_time(clock_.wall())}});
  base::Headers headers{{"X-Causeway-Event", delivery.notification.kind},
                        {"X-Causeway-Delivery", std::to_string(delivery.id)}};
  const auto status = sender_.send(delivery.url, delivery.secret, body, std::move(headers), stop);
  if (stop.stop_requested() && !status) return;  // its lease ends, and another goes on
  const auto now = clock_.wall();
  const bool well = status && *status >= 200 && *status <= 299;
  (well ? arrived_ : failed_).add();
  auto kept = [&] {
    if (well) return store_.arrived(delivery, now);
    if (status && *status == kGone) return store_.gone(delivery, now);
    const auto pause = pause_after(delivery.attempts);
    const auto again =
        pause ? std::optional(now + std::chrono::duration_cast<base::WallTime::duration>(*pause)) : std::nullopt;
    return store_.failed(
        delivery, status ? "the receiver answered with status " + std::to_string(*status) : status.error().message,
        again, now);
  }();
  if (!kept) base::log::warn("what became of a webhook was not kept", {{"error", kept.error().message}});
}

}  // namespace causeway::api::activity
