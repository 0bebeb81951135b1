#include "operator/region/agent.hpp"

#include <map>

#include "base/log.hpp"
#include "kube/core/quantity.hpp"

namespace causeway::op::region {

namespace json = boost::json;
namespace log = base::log;
namespace resources = kube::resources;
using kube::Object;

namespace {

constexpr auto kLeaseEvery = std::chrono::seconds(10);
constexpr auto kReportCheck = std::chrono::seconds(5);
constexpr auto kReportAnew = std::chrono::minutes(5);  // unchanged: somebody may have cleared or overwritten it
constexpr auto kRetry = std::chrono::seconds(5);
constexpr auto kManager = "causeway-region";
constexpr auto kVersion = "0.1.0";
constexpr std::string_view kReported[] = {"cpu", "memory", "pods", "ephemeral-storage", "nvidia.com/gpu"};

}  // namespace

Agent::Agent(kube::Manager& manager, kube::Client& hub, HubAddress address, std::shared_ptr<HubToken> token,
             std::string ns, std::string secret)
    : manager_(manager),
      hub_(hub),
      address_(std::move(address)),
      renewal_(manager.client(), hub, manager.clock(), std::move(token), address_.ns, std::move(ns), std::move(secret)),
      nodes_(manager.objects(resources::kNode)) {
  manager.add_runnable("hub-lease", true, [this](std::stop_token stop) { return renew_lease(stop); });
  manager.add_runnable("hub-report", true, [this](std::stop_token stop) { return send_reports(stop); });
  manager.add_runnable("hub-token", true, [this](std::stop_token stop) { return renew_token(stop); });
}

base::Result<void> Agent::renew_lease(std::stop_token stop) {
  bool connected = true;
  while (!stop.stop_requested()) {
    const Object patch{{"spec", Object{{"holderIdentity", address_.cluster},
                                       {"leaseDurationSeconds", 40},
                                       {"renewTime", base::format_micro_time(manager_.clock().wall())}}}};
    const auto r = hub_.patch(resources::kLease, address_.ns, "region", kube::PatchType::kMerge, patch,
                              {.field_manager = kManager});
    if (!r && connected) log::warn("the hub does not take this region's lease", {{"error", r.error().message}});
    if (r && !connected) log::info("the hub takes this region's lease again");
    connected = r.ok();
    manager_.clock().sleep_for(connected ? kLeaseEvery : kRetry, stop);
  }
  return {};
}

std::string Agent::report() {
  std::string version, uid;
  if (auto v = manager_.client().version(); v && v->is_object())
    version = std::string(kube::string_at(v->get_object(), "gitVersion"));
  if (auto system = manager_.client().get(resources::kNamespace, "", "kube-system"))
    uid = std::string(kube::uid_of(*system));
  const auto nodes = nodes_.list();
  return json::serialize(Object{{"agentVersion", kVersion},
                                {"kubernetesVersion", version},
                                {"uid", uid},
                                {"nodes", nodes.size()},
                                {"capacity", capacity_of(nodes, "status.capacity")},
                                {"allocatable", capacity_of(nodes, "status.allocatable")}});
}

base::Result<void> Agent::send_reports(std::stop_token stop) {
  std::string sent;
  base::SteadyTime sent_at{};
  while (!stop.stop_requested()) {
    const auto at = manager_.clock().steady();
    if (auto now = report(); now != sent || at - sent_at >= kReportAnew) {
      const Object patch{{"data", Object{{"report", now}}}};
      const auto r = hub_.patch(resources::kConfigMap, address_.ns, "region-report", kube::PatchType::kMerge, patch,
                                {.field_manager = kManager});
      if (r) {
        sent = std::move(now);
        sent_at = at;
      }
    }
    manager_.clock().sleep_for(kReportCheck, stop);
  }
  return {};
}

base::Result<void> Agent::renew_token(std::stop_token stop) {
  while (!stop.stop_requested()) manager_.clock().sleep_for(renewal_.check(), stop);
  return {};
}

Object capacity_of(const std::vector<std::shared_ptr<const Object>>& nodes, std::string_view field) {
  std::map<std::string_view, std::int64_t> milli;
  for (const auto& node : nodes) {
    if (!kube::condition_is_true(kube::conditions_of(*node), "Ready")) continue;
    const auto* amounts = kube::object_at(*node, field);
    if (!amounts) continue;
    for (const auto name : kReported) {
      const auto* amount = amounts->if_contains(name);
      if (!amount || !amount->is_string()) continue;
      if (auto q = kube::Quantity::parse(amount->get_string())) milli[name] += q->milli();
    }
  }
  Object out;
  for (const auto& [name, amount] : milli) out[name] = kube::Quantity::from_milli(amount).to_string();
  return out;
}

}  // namespace causeway::op::region
