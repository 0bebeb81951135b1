#pragma once
// The frame of a controller program: client, informers, controllers, leader election, probes and metrics, started and
// stopped in controller-runtime's order: probes/metrics → servers (webhooks) → informers → non-leader work →
// (leadership) → leader work;
// stop in reverse, the lease released last. Losing the lease ends run() with an error: the process exits and starts
// anew.

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/certificate_files.hpp"
#include "base/metrics.hpp"
#include "kube/client/client.hpp"
#include "kube/runtime/controller.hpp"
#include "kube/runtime/events.hpp"
#include "kube/runtime/informers.hpp"
#include "kube/runtime/lease.hpp"

namespace causeway::kube {

struct ManagerOptions {
  std::string name;  // "causeway-operator-hub": user agent, event source
  ClientConfig config;
  std::optional<LeaseOptions> leader{};         // nullopt: always leader
  std::string listen = "0.0.0.0:8080";          // /healthz /readyz /metrics; empty: none
  std::optional<base::CertificateFiles> tls{};  // of `listen`; nullopt: plain HTTP
};

class Manager {
 public:
  explicit Manager(ManagerOptions options);
  ~Manager();

  Client& client();
  base::MetricsRegistry& metrics();
  EventRecorder& events();
  const base::Clock& clock() const;

  // The manager's own cluster; before run() only.
  Informers& informers();
  template <Resource T>
  Informer<T>& informer(InformerOptions options = {}) {
    return informers().informer<T>(std::move(options));
  }
  Informer<Object>& objects(const ResourceType& type, InformerOptions options = {}) {
    return informers().objects(type, std::move(options));
  }

  Controller& controller(ControllerOptions options, Controller::Reconcile reconcile);

  // A loop of its own until `stop`. An error ends the program.
  using Runnable = std::function<base::Result<void>(std::stop_token stop)>;
  void add_runnable(std::string name, bool leader_only, Runnable run);
  // Something that has to answer before informers can be in sync, and until everything else has stopped: an admission
  // server. An error of `start`, which may wait until the token is triggered, ends run().
  void add_server(std::string name, Runnable start, std::function<void()> stop);
  // /readyz asks each; the text of an error is shown. "informers" is built in.
  void add_ready_check(std::string name, std::function<base::Result<void>()> check);

  bool leading() const;
  std::uint16_t port() const;  // of the probes, while run() runs
  base::Result<void> run(std::stop_token stop);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::kube
