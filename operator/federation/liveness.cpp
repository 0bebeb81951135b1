#include "operator/federation/liveness.hpp"

#include <boost/json.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "base/log.hpp"
#include "kube/core/quantity.hpp"
#include "operator/federation/lease_judge.hpp"
#include "operator/federation/names.hpp"

namespace causeway::op::federation {

namespace json = boost::json;
namespace resources = kube::resources;
using kube::Object;

namespace {

constexpr auto kTick = std::chrono::seconds(1);

struct Known {
  explicit Known(base::SteadyTime now) : judge(now) {}
  LeaseJudge judge;
  crds::ClusterAgent report;
  std::string bound_uid;  // of the hub's namespace for this region
  Liveness told = Liveness::kNeverSeen;
};

std::map<std::string, std::string> amounts(const Object& report, std::string_view field) {
  std::map<std::string, std::string> out;
  if (const auto* o = kube::object_at(report, field)) {
    for (const auto& m : *o)
      if (m.value().is_string()) out[m.key()] = std::string(m.value().get_string());
  }
  return out;
}

// Field by field: what a region writes is never copied as a whole.
std::optional<crds::ClusterAgent> parse_report(const Object& map) {
  json::error_code ec;
  const auto value = json::parse(kube::string_at(map, "data.report"), ec);
  if (ec || !value.is_object()) return {};
  const auto& o = value.get_object();
  crds::ClusterAgent a;
  a.version = std::string(kube::string_at(o, "agentVersion")).substr(0, 64);
  a.kubernetes_version = std::string(kube::string_at(o, "kubernetesVersion")).substr(0, 64);
  a.uid = std::string(kube::string_at(o, "uid")).substr(0, 64);
  a.nodes = kube::int_at(o, "nodes");
  a.capacity = amounts(o, "capacity");
  a.allocatable = amounts(o, "allocatable");
  return a;
}

std::string cluster_of(const Object& object) {
  return std::string(kube::label_of(object, kClusterUidLabel));
}

class Tracker final : public LivenessTracker {
 public:
  explicit Tracker(kube::Manager& manager) : clock_(manager.clock()), started_(clock_.steady()) {
    const kube::InformerOptions ours{.label_selector = kClusterUidLabel};
    manager.objects(resources::kLease, ours).add_handler([this](const auto&, const auto& old, const auto& now) {
      now ? lease(*now) : forget(cluster_of(*old));
    });
    manager.objects(resources::kConfigMap, ours).add_handler([this](const auto&, const auto&, const auto& now) {
      if (now && kube::name_of(*now) == kRegionReport) report(*now);
    });
    manager.objects(resources::kNamespace, ours).add_handler([this](const auto&, const auto&, const auto& now) {
      if (now) bound(*now);
    });
    manager.add_runnable("liveness", false, [this](std::stop_token stop) {
      while (clock_.sleep_for(kTick, stop)) tick();
      return base::Result<void>{};
    });
  }

  AgentView view(const std::string& uid) const override {
    std::lock_guard lock(mutex_);
    AgentView v;
    const auto it = known_.find(uid);
    if (it == known_.end()) {
      v.message = "the region has not called yet";
      return v;
    }
    const auto& k = it->second;
    const auto now = clock_.steady();
    v.liveness = k.judge.at(now);
    v.report = k.report;
    v.region_uid = k.report.uid;
    v.message = describe(k, v.liveness, now);
    if (!k.bound_uid.empty() && !k.report.uid.empty() && k.bound_uid != k.report.uid) {
      v.refused = true;
      v.message = "DuplicateRegistration: cluster " + k.report.uid + " calls in the name of " + k.bound_uid +
                  "; delete the Secret region-credential of this region's namespace to shut it out";
    }
    return v;
  }

  void on_change(Callback callback) override { callbacks_.push_back(std::move(callback)); }

 private:
  static std::string describe(const Known& k, Liveness liveness, base::SteadyTime now) {
    switch (liveness) {
      case Liveness::kNeverSeen:
        return "the region has not called yet";
      case Liveness::kAlive:
        return "the region renews its lease";
      default:
        break;
    }
    const auto silent = std::chrono::duration_cast<std::chrono::seconds>(k.judge.silence(now));
    return "the region has been silent for " + kube::format_duration(silent);
  }

  Known& of(const std::string& uid) { return known_.try_emplace(uid, started_).first->second; }

  void lease(const Object& object) {
    if (kube::name_of(object) != kRegionLease) return;
    const auto uid = cluster_of(object);
    bool changed = false;
    {
      std::lock_guard lock(mutex_);
      auto& k = of(uid);
      const bool renewed = !kube::string_at(object, "spec.renewTime").empty();
      k.judge.observe(std::string(kube::resource_version_of(object)), renewed, clock_.steady());
      changed = retell(k);
    }
    if (changed) tell(uid);
  }

  void report(const Object& object) {
    auto parsed = parse_report(object);
    if (!parsed) return;
    const auto uid = cluster_of(object);
    {
      std::lock_guard lock(mutex_);
      auto& k = of(uid);
      if (k.report == *parsed) return;
      k.report = std::move(*parsed);
    }
    tell(uid);
  }

  void bound(const Object& ns) {
    const auto uid = cluster_of(ns);
    {
      std::lock_guard lock(mutex_);
      auto& k = of(uid);
      const auto now = std::string(kube::annotation_of(ns, kRegionUidAnnotation));
      if (k.bound_uid == now) return;
      k.bound_uid = now;
    }
    tell(uid);
  }

  void forget(const std::string& uid) {
    {
      std::lock_guard lock(mutex_);
      known_.erase(uid);
    }
    tell(uid);
  }

  void tick() {
    std::vector<std::string> changed;
    {
      std::lock_guard lock(mutex_);
      for (auto& [uid, k] : known_)
        if (retell(k)) changed.push_back(uid);
    }
    for (const auto& uid : changed) tell(uid);
  }

  bool retell(Known& k) const {
    const auto now = k.judge.at(clock_.steady());
    return std::exchange(k.told, now) != now;
  }

  void tell(const std::string& uid) const {
    for (const auto& callback : callbacks_) callback(uid);
  }

  const base::Clock& clock_;
  const base::SteadyTime started_;
  mutable std::mutex mutex_;
  std::map<std::string, Known> known_;
  std::vector<Callback> callbacks_;
};

}  // namespace

std::shared_ptr<LivenessTracker> make_liveness_tracker(kube::Manager& manager) {
  return std::make_shared<Tracker>(manager);
}

}  // namespace causeway::op::federation
