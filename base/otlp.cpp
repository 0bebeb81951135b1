#include "base/otlp.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "base/http_client.hpp"
#include "base/log.hpp"
#include "base/log_line.hpp"

namespace causeway::base::trace {
namespace {

namespace json = boost::json;

std::string nanoseconds(WallTime t) {
  return std::to_string(std::chrono::duration_cast<std::chrono::nanoseconds>(t.time_since_epoch()).count());
}

std::string clean(std::string_view text) {
  return log::replace_invalid_utf8(text);
}

// 64-bit integers are strings in protobuf's JSON.
json::object any_value(const json::value& value) {
  if (value.is_bool()) return {{"boolValue", value}};
  if (value.is_int64()) return {{"intValue", std::to_string(value.get_int64())}};
  if (value.is_uint64()) return {{"intValue", std::to_string(value.get_uint64())}};
  if (value.is_double()) return {{"doubleValue", value}};
  if (value.is_string()) return {{"stringValue", clean(std::string_view(value.get_string()))}};
  return {{"stringValue", clean(json::serialize(value))}};
}

json::object attribute(std::string_view key, const json::value& value) {
  return {{"key", clean(key)}, {"value", any_value(value)}};
}

json::object span_json(const SpanData& span) {
  constexpr int kInternal = 1, kError = 2;
  json::array attributes;
  for (const auto& member : span.attributes) attributes.push_back(attribute(member.key(), member.value()));
  json::object out{{"traceId", span.context.trace_id}, {"spanId", span.context.span_id}};
  if (!span.parent_span_id.empty()) out["parentSpanId"] = span.parent_span_id;
  out["name"] = clean(span.name);
  out["kind"] = kInternal;
  out["startTimeUnixNano"] = nanoseconds(span.start);
  out["endTimeUnixNano"] = nanoseconds(std::max(span.start, span.end));  // the clock may have been set back
  out["attributes"] = std::move(attributes);
  if (!span.error.empty()) out["status"] = json::object{{"code", kError}, {"message", clean(span.error)}};
  return out;
}

// "key=value,key=value"
Result<std::map<std::string, std::string>> parse_list(const char* variable, const char* text) {
  std::map<std::string, std::string> out;
  std::string_view rest = text ? text : "";
  while (!rest.empty()) {
    const auto item = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), item.size() + 1));
    if (item.find_first_not_of(' ') == item.npos) continue;
    const auto equals = item.find('=');
    const auto trimmed = [](std::string_view t) {
      while (t.starts_with(' ')) t.remove_prefix(1);
      while (t.ends_with(' ')) t.remove_suffix(1);
      return t;
    };
    const auto key = trimmed(item.substr(0, equals));
    const auto value = equals == item.npos ? std::nullopt : percent_decode(trimmed(item.substr(equals + 1)));
    if (key.empty() || !value) {
      return Error{ErrorCode::kInvalidArgument,
                   std::string(variable) + " has to be key=value,key=value with percent-encoded values"};
    }
    out[std::string(key)] = *value;
  }
  return out;
}

bool worth_another_attempt(const Result<HttpResponse>& response) {
  if (!response) return response.error().code != ErrorCode::kInvalidArgument;
  const int status = response->status;  // OTLP: the retryable ones
  return status == 429 || status == 502 || status == 503 || status == 504;
}

}  // namespace

Result<std::optional<ExportOptions>> export_options(const std::string& service,
                                                    const std::function<const char*(const char*)>& environment) {
  constexpr auto kEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT", kHeaders = "OTEL_EXPORTER_OTLP_HEADERS",
                 kResource = "OTEL_RESOURCE_ATTRIBUTES";
  const char* endpoint = environment(kEndpoint);
  if (!endpoint || !*endpoint) return std::optional<ExportOptions>{};
  ExportOptions options;
  options.endpoint = endpoint;
  while (options.endpoint.ends_with('/')) options.endpoint.pop_back();
  const auto url = parse_url(options.endpoint);
  if (!url || (url->scheme != "http" && url->scheme != "https")) {
    return Error{ErrorCode::kInvalidArgument, std::string(kEndpoint) + " is \"" + endpoint +
                                                  "\"; it has to be http://host:port or https://host:port"};
  }
  auto headers = parse_list(kHeaders, environment(kHeaders));
  if (!headers) return headers.error();
  options.headers = std::move(*headers);
  auto resource = parse_list(kResource, environment(kResource));
  if (!resource) return resource.error();
  options.resource = std::move(*resource);
  options.resource.emplace("service.name", service);
  if (const char* name = environment("OTEL_SERVICE_NAME"); name && *name) options.resource["service.name"] = name;
  if (const char* pod = environment("POD_NAME"); pod && *pod) options.resource.emplace("service.instance.id", pod);
  return std::optional(std::move(options));
}

std::string to_otlp_json(const std::map<std::string, std::string>& resource, const std::vector<SpanData>& spans) {
  json::array attributes, list;
  for (const auto& [key, value] : resource) attributes.push_back(attribute(key, json::value(value)));
  for (const auto& span : spans) list.push_back(span_json(span));
  const json::object scope{{"scope", json::object{{"name", "causeway"}}}, {"spans", std::move(list)}};
  return json::serialize(json::object{
      {"resourceSpans", json::array{json::object{{"resource", json::object{{"attributes", std::move(attributes)}}},
                                                 {"scopeSpans", json::array{scope}}}}}});
}

struct Exporter::Impl {
  Impl(ExportOptions o, MetricsRegistry& metrics)
      : options(std::move(o)),
        http({.base_url = options.endpoint, .user_agent = "causeway-otlp"}),
        exported(metrics.counter("causeway_trace_spans_exported_total", "Spans that the collector has taken")),
        dropped_full(dropped(metrics, "queue_full")),
        dropped_failed(dropped(metrics, "export_failed")) {}

  static Counter& dropped(MetricsRegistry& metrics, const char* reason) {
    return metrics.counter("causeway_trace_spans_dropped_total", "Spans that reached no collector",
                           {{"reason", reason}});
  }

  void take(SpanData span) {
    const std::lock_guard lock(mutex);
    if (waiting.size() >= options.queue) return dropped_full.add();
    waiting.push_back(std::move(span));
    changed.notify_one();
  }

  std::vector<SpanData> next_batch(std::stop_token stop) {
    std::unique_lock lock(mutex);
    changed.wait(lock, stop, [this] { return !waiting.empty(); });
    changed.wait_for(lock, stop, options.every, [this] { return waiting.size() >= options.batch; });
    const auto count = static_cast<std::ptrdiff_t>(std::min(waiting.size(), options.batch));
    std::vector<SpanData> batch(std::make_move_iterator(waiting.begin()),
                                std::make_move_iterator(waiting.begin() + count));
    waiting.erase(waiting.begin(), waiting.begin() + count);
    return batch;
  }

  Result<HttpResponse> attempt(const std::vector<SpanData>& batch) {
    HttpRequest request;
    request.method = "POST";
    request.target = "/v1/traces";
    request.headers.set("Content-Type", "application/json");
    for (const auto& [name, value] : options.headers) request.headers.set(name, value);
    request.body = to_otlp_json(options.resource, batch);
    return http.call(request, {.timeout = options.timeout, .stop = enough.get_token()});
  }

  void account(const std::vector<SpanData>& batch, const Result<HttpResponse>& response) {
    const bool good = response && response->status >= 200 && response->status < 300;
    (good ? exported : dropped_failed).add(static_cast<double>(batch.size()));
    if (good != std::exchange(taken, good)) {
      if (good) return log::info("the collector of traces takes spans again", {{"endpoint", options.endpoint}});
      log::warn("the collector of traces takes no spans; they are dropped",
                {{"endpoint", options.endpoint},
                 {"error", response ? "HTTP status " + std::to_string(response->status) : response.error().message}});
    }
  }

  void run(std::stop_token stop) {
    while (!stop.stop_requested()) {
      auto batch = next_batch(stop);
      if (!batch.empty()) send(std::move(batch), stop);
    }
    for (auto batch = everything(); !batch.empty(); batch = everything()) account(batch, attempt(batch));
    const std::lock_guard lock(mutex);
    ended = true;
    changed.notify_all();
  }

  void send(std::vector<SpanData> batch, std::stop_token stop) {
    auto backoff = options.backoff;
    for (int number = 1;; ++number, backoff *= 2) {
      const auto response = attempt(batch);
      if (!worth_another_attempt(response) || number >= options.attempts) return account(batch, response);
      if (system_clock().sleep_for(backoff, stop)) continue;
      // The program ends: once more, with all the others.
      const std::lock_guard lock(mutex);
      waiting.insert(waiting.begin(), std::make_move_iterator(batch.begin()), std::make_move_iterator(batch.end()));
      return;
    }
  }

  std::vector<SpanData> everything() {
    const std::lock_guard lock(mutex);
    std::vector<SpanData> all(std::make_move_iterator(waiting.begin()), std::make_move_iterator(waiting.end()));
    waiting.clear();
    return all;
  }

  // What is on its way may arrive; a collector that does not answer is left.
  void finish() {
    thread.request_stop();
    {
      std::unique_lock lock(mutex);
      if (!changed.wait_for(lock, options.farewell, [this] { return ended; })) enough.request_stop();
    }
    thread.join();
  }

  const ExportOptions options;
  HttpClient http;
  Counter &exported, &dropped_full, &dropped_failed;
  std::mutex mutex;
  std::condition_variable_any changed;
  std::deque<SpanData> waiting;
  bool taken = true;        // by the collector, the last time
  bool ended = false;       // nothing is left to send
  std::stop_source enough;  // of waiting for the collector
  std::jthread thread;
};

Exporter::Exporter(ExportOptions options, MetricsRegistry& metrics)
    : impl_(std::make_shared<Impl>(std::move(options), metrics)) {
  impl_->thread = std::jthread([impl = impl_.get()](std::stop_token stop) { impl->run(stop); });
  set_sink(std::make_shared<const Sink>([impl = impl_](SpanData span) { impl->take(std::move(span)); }));
}

Exporter::~Exporter() {
  set_sink(nullptr);
  impl_->finish();
}

std::unique_ptr<Exporter> export_from_environment(const std::string& service, MetricsRegistry& metrics) {
  auto options = export_options(service, [](const char* name) { return std::getenv(name); });
  if (!options) {
    log::error("traces are off", {{"error", options.error().message}});
    return nullptr;
  }
  if (!*options) return nullptr;
  log::info("traces are on", {{"endpoint", (*options)->endpoint}});
  return std::make_unique<Exporter>(std::move(**options), metrics);
}

}  // namespace causeway::base::trace
