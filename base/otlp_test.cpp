#include "base/otlp.hpp"

#include <boost/json/parse.hpp>
#include <condition_variable>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mutex>

#include "base/http_server.hpp"
#include "base/test_sockets.hpp"

namespace causeway::base::trace {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

// A collector that answers as told and keeps the names of the spans it was sent.
class Collector {
 public:
  explicit Collector(std::vector<int> answers = {}) : answers_(std::move(answers)) {
    server_ =
        std::move(HttpServer::start({}, HttpServer::Handler([this](const HttpRequest& r) { return take(r); })).value());
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }
  // Waits until that many requests came.
  void wait_requests(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return requests_ >= count; });
  }
  std::vector<std::string> names() const {
    const std::lock_guard lock(mutex_);
    return names_;
  }
  std::string header() const {  // of the last request, x-key
    const std::lock_guard lock(mutex_);
    return header_;
  }

 private:
  HttpResponse take(const HttpRequest& request) {
    const std::lock_guard lock(mutex_);
    const int status = requests_ < answers_.size() ? answers_[requests_] : 200;
    ++requests_;
    header_ = request.headers.get("x-key").value_or("");
    if (request.target != "/v1/traces" || request.headers.get("Content-Type") != "application/json")
      return text_response(400, "not a trace\n");
    if (status == 200) {
      const auto body = json::parse(request.body);
      for (const auto& span : body.at_pointer("/resourceSpans/0/scopeSpans/0/spans").as_array())
        names_.emplace_back(span.at("name").as_string());
    }
    changed_.notify_all();
    return json_response(status, "{}");
  }

  std::vector<int> answers_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t requests_ = 0;
  std::vector<std::string> names_;
  std::string header_;
  std::unique_ptr<HttpServer> server_;  // last: its threads use what is above
};

ExportOptions options_of(const Collector& collector) {
  ExportOptions options;
  options.endpoint = collector.url();
  options.every = std::chrono::milliseconds(1);
  options.backoff = std::chrono::milliseconds(1);
  return options;
}

double dropped(MetricsRegistry& metrics, const char* reason) {
  return metrics.counter("causeway_trace_spans_dropped_total", "Spans that reached no collector", {{"reason", reason}})
      .value();
}
double exported(MetricsRegistry& metrics) {
  return metrics.counter("causeway_trace_spans_exported_total", "Spans that the collector has taken").value();
}

TEST(Otlp, JsonIsWhatTheProtocolAsks) {
  SpanData span{.name = "build",
                .context = {std::string(32, 'a'), std::string(16, 'b')},
                .parent_span_id = std::string(16, 'c'),
                .start = WallTime(std::chrono::seconds(2)),
                .end = WallTime(std::chrono::seconds(3)),
                .attributes = {{"n", 7},
                               {"yes", true},
                               {"text",
                                "\xff"
                                "x"}},
                .error = "it failed"};
  const auto body = json::parse(to_otlp_json({{"service.name", "test"}}, {span}));
  EXPECT_EQ(body.at_pointer("/resourceSpans/0/resource/attributes/0"),
            json::parse(R"({"key":"service.name","value":{"stringValue":"test"}})"));
  EXPECT_EQ(body.at_pointer("/resourceSpans/0/scopeSpans/0/spans/0"), json::parse(R"({
    "traceId":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","spanId":"bbbbbbbbbbbbbbbb","parentSpanId":"cccccccccccccccc",
    "name":"build","kind":1,"startTimeUnixNano":"2000000000","endTimeUnixNano":"3000000000",
    "attributes":[{"key":"n","value":{"intValue":"7"}},{"key":"yes","value":{"boolValue":true}},
                  {"key":"text","value":{"stringValue":"\ufffdx"}}],
    "status":{"code":2,"message":"it failed"}})"));
}

TEST(Otlp, EnvironmentSaysWhere) {
  const std::map<std::string, std::string> all{{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/"},
                                               {"OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b, x=y"},
                                               {"OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test"},
                                               {"POD_NAME", "hub-0"}};
  const auto of = [](const std::map<std::string, std::string>& values) {
    return [&values](const char* name) -> const char* {
      const auto found = values.find(name);
      return found == values.end() ? nullptr : found->second.c_str();
    };
  };
  const auto options = export_options("service", of(all));
  ASSERT_TRUE(options && *options);
  EXPECT_EQ((*options)->endpoint, "http://collector:4318");
  EXPECT_EQ((*options)->headers.at("api-key"), "a b");
  EXPECT_EQ((*options)->headers.at("x"), "y");
  EXPECT_EQ((*options)->resource.at("service.name"), "service");
  EXPECT_EQ((*options)->resource.at("service.instance.id"), "hub-0");
  EXPECT_EQ((*options)->resource.at("deployment.environment"), "test");

  const std::map<std::string, std::string> none{{"OTEL_EXPORTER_OTLP_ENDPOINT", ""}};
  EXPECT_FALSE(export_options("service", of(none)).value());
  const std::map<std::string, std::string> wrong{{"OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"}};
  EXPECT_THAT(export_options("service", of(wrong)).error().message, HasSubstr("it has to be http://host:port"));
  auto list = all;
  list["OTEL_EXPORTER_OTLP_HEADERS"] = "novalue";
  EXPECT_THAT(export_options("service", of(list)).error().message, HasSubstr("OTEL_EXPORTER_OTLP_HEADERS has to be"));
}

TEST(Otlp, SpansReachTheCollector) {
  Collector collector;
  MetricsRegistry metrics;
  {
    auto options = options_of(collector);
    options.headers["x-key"] = "secret";
    const Exporter exporter(options, metrics);
    { const Span span("one"); }
    collector.wait_requests(1);
    { const Span span("two"); }
  }  // what is left goes with the end
  EXPECT_THAT(collector.names(), testing::ElementsAre("one", "two"));
  EXPECT_EQ(collector.header(), "secret");
  EXPECT_EQ(exported(metrics), 2);
  EXPECT_FALSE(enabled());
}

TEST(Otlp, ACollectorThatAsksToWaitIsAskedAgain) {
  Collector collector({503, 429});
  MetricsRegistry metrics;
  {
    const Exporter exporter(options_of(collector), metrics);
    { const Span span("one"); }
    collector.wait_requests(3);
  }
  EXPECT_THAT(collector.names(), testing::ElementsAre("one"));
  EXPECT_EQ(dropped(metrics, "export_failed"), 0);
}

TEST(Otlp, WhatTheCollectorRefusesIsDroppedAndCounted) {
  Collector collector({400});
  MetricsRegistry metrics;
  {
    const Exporter exporter(options_of(collector), metrics);
    { const Span span("one"); }
    collector.wait_requests(1);
  }
  EXPECT_EQ(dropped(metrics, "export_failed"), 1);
  EXPECT_EQ(exported(metrics), 0);
}

TEST(Otlp, ACollectorThatDoesNotAnswerHoldsTheEndUpForAMomentOnly) {
  test::ScriptedServer silent({[](test::RawSocket& socket) { socket.receive_all(); }});
  MetricsRegistry metrics;
  ExportOptions options;
  options.endpoint = silent.url();
  options.timeout = std::chrono::hours(1);
  options.farewell = std::chrono::milliseconds(50);
  {
    const Exporter exporter(options, metrics);
    const Span span("one");
  }
  EXPECT_EQ(dropped(metrics, "export_failed"), 1);
}

TEST(Otlp, AFullQueueDropsAndNeverWaits) {
  MetricsRegistry metrics;
  ExportOptions options;
  options.endpoint = "http://127.0.0.1:1";  // nobody listens
  options.queue = 10;
  options.every = std::chrono::hours(1);
  options.farewell = std::chrono::milliseconds(200);
  {
    const Exporter exporter(options, metrics);
    for (int i = 0; i < 15; ++i) const Span span("s");
    EXPECT_EQ(dropped(metrics, "queue_full"), 5);
  }
  EXPECT_EQ(dropped(metrics, "export_failed"), 10);
}

}  // namespace
}  // namespace causeway::base::trace
