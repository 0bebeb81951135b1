#include "operator/federation/liveness.hpp"

#include <vector>

#include "operator/federation/names.hpp"
#include "operator/federation/sightings.hpp"

namespace causeway::op::federation {

namespace resources = kube::resources;
using kube::Object;

namespace {

constexpr auto kTick = std::chrono::seconds(1);

class Tracker final : public LivenessTracker {
 public:
  explicit Tracker(kube::Manager& manager) : clock_(manager.clock()), sightings_(clock_) {
    const kube::InformerOptions ours{.label_selector = kClusterUidLabel};
    manager.objects(resources::kLease, ours).add_handler([this](const auto&, const auto& old, const auto& now) {
      const Object& lease = now ? *now : *old;
      if (sightings_.lease(lease, !now)) tell_about(lease);
    });
    manager.objects(resources::kConfigMap, ours).add_handler([this](const auto&, const auto&, const auto& now) {
      if (now && sightings_.report(*now)) tell_about(*now);
    });
    manager.objects(resources::kNamespace, ours).add_handler([this](const auto&, const auto& old, const auto& now) {
      const Object& home = now ? *now : *old;
      if (sightings_.home(home, !now)) tell_about(home);
    });
    manager.add_runnable("liveness", false, [this](std::stop_token stop) {
      while (clock_.sleep_for(kTick, stop))
        for (const auto& uid : sightings_.tick()) tell(uid);
      return base::Result<void>{};
    });
  }

  AgentView view(const std::string& uid) const override { return sightings_.view(uid); }
  void on_change(Callback callback) override { callbacks_.push_back(std::move(callback)); }

 private:
  void tell_about(const Object& object) const { tell(std::string(kube::label_of(object, kClusterUidLabel))); }
  void tell(const std::string& uid) const {
    for (const auto& callback : callbacks_) callback(uid);
  }

  const base::Clock& clock_;
  Sightings sightings_;
  std::vector<Callback> callbacks_;
};

}  // namespace

std::shared_ptr<LivenessTracker> make_liveness_tracker(kube::Manager& manager) {
  return std::make_shared<Tracker>(manager);
}

}  // namespace causeway::op::federation
