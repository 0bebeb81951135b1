#include "kube/runtime/controller_impl.hpp"

#include "base/encoding.hpp"
#include "base/log.hpp"

namespace causeway::kube {

namespace {

// Names as controller-runtime has them, so that its dashboards and alerts fit.
base::Counter& result_counter(base::MetricsRegistry& metrics, const std::string& controller, const char* result) {
  return metrics.counter("controller_runtime_reconcile_total", "Total number of reconciliations per controller",
                         {{"controller", controller}, {"result", result}});
}

base::Counter& counter(base::MetricsRegistry& metrics, const std::string& controller, const char* name,
                       const char* help) {
  return metrics.counter(name, help, {{"controller", controller}});
}

const std::vector<double>& buckets() {
  static const std::vector<double> b{0.005, 0.01, 0.025, 0.05, 0.1,  0.15, 0.2,  0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6,
                                     0.7,   0.8,  0.9,   1.0,  1.25, 1.5,  1.75, 2.0,  2.5, 3.0,  3.5, 4.0,  4.5, 5,
                                     6,     7,    8,     9,    10,   15,   20,   25,   30,  40,   50,  60};
  return b;
}

}  // namespace

ControllerImpl::ControllerImpl(ControllerOptions options, Reconcile reconcile, const base::Clock& clock,
                               base::MetricsRegistry& metrics)
    : options_(std::move(options)),
      reconcile_(std::move(reconcile)),
      clock_(clock),
      queue_(options_.name, clock, &metrics),
      succeeded_(result_counter(metrics, options_.name, "success")),
      failed_(result_counter(metrics, options_.name, "error")),
      requeued_after_(result_counter(metrics, options_.name, "requeue_after")),
      errors_(counter(metrics, options_.name, "controller_runtime_reconcile_errors_total",
                      "Total number of reconciliation errors per controller")),
      terminal_errors_(counter(metrics, options_.name, "controller_runtime_terminal_reconcile_errors_total",
                               "Total number of terminal reconciliation errors per controller")),
      exceptions_(counter(metrics, options_.name, "controller_runtime_reconcile_panics_total",
                          "Total number of reconciliations that threw an exception per controller")),
      seconds_(metrics.histogram("controller_runtime_reconcile_time_seconds",
                                 "Length of time per reconciliation per controller", buckets(),
                                 {{"controller", options_.name}})),
      active_(metrics.gauge("controller_runtime_active_workers", "Number of currently used workers per controller",
                            {{"controller", options_.name}})) {
  metrics
      .gauge("controller_runtime_max_concurrent_reconciles", "Maximum number of concurrent reconciles per controller",
             {{"controller", options_.name}})
      .set(static_cast<double>(options_.workers));
}

ControllerImpl::~ControllerImpl() {
  request_stop();
  join();
}

void ControllerImpl::enqueue(const ObjectKey& key, bool initial) {
  queue_.add(key, initial ? WorkQueue::Priority::kLow : WorkQueue::Priority::kNormal);
}

void ControllerImpl::enqueue_after(const ObjectKey& key, base::Duration delay) {
  queue_.add_after(key, delay);
}

void ControllerImpl::start() {
  if (!workers_.empty()) return;
  for (std::size_t i = 0; i < std::max<std::size_t>(options_.workers, 1); ++i)
    workers_.emplace_back([this](std::stop_token stop) { work(stop); });
}

void ControllerImpl::request_stop() {
  for (auto& worker : workers_) worker.request_stop();
}

void ControllerImpl::join() {
  workers_.clear();
}

void ControllerImpl::work(std::stop_token stop) {
  while (auto key = queue_.get(stop)) {
    active_.add(1);
    reconcile_one(*key, stop);
    queue_.done(*key);
    active_.add(-1);
  }
}

void ControllerImpl::reconcile_one(const ObjectKey& key, std::stop_token stop) {
  const auto id = base::random_hex(12);
  base::log::Scope scope({{"controller", options_.name}, {"object", key.to_string()}, {"reconcile_id", id}});
  base::trace::Span span("reconcile " + options_.name, trace_parent(key));
  span.set("causeway.object", key.to_string());
  span.set("causeway.reconcile_id", id);
  const auto begin = clock_.steady();
  const auto result = call(key, stop);
  if (result.error) span.fail(*result.error);
  seconds_.observe(std::chrono::duration<double>(clock_.steady() - begin).count());
  if (!result.error) {
    queue_.forget(key);
    if (result.requeue_after) {
      requeued_after_.add();
      queue_.add_after(key, *result.requeue_after);
    } else {
      succeeded_.add();
    }
    return;
  }
  failed_.add();
  errors_.add();
  if (stop.stop_requested()) {
    // What was cut off by the stop says nothing about the object; whoever starts next does it again.
    base::log::debug("reconcile was stopped", {{"error", *result.error}});
    return;
  }
  if (result.terminal) {
    terminal_errors_.add();
    queue_.forget(key);
    base::log::error("reconcile failed, only a change of the object can help", {{"error", *result.error}});
    return;
  }
  queue_.add_rate_limited(key);
  base::log::error("reconcile failed", {{"error", *result.error}, {"failures", queue_.failures(key)}});
}

std::optional<base::trace::Context> ControllerImpl::trace_parent(const ObjectKey& key) const {
  if (!options_.trace_parent || !base::trace::enabled()) return std::nullopt;
  return options_.trace_parent(key);
}

ReconcileResult ControllerImpl::call(const ObjectKey& key, std::stop_token stop) {
  try {
    return reconcile_(key, stop);
  } catch (const std::exception& e) {
    exceptions_.add();
    return ReconcileResult::failed(std::string("exception: ") + e.what());
  } catch (...) {
    exceptions_.add();
    return ReconcileResult::failed(std::string("exception of unknown type"));
  }
}

}  // namespace causeway::kube
