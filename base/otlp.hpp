#pragma once
// Sends spans to a collector: OTLP over HTTP with JSON bodies (OpenTelemetry Protocol 1.x, POST …/v1/traces).

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "base/trace.hpp"

namespace causeway::base::trace {

struct ExportOptions {
  std::string endpoint;                         // "http://collector:4318"; "/v1/traces" is added
  std::map<std::string, std::string> headers;   // of every request: credentials of the collector
  std::map<std::string, std::string> resource;  // attributes of this process, "service.name" among them
  std::size_t queue = 2048;                     // spans that wait; what comes when it is full is dropped and counted
  std::size_t batch = 512;                      // spans of one request, at most
  Duration every = std::chrono::seconds(1);     // how long a span waits for others
  Duration timeout = std::chrono::seconds(10);  // of one request
  int attempts = 5;                             // of one batch, while the collector is away or asks to wait
  Duration backoff = std::chrono::seconds(1);   // before the second attempt; doubled for each further one
  Duration farewell = std::chrono::seconds(2);  // longest time that the last spans hold the program's end up
};

// From OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS, OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME
// (OpenTelemetry's environment variables; lists are "key=value,key=value" with percent-encoded values). nullopt: no
// endpoint, so no tracing. kInvalidArgument names the variable and what is wrong with it.
Result<std::optional<ExportOptions>> export_options(const std::string& service,
                                                    const std::function<const char*(const char*)>& environment);

// The body of one request.
std::string to_otlp_json(const std::map<std::string, std::string>& resource, const std::vector<SpanData>& spans);

// Tracing is on while one lives; there is one at a time. Spans are taken without waiting: a collector that is slow or
// away costs dropped spans, never the program's time. Metrics: causeway_trace_spans_exported_total,
// causeway_trace_spans_dropped_total{reason="queue_full"|"export_failed"}.
class Exporter {
 public:
  Exporter(ExportOptions options, MetricsRegistry& metrics);
  ~Exporter();  // sends what is left, for at most `farewell`

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  // shared with the sink, which another thread may be in
};

// The Exporter that this process' environment asks for, or null. An environment that is wrong is logged and leaves
// tracing off: a platform does not stop for its telemetry.
std::unique_ptr<Exporter> export_from_environment(const std::string& service, MetricsRegistry& metrics);

}  // namespace causeway::base::trace
