#include "apiserver/cluster.hpp"

#include <thread>

#include "apiserver/repository/follower.hpp"
#include "base/log.hpp"
#include "kube/runtime/manager.hpp"

namespace causeway::api {
namespace {

kube::ManagerOptions manager_options(const kube::ClientConfig& config, std::string listen,
                                     std::optional<base::CertificateFiles> tls) {
  kube::ManagerOptions options;
  options.name = "causeway-apiserver";
  options.config = config;
  options.listen = std::move(listen);
  options.tls = std::move(tls);
  return options;
}

// Somebody waits for what is written: not as long as a controller would try.
kube::ClientConfig impatient(kube::ClientConfig config) {
  config.timeout = std::chrono::seconds(5);
  config.max_retries = 1;
  return config;
}

// The authority that we trust signs for the address that people use as well.
tenant::HubAddress address_of(const kube::ClientConfig& config, const std::string& url) {
  return {url, config.tls_source ? config.tls_source->current().options->ca_pem : config.tls.ca_pem};
}

}  // namespace

struct Cluster::Impl {
  Impl(const kube::ClientConfig& config, std::string listen, std::optional<base::CertificateFiles> tls,
       const std::string& hub_url, People& p)
      : people(p),
        manager(manager_options(config, std::move(listen), std::move(tls))),
        client(impatient(config)),
        writer(impatient(config)),
        tenants(people.pool()),
        access(client, address_of(config, hub_url)),
        keeper(client, tenants, access, manager.clock()) {
    repository::follow_repositories(manager, people.repositories());
    manager.add_runnable("tenants", false, [this](std::stop_token stop) { return keeper.run(std::move(stop)); });
    people.on_event([this](const database::Event& event) {
      if (event.topic != tenant::TenantStore::kTopic) return;
      const auto* account = event.payload.is_object() ? event.payload.as_object().if_contains("account") : nullptr;
      if (account && account->is_int64()) keeper.notice(account->as_int64());
    });
  }

  void run(std::stop_token stop) {
    // Nothing can be followed into a database that is not there yet.
    while (!people.ready()) {
      if (!manager.clock().sleep_for(std::chrono::milliseconds(200), stop)) return;
    }
    if (auto ended = manager.run(std::move(stop)); !ended)
      base::log::error("the cluster is not followed any more", {{"error", ended.error().message}});
  }

  People& people;
  kube::Manager manager;
  kube::Client client;
  repository::Writer writer;
  tenant::TenantStore tenants;
  tenant::HubAccess access;
  tenant::Keeper keeper;
  std::jthread thread;
};

Cluster::Cluster(kube::ClientConfig config, std::string listen, std::optional<base::CertificateFiles> tls,
                 const std::string& hub_url, People& people)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(listen), std::move(tls), hub_url, people)) {}

Cluster::~Cluster() = default;

void Cluster::start() {
  impl_->thread = std::jthread([impl = impl_.get()](std::stop_token stop) { impl->run(std::move(stop)); });
}

base::Result<void> Cluster::ready() const {
  if (impl_->manager.informers().synced()) return {};
  return base::Error{base::ErrorCode::kUnavailable,
                     "the cluster is not known yet: " + impl_->manager.informers().describe_unsynced()};
}

repository::Writer& Cluster::writer() {
  return impl_->writer;
}

tenant::Keeper& Cluster::tenants() {
  return impl_->keeper;
}

tenant::HubAccess& Cluster::access() {
  return impl_->access;
}

}  // namespace causeway::api
