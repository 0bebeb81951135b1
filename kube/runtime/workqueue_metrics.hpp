#pragma once
// The metrics of a work queue, named as client-go names them.

#include <string>

#include "base/clock.hpp"
#include "base/metrics.hpp"

namespace causeway::kube {

// Does nothing without a registry. Thread-safe.
class WorkQueueMetrics {
 public:
  WorkQueueMetrics(std::string name, base::MetricsRegistry* registry);

  void depth(std::size_t keys);
  void added();
  void retried();
  void started(base::Duration waited);
  void finished(base::Duration worked);
  void unfinished(base::Duration total, base::Duration longest);

 private:
  base::Gauge* depth_ = nullptr;
  base::Gauge* unfinished_ = nullptr;
  base::Gauge* longest_ = nullptr;
  base::Counter* adds_ = nullptr;
  base::Counter* retries_ = nullptr;
  base::Histogram* waited_ = nullptr;
  base::Histogram* worked_ = nullptr;
};

}  // namespace causeway::kube
