#pragma once
// Sends notifications to the webhooks that users have named, until they arrive or are given up. Every replica does;
// they share the work by the table.

#include <thread>
#include <vector>

#include "apiserver/activity/delivery_store.hpp"
#include "apiserver/activity/webhook_sender.hpp"
#include "base/metrics.hpp"

namespace causeway::api::activity {

class Deliverer {
 public:
  // All of these outlive it.
  Deliverer(DeliveryStore& store, WebhookSender& sender, const base::Clock& clock, base::MetricsRegistry& metrics);
  ~Deliverer() { stop(); }

  // Once; the tables have to be there.
  void start();
  void stop();

 private:
  void run(const std::stop_token& stop);
  void deliver(const Delivery& delivery, const std::stop_token& stop);

  DeliveryStore& store_;
  WebhookSender& sender_;
  const base::Clock& clock_;
  base::Counter& arrived_;
  base::Counter& failed_;
  std::vector<std::jthread> threads_;
};

}  // namespace causeway::api::activity
