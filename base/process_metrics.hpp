#pragma once
// What every program tells of itself, under the names that Prometheus' client libraries give it (process_*). Private to
// base: metrics.cpp renders it.

#include <prometheus/metric_family.h>
#include <vector>

namespace causeway::base {

// Read from /proc now; what cannot be read is left out.
std::vector<prometheus::MetricFamily> process_metrics();

}  // namespace causeway::base
