// Our side of `./causeway bench kube`; the other is tests/bench/peers.
//
//   kube_bench cache --objects N [--dynamic]     lists and watches N Demos with an informer
//   kube_bench reconcile --objects N [--write]   a Manager reconciles each of N Demos once
//
// Each prints one JSON object.

#include <CLI/CLI.hpp>
#include <atomic>
#include <boost/json.hpp>
#include <iostream>
#include <thread>
#include <unistd.h>

#include "base/log.hpp"
#include "crds/demo/demo.hpp"
#include "kube/runtime/manager.hpp"
#include "tests/bench/measure.hpp"

namespace causeway::bench {
namespace {

namespace json = boost::json;
using crds::Demo;

struct Options {
  std::string kubeconfig;
  std::size_t objects = 0, workers = 4;
  bool dynamic = false, write = false;
};

double seconds_since(base::SteadyTime begin) {
  return std::chrono::duration<double>(base::system_clock().steady() - begin).count();
}

double per_object(std::uint64_t now, std::uint64_t before, const Options& options) {
  return (static_cast<double>(now) - static_cast<double>(before)) / static_cast<double>(options.objects);
}

template <class T>
void measure_cache(kube::Informers& informers, kube::Informer<T>& informer, const Options& options) {
  const auto resident = status_bytes("VmRSS");
  const auto heap = live_heap();
  const auto cpu = cpu_seconds();
  const auto begin = base::system_clock().steady();
  informers.start();
  informers.wait_synced({});
  const auto wall = seconds_since(begin);
  if (informer.size() != options.objects)
    throw std::runtime_error("the cache holds " + std::to_string(informer.size()) + " objects");
  settle();
  std::cout << json::object{{"cpu_seconds", cpu_seconds() - cpu},
                            {"wall_seconds", wall},
                            {"peak_bytes", status_bytes("VmHWM")},
                            {"bytes_per_object", per_object(status_bytes("VmRSS"), resident, options)},
                            {"live_bytes_per_object", per_object(live_heap(), heap, options)}}
            << std::endl;
}

void cache(const kube::ClientConfig& config, const Options& options) {
  kube::Client client(config);
  base::MetricsRegistry metrics;
  kube::Informers informers(client, base::system_clock(), metrics);
  if (options.dynamic) {
    measure_cache(informers, informers.objects(Demo::kResource), options);
  } else {
    measure_cache(informers, informers.informer<Demo>(), options);
  }
  informers.stop();
}

// Reconciles a Demo: reads it from the cache, and judges whether its status says what was measured last. With write, a
// status that does not is patched; the patch comes back as an event and is reconciled once more.
class DemoReconciler {
 public:
  DemoReconciler(kube::Manager& manager, const Options& options)
      : client_(manager.client()), demos_(manager.informer<Demo>()), options_(options) {}

  kube::ReconcileResult reconcile(const kube::ObjectKey& key) {
    const auto demo = demos_.get(key);
    if (!demo) return kube::ReconcileResult::done();
    auto conditions = demo->status.conditions;
    const bool changed = kube::set_condition(conditions,
                                             {.type = "Measured",
                                              .status = "True",
                                              .observed_generation = demo->metadata.generation,
                                              .last_transition_time = {},
                                              .reason = "Reconciled",
                                              .message = message_},
                                             base::system_clock().wall());
    if (options_.write && changed) {
      const json::object patch{{"status", json::object{{"conditions", kube::to_json(conditions)}}}};
      auto written =
          client_.patch(Demo::kResource, key.ns, key.name, kube::PatchType::kMerge, patch, {.subresource = "status"});
      return written ? kube::ReconcileResult::done() : kube::ReconcileResult::failed(written.error());
    }
    if (++seen_ == options_.objects) done_.request_stop();
    return kube::ReconcileResult::done();
  }

  void watched_by(kube::Controller& controller) { controller.watch(demos_); }
  std::stop_token done() const { return done_.get_token(); }

 private:
  kube::Client& client_;
  kube::Informer<Demo>& demos_;
  const Options options_;
  const std::string message_ = "by process " + std::to_string(getpid());
  std::atomic<std::size_t> seen_{0};
  std::stop_source done_;
};

void reconcile(kube::ClientConfig config, const Options& options) {
  const auto cpu = cpu_seconds();
  const auto begin = base::system_clock().steady();
  kube::Manager manager({.name = "bench", .config = std::move(config), .listen = ""});
  DemoReconciler reconciler(manager, options);
  reconciler.watched_by(
      manager.controller({.name = "demo", .workers = options.workers},
                         [&](const kube::ObjectKey& key, std::stop_token) { return reconciler.reconcile(key); }));
  std::stop_source end;
  std::jthread running([&] {
    if (auto r = manager.run(end.get_token()); !r) throw std::runtime_error(r.error().message);
  });
  while (!reconciler.done().stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const auto wall = seconds_since(begin);
  settle();
  std::cout << json::object{{"cpu_seconds", cpu_seconds() - cpu},
                            {"wall_seconds", wall},
                            {"peak_bytes", status_bytes("VmHWM")}}
            << std::endl;
  end.request_stop();
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app("Measures kube/ against an API server that holds Demos.");
  app.require_subcommand(1);
  app.add_option("--kubeconfig", options.kubeconfig, "how to reach the API server")->required();
  auto* cache_command = app.add_subcommand("cache", "list and watch into a cache")->fallthrough();
  auto* reconcile_command = app.add_subcommand("reconcile", "reconcile each once")->fallthrough();
  app.add_option("--objects", options.objects, "how many Demos there are")->required();
  cache_command->add_flag("--dynamic", options.dynamic, "JSON objects instead of structs");
  reconcile_command->add_flag("--write", options.write, "write each Demo's status");
  reconcile_command->add_option("--workers", options.workers, "reconcilers at once");
  CLI11_PARSE(app, argc, argv);

  auto config = kube::load_kubeconfig(options.kubeconfig);
  if (!config) throw std::runtime_error(config.error().message);
  if (cache_command->parsed()) cache(*config, options);
  if (reconcile_command->parsed()) reconcile(*config, options);
  return 0;
}

}  // namespace
}  // namespace causeway::bench

int main(int argc, char** argv) {
  try {
    return causeway::bench::run(argc, argv);
  } catch (const std::exception& e) {
    std::cerr << "kube_bench: " << e.what() << '\n';
    return 1;
  }
}
