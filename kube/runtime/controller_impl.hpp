#pragma once
// The Controller behind Manager::controller(): queue, workers, results. Private to kube/runtime.

#include <atomic>
#include <thread>

#include "kube/runtime/controller.hpp"

namespace causeway::kube {

class ControllerImpl final : public Controller {
 public:
  ControllerImpl(ControllerOptions options, Reconcile reconcile, const base::Clock& clock,
                 base::MetricsRegistry& metrics);
  ~ControllerImpl() override;

  void enqueue(const ObjectKey& key, bool initial) override;
  void enqueue_after(const ObjectKey& key, base::Duration delay) override;

  const ControllerOptions& options() const { return options_; }
  void start();         // the workers; what was enqueued before waits for them
  void request_stop();  // workers end after the reconcile they are in
  void join();
  void refresh_metrics() { queue_.refresh_metrics(); }

 private:
  void work(std::stop_token stop);
  void reconcile_one(const ObjectKey& key, std::stop_token stop);
  std::optional<base::trace::Context> trace_parent(const ObjectKey& key) const;
  ReconcileResult call(const ObjectKey& key, std::stop_token stop);

  const ControllerOptions options_;
  const Reconcile reconcile_;
  const base::Clock& clock_;
  WorkQueue queue_;
  base::Counter &succeeded_, &failed_, &requeued_after_, &errors_, &terminal_errors_, &exceptions_;
  base::Histogram& seconds_;
  base::Gauge& active_;
  std::vector<std::jthread> workers_;
};

}  // namespace causeway::kube
