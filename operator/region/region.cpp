#include "operator/region/region.hpp"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "base/log.hpp"
#include "kube/runtime/probe_server.hpp"
#include "operator/region/agent.hpp"
#include "operator/region/hub_link.hpp"
#include "operator/region/mirror_controller.hpp"
#include "operator/region/workload_controller.hpp"

namespace causeway::op::region {

namespace log = base::log;
namespace resources = kube::resources;

namespace {

constexpr auto kAskForIt = std::chrono::milliseconds(500);

// Everything of the role; lives as long as the loops that use it.
class Region {
 public:
  Region(kube::Manager& manager, const RegionOptions& options, HubAddress address)
      : options_(options),
        address_(std::move(address)),
        token_(std::make_shared<HubToken>(address_.token)),
        hub_(hub_config()),
        hub_informers_(hub_, manager.clock(), manager.metrics()),
        own_secrets_(manager.objects(resources::kSecret,
                                     {.ns = options.ns, .field_selector = "metadata.name=" + options.secret})),
        mirror_(manager, hub_, hub_informers_, address_.ns, options.ns),
        workload_(manager, options.ns, address_.region, options.gateway_url),
        agent_(manager, hub_, address_, token_, options.ns, options.secret) {
    own_secrets_.add_handler([this](const kube::ObjectKey&, const auto&, const auto& now) {
      if (now) return take_up(*now);
      log::warn("the hub has taken this region's credential back");
      moved_ = true;
    });
  }

  // Only the leader follows the hub: two followers would report twice.
  base::Result<void> follow_hub(std::stop_token stop) {
    hub_informers_.start();
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested() && !moved_)
      changed.wait_for(lock, stop, std::chrono::seconds(1), [this] { return moved_.load(); });
    hub_informers_.stop();
    if (moved_)
      return base::Error{base::ErrorCode::kUnavailable, "the hub has moved, or sent this region away: starting anew"};
    return {};
  }

 private:
  kube::ClientConfig hub_config() const {
    kube::ClientConfig config;
    config.server = address_.url;
    config.tls.ca_pem = address_.ca_pem;
    config.token = token_;
    config.default_namespace = address_.ns;
    config.user_agent = "causeway-operator-region";
    return config;
  }

  void take_up(const kube::Object& secret) {
    auto next = HubAddress::parse(secret);
    if (!next) {
      log::warn("ignoring the new credential", {{"error", next.error().message}});
      return;
    }
    if (!next->same_hub(address_)) moved_ = true;
    token_->replace(next->token);
  }

  RegionOptions options_;
  HubAddress address_;
  std::shared_ptr<HubToken> token_;
  kube::Client hub_;
  kube::Informers hub_informers_;
  kube::Informer<kube::Object>& own_secrets_;
  std::atomic<bool> moved_ = false;
  MirrorController mirror_;
  WorkloadController workload_;
  Agent agent_;
};

}  // namespace

base::Result<void> await_credential(const kube::ClientConfig& config, const RegionOptions& options,
                                    const std::string& listen, std::stop_token stop) {
  kube::Client client(config);
  client.set_stop(stop);
  base::MetricsRegistry metrics;
  kube::ProbeServer probes(metrics);
  const std::string where = options.ns + "/" + options.secret;
  probes.add_ready_check("credential", [&where]() -> base::Result<void> {
    return base::Error{base::ErrorCode::kUnavailable, "Secret " + where + " is not there yet; the hub writes it"};
  });
  bool waiting = false;
  do {
    const auto secret = client.get(resources::kSecret, options.ns, options.secret);
    if (secret || !secret.error().not_found()) return {};  // what else is wrong, add_to() says
    if (std::exchange(waiting, true)) continue;
    log::info("waiting for the credential that the hub writes", {{"secret", where}});
    if (auto r = listen.empty() ? base::Result<void>() : probes.start(listen); !r) return r;
  } while (base::system_clock().sleep_for(kAskForIt, stop));
  return {};
}

base::Result<void> add_to(kube::Manager& manager, const RegionOptions& options) {
  const auto secret = manager.client().get(resources::kSecret, options.ns, options.secret);
  if (!secret) {
    return base::Error{base::ErrorCode::kUnavailable,
                       "Secret " + options.ns + "/" + options.secret + " cannot be read: " + secret.error().message};
  }
  auto address = HubAddress::parse(*secret);
  if (!address) return address.error();
  log::info("this region belongs to a hub", {{"hub", address->url}, {"cluster", address->cluster}});

  auto region = std::make_shared<Region>(manager, options, std::move(*address));
  manager.add_runnable("follow-hub", true, [region](std::stop_token stop) { return region->follow_hub(stop); });
  return {};
}

}  // namespace causeway::op::region
