#pragma once
// Private: the metrics of a Pool.

#include <map>

#include "apiserver/database/error.hpp"
#include "base/metrics.hpp"

namespace causeway::api::database {

struct PoolProbe {
  explicit PoolProbe(base::MetricsRegistry& registry);

  base::Gauge& open;
  base::Gauge& in_use;
  base::Gauge& waiting;
  base::Histogram& wait_seconds;
  base::Histogram& read_seconds;
  base::Histogram& write_seconds;
  base::Counter& reads;
  base::Counter& writes;
  base::Counter& conflict_retries;
  base::Counter& connection_retries;
  base::Counter& aborted;
  std::map<ErrorKind, base::Counter*> errors;
};

}  // namespace causeway::api::database
