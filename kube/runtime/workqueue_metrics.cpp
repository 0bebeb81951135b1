#include "kube/runtime/workqueue_metrics.hpp"

namespace causeway::kube {

namespace {

double seconds(base::Duration d) {
  return std::chrono::duration<double>(d).count();
}

}  // namespace

WorkQueueMetrics::WorkQueueMetrics(std::string name, base::MetricsRegistry* registry) {
  if (!registry) return;
  const base::Labels labels{{"name", name}, {"controller", name}};
  const std::vector<double> buckets{1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000};
  depth_ = &registry->gauge("workqueue_depth", "Current depth of workqueue by workqueue", labels);
  unfinished_ = &registry->gauge("workqueue_unfinished_work_seconds",
                                 "How many seconds of work is in progress and not yet finished", labels);
  longest_ = &registry->gauge("workqueue_longest_running_processor_seconds",
                              "How many seconds the longest running processor has been running", labels);
  adds_ = &registry->counter("workqueue_adds_total", "Total number of adds handled by workqueue", labels);
  retries_ = &registry->counter("workqueue_retries_total", "Total number of retries handled by workqueue", labels);
  waited_ =
      &registry->histogram("workqueue_queue_duration_seconds",
                           "How long in seconds an item stays in workqueue before being requested", buckets, labels);
  worked_ = &registry->histogram("workqueue_work_duration_seconds",
                                 "How long in seconds processing an item from workqueue takes", buckets, labels);
}

void WorkQueueMetrics::depth(std::size_t keys) {
  if (depth_) depth_->set(static_cast<double>(keys));
}
void WorkQueueMetrics::added() {
  if (adds_) adds_->add();
}
void WorkQueueMetrics::retried() {
  if (retries_) retries_->add();
}
void WorkQueueMetrics::started(base::Duration waited) {
  if (waited_) waited_->observe(seconds(waited));
}
void WorkQueueMetrics::finished(base::Duration worked) {
  if (worked_) worked_->observe(seconds(worked));
}
void WorkQueueMetrics::unfinished(base::Duration total, base::Duration longest) {
  if (unfinished_) unfinished_->set(seconds(total));
  if (longest_) longest_->set(seconds(longest));
}

}  // namespace causeway::kube
