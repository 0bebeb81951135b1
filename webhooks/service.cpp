#include "webhooks/service.hpp"

#include "webhooks/informer_view.hpp"
#include "webhooks/review.hpp"

namespace causeway::webhooks {

namespace {

// `kubectl delete demos,clusters` deletes Demos a few milliseconds before their Cluster: a refusal of a deletion is
// given only when it still holds after the informers have had time to learn of them.
constexpr base::Duration kLearn = std::chrono::milliseconds(500);
constexpr base::Duration kLook = std::chrono::milliseconds(20);

}  // namespace

struct Service::Impl {
  Impl(kube::Manager& m, ServiceOptions o)
      : manager(m),
        options(std::move(o)),
        view(m),
        keeper(options.certificates, m.client(), m.clock(), m.metrics()),
        server(options.server, m.metrics()) {}

  base::Result<void> start(const std::stop_token& stop) {
    auto certificate =
        options.certificate_files ? options.certificate_files->read(manager.clock().wall()) : keeper.first_leaf(stop);
    if (!certificate) return certificate.error();
    served = *certificate;
    return server.start(std::move(*certificate));
  }

  base::Result<void> keep_certificates(const std::stop_token& stop) {
    const auto replace = [this](base::TlsServerOptions next) { server.set_certificate(std::move(next)); };
    if (!options.certificate_files) return keeper.run(stop, replace);
    base::follow_certificate_files(*options.certificate_files, served, manager.clock(), stop, replace);
    return {};
  }

  kube::AdmissionResponse judge(const kube::AdmissionRequest& request) const {
    auto response = validate(request, view);
    if (request.operation != kube::AdmissionOperation::kDelete) return response;
    const base::SteadyTime end = manager.clock().steady() + kLearn;
    while (!response.allowed && manager.clock().steady() < end && manager.clock().sleep_for(kLook, {})) {
      response = validate(request, view);
    }
    return response;
  }

  base::Result<void> informed() const {
    if (manager.informers().synced()) return {};
    return base::Error{base::ErrorCode::kUnavailable, "not in sync: " + manager.informers().describe_unsynced()};
  }

  base::Result<void> trusted() const { return options.certificate_files ? base::Result<void>() : keeper.ready(); }

  kube::Manager& manager;
  const ServiceOptions options;
  const InformerView view;
  certificates::Keeper keeper;
  kube::AdmissionServer server;
  base::TlsServerOptions served;
};

Service::Service(kube::Manager& manager, ServiceOptions options)
    : impl_(std::make_unique<Impl>(manager, std::move(options))) {
  Impl& s = *impl_;
  s.server.handle(kMutatePath, [&s](const kube::AdmissionRequest& request) { return mutate(request, s.view); });
  s.server.handle(kValidatePath, [&s](const kube::AdmissionRequest& request) { return s.judge(request); });
  s.server.add_ready_check([&s] { return s.informed(); });
  manager.add_server(
      "webhooks", [&s](const std::stop_token& stop) { return s.start(stop); }, [&s] { s.server.stop(); });
  manager.add_runnable("certificates", false, [&s](const std::stop_token& stop) { return s.keep_certificates(stop); });
  manager.add_ready_check("certificates", [&s] { return s.trusted(); });
}

Service::~Service() = default;

std::uint16_t Service::port() const {
  return impl_->server.port();
}

base::Result<void> Service::ready() const {
  if (auto informed = impl_->informed(); !informed) return informed;
  return impl_->trusted();
}

}  // namespace causeway::webhooks
