#pragma once
// Traces: spans in OpenTelemetry's model, with W3C trace contexts between processes. Thread-safe.
//
// Off until an Exporter lives (otlp.hpp): a Span then costs one atomic read, and nothing is handed on. While one is
// open, log lines of its thread carry `trace_id` and `span_id`, and kube's client sends `traceparent`.

#include <boost/json/object.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace causeway::base::trace {

// Which span of which trace: lower-case hexadecimal, 32 and 16 digits.
struct Context {
  std::string trace_id, span_id;
  bool operator==(const Context&) const = default;
};

// The `traceparent` header (W3C Trace Context, level 1): "00-<trace>-<span>-01". nullopt: not one, or all zeros.
std::optional<Context> parse_traceparent(std::string_view text);
std::string traceparent(const Context& context);

// A new span of the parent's trace, or of a new one.
Context child_of(const std::optional<Context>& parent);

struct SpanData {
  std::string name;  // what is done, not to which object: few different ones
  Context context;
  std::string parent_span_id;  // "" = the trace begins here
  WallTime start, end;
  boost::json::object attributes;  // strings, integers, booleans
  std::string error;               // "" = it went well
};

// What takes the spans that end. One at a time, installed by the Exporter.
using Sink = std::function<void(SpanData)>;
void set_sink(std::shared_ptr<const Sink> sink);  // null: tracing is off
bool enabled();

// Of the innermost Span open in this thread; nullopt without one, or with tracing off.
std::optional<Context> current();

// For what began elsewhere or long ago. Nothing happens with tracing off.
void emit(SpanData span);

// What this thread does while it lives. The parent is the one given, else the thread's innermost span; without either a
// trace begins. Made and destroyed by one thread, innermost first.
class Span {
 public:
  explicit Span(std::string name, const std::optional<Context>& parent = {});
  ~Span();
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;

  void set(std::string_view key, std::string_view value);
  void fail(std::string_view error);
  void forget();  // it was begun in vain, and is not handed on

 private:
  struct Open;
  std::unique_ptr<Open> open_;  // null with tracing off
};

}  // namespace causeway::base::trace
