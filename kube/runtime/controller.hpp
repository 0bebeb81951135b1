#pragma once
// A controller: events become keys, keys go through a work queue, workers call reconcile.

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <type_traits>
#include <vector>

#include "base/trace.hpp"
#include "kube/runtime/informer.hpp"
#include "kube/runtime/workqueue.hpp"

namespace causeway::kube {

struct ReconcileResult {
  std::optional<base::Duration> requeue_after{};  // forget the back-off, come again then
  std::optional<std::string> error{};             // come again with back-off
  bool terminal = false;                          // an error that only a change of the object can cure: no retry

  static ReconcileResult done() { return {}; }
  static ReconcileResult after(base::Duration d) { return {.requeue_after = d}; }
  static ReconcileResult failed(std::string message) { return {.error = std::move(message)}; }
  static ReconcileResult failed(const Error& e) { return {.error = e.message}; }
  static ReconcileResult stalled(std::string message) { return {.error = std::move(message), .terminal = true}; }
};

struct ControllerOptions {
  std::string name;
  std::size_t workers = 2;
  bool leader_only = true;
  // The span that a reconcile of the object belongs to: of the change that is under way. Absent: each is a trace of its
  // own. Called by the workers, with tracing on only.
  std::function<std::optional<base::trace::Context>(const ObjectKey& key)> trace_parent{};
};

// A predicate for Controller::watch_when: what a user wrote changed, or the object is being deleted; not its status.
template <Resource T>
bool generation_changed(const std::shared_ptr<const T>& old, const std::shared_ptr<const T>& now) {
  return !old || !now || old->metadata.uid != now->metadata.uid ||
         old->metadata.generation != now->metadata.generation || old->metadata.deleting() != now->metadata.deleting();
}

// Made by Manager::controller(). An exception from reconcile is an error like any other, counted and logged.
// Log lines of a reconcile carry controller, object and reconcile id; with tracing on, it is a span "reconcile <name>".
class Controller {
 public:
  using Reconcile = std::function<ReconcileResult(const ObjectKey& key, std::stop_token stop)>;

  virtual ~Controller() = default;

  template <class T>
  void watch(Informer<T>& informer) {
    informer.add_handler([this, &informer](const ObjectKey& key, const auto& old, const auto&) {
      enqueue(key, !old && !informer.synced());
    });
  }
  // Both the old and the new object are mapped.
  template <class T>
  void watch(Informer<T>& informer, std::function<std::vector<ObjectKey>(const T&)> map) {
    informer.add_handler([this, &informer, map](const ObjectKey&, const auto& old, const auto& now) {
      if (old)
        for (const auto& key : map(*old)) enqueue(key, false);
      if (now)
        for (const auto& key : map(*now)) enqueue(key, !old && !informer.synced());
    });
  }
  // Only the changes that `when` lets pass; old or now is null for created and deleted objects.
  // (controller-runtime: predicates)
  template <class T>
  void watch_when(Informer<T>& informer,
                  std::type_identity_t<
                      std::function<bool(const std::shared_ptr<const T>& old, const std::shared_ptr<const T>& now)>>
                      when) {
    informer.add_handler(
        [this, &informer, when = std::move(when)](const ObjectKey& key, const auto& old, const auto& now) {
          if (when(old, now)) enqueue(key, !old && !informer.synced());
        });
  }
  // Low priority is for initial objects.
  virtual void enqueue(const ObjectKey& key, bool initial = false) = 0;
  virtual void enqueue_after(const ObjectKey& key, base::Duration delay) = 0;
};

}  // namespace causeway::kube
