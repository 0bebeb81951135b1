#include "onebox/service/name_service.hpp"

#include "base/files.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "kube/runtime/informers.hpp"

namespace causeway::onebox {

namespace {

constexpr auto kLookAgain = std::chrono::seconds(1);
constexpr std::string_view kCrd = "dnsendpoints.externaldns.k8s.io";
constexpr std::uint16_t kGatewayPort = 80;

std::string lower(std::string_view host) {
  std::string out(host);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace

base::Result<std::unique_ptr<NameService>> NameService::bind(std::uint16_t port, const Clusters& clusters) {
  auto service = std::unique_ptr<NameService>(new NameService(clusters));
  auto* self = service.get();
  auto route = [self](std::string_view host) -> std::optional<base::TcpTarget> {
    std::lock_guard lock(self->mutex_);
    auto it = self->table_.find(lower(host));
    if (it == self->table_.end()) return {};
    return base::TcpTarget{it->second, kGatewayPort};
  };
  auto not_found = [self](std::string_view host) { return unknown_name(host, self->table()); };
  auto relay = base::TcpRelay::by_host("127.0.0.1:" + std::to_string(port), route, not_found);
  if (!relay) return relay.error();
  service->relay_ = std::move(*relay);
  return service;
}

void NameService::start() {
  follower_ = std::jthread([this](std::stop_token stop) { follow(stop); });
}

NameService::~NameService() {
  follower_.request_stop();
  if (follower_.joinable()) follower_.join();
}

NameTable NameService::table() const {
  std::lock_guard lock(mutex_);
  return table_;
}

void NameService::set_table(NameTable table) {
  std::lock_guard lock(mutex_);
  table_ = std::move(table);
}

void NameService::follow(std::stop_token stop) {
  while (!stop.stop_requested()) {
    auto hub = clusters_.find(kHubCluster);
    if (hub && hub->ready()) {
      follow_hub(hub, stop);
      set_table({});
    }
    base::system_clock().sleep_for(kLookAgain, stop);
  }
}

void NameService::follow_hub(const std::shared_ptr<Cluster>& hub, std::stop_token stop) {
  auto text = base::read_file(hub->kubeconfig_file());
  auto config = text ? kube::parse_kubeconfig(*text) : base::Result<kube::ClientConfig>(text.error());
  if (!config) {
    base::log::warn("cannot follow the hub's names", {{"error", config.error().message}});
    return;
  }
  kube::Client client(*config);
  client.set_stop(stop);
  auto same_hub = [&] { return clusters_.find(kHubCluster) == hub; };
  // The kind arrives when Causeway is installed.
  while (same_hub() && !client.get(kube::resources::kCustomResourceDefinition, "", kCrd))
    if (!base::system_clock().sleep_for(kLookAgain, stop)) return;

  base::MetricsRegistry metrics;
  kube::Informers informers(client, base::system_clock(), metrics);
  auto& endpoints = informers.objects(kube::resources::kDnsEndpoint);
  endpoints.add_handler([&](const auto&, const auto&, const auto&) { set_table(name_table(endpoints.list())); });
  informers.start();
  base::log::info("following the hub's names");
  while (same_hub() && base::system_clock().sleep_for(kLookAgain, stop)) {
  }
  informers.stop();
}

}  // namespace causeway::onebox
