#include "base/trace.hpp"

#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "base/encoding.hpp"
#include "base/log.hpp"

namespace causeway::base::trace {
namespace {

// Beside the log's sink: spans are made where nobody could hand an exporter on.
struct Global {
  std::atomic<bool> enabled{false};
  std::mutex mutex;
  std::shared_ptr<const Sink> sink;
};

Global& global() {
  static Global instance;
  return instance;
}

std::vector<Context>& stack() {
  thread_local std::vector<Context> open;
  return open;
}

bool is_id(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == text.npos &&
         text.find_first_not_of('0') != text.npos;
}

}  // namespace

std::optional<Context> parse_traceparent(std::string_view text) {
  // version 2, trace 32, span 16, flags 2; a later version may go on behind another '-'.
  constexpr std::size_t kLength = 55;
  if (text.size() < kLength || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  const auto version = text.substr(0, 2), flags = text.substr(53, 2);
  for (const auto part : {version, flags})
    if (part.find_first_not_of("0123456789abcdef") != part.npos) return std::nullopt;
  if (version == "ff") return std::nullopt;
  if (version == "00" ? text.size() != kLength : text.size() > kLength && text[kLength] != '-') return std::nullopt;
  const auto trace = text.substr(3, 32), span = text.substr(36, 16);
  if (!is_id(trace, 32) || !is_id(span, 16)) return std::nullopt;
  return Context{std::string(trace), std::string(span)};
}

std::string traceparent(const Context& context) {
  return "00-" + context.trace_id + "-" + context.span_id + "-01";
}

Context child_of(const std::optional<Context>& parent) {
  return {parent ? parent->trace_id : random_hex(32), random_hex(16)};
}

void set_sink(std::shared_ptr<const Sink> sink) {
  auto& g = global();
  const std::lock_guard lock(g.mutex);
  g.sink = std::move(sink);
  g.enabled.store(g.sink != nullptr);
}

bool enabled() {
  return global().enabled.load(std::memory_order_relaxed);
}

std::optional<Context> current() {
  if (stack().empty()) return std::nullopt;
  return stack().back();
}

void emit(SpanData span) {
  if (!enabled()) return;
  std::shared_ptr<const Sink> sink;
  {
    auto& g = global();
    const std::lock_guard lock(g.mutex);
    sink = g.sink;
  }
  if (sink) (*sink)(std::move(span));
}

struct Span::Open {
  Open(SpanData s) : data(std::move(s)) {}
  SpanData data;
  log::Scope scope{{"trace_id", data.context.trace_id}, {"span_id", data.context.span_id}};
  bool forgotten = false;
};

Span::Span(std::string name, const std::optional<Context>& parent) {
  if (!enabled()) return;
  const auto above = parent ? parent : current();
  SpanData data;
  data.name = std::move(name);
  data.context = child_of(above);
  if (above) data.parent_span_id = above->span_id;
  data.start = system_clock().wall();
  open_ = std::make_unique<Open>(std::move(data));
  stack().push_back(open_->data.context);
}

Span::~Span() {
  if (!open_) return;
  stack().pop_back();
  if (open_->forgotten) return;
  open_->data.end = system_clock().wall();
  emit(std::move(open_->data));
}

void Span::set(std::string_view key, std::string_view value) {
  if (open_) open_->data.attributes[key].emplace_string().assign(value.data(), value.size());
}

void Span::forget() {
  if (open_) open_->forgotten = true;
}

void Span::fail(std::string_view error) {
  if (open_) open_->data.error = error.empty() ? std::string("failed") : std::string(error);
}

}  // namespace causeway::base::trace
