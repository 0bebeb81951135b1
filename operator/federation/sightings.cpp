#include "operator/federation/sightings.hpp"

#include <boost/json.hpp>
#include <utility>

#include "crds/assignment/assignment.hpp"
#include "kube/core/quantity.hpp"
#include "operator/federation/names.hpp"

namespace causeway::op::federation {

namespace json = boost::json;
using kube::Object;

namespace {

std::map<std::string, std::string> amounts(const Object& report, std::string_view field) {
  std::map<std::string, std::string> out;
  if (const auto* o = kube::object_at(report, field)) {
    for (const auto& m : *o)
      if (m.value().is_string()) out[m.key()] = std::string(m.value().get_string());
  }
  return out;
}

// Field by field: what a region writes is never copied as a whole. Empty: the hub has taken it back, or none came yet.
std::optional<crds::ClusterAgent> parse_report(const Object& map) {
  const auto text = kube::string_at(map, "data.report");
  if (text.empty()) return crds::ClusterAgent{};
  json::error_code ec;
  const auto value = json::parse(text, ec);
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

}  // namespace

bool Sightings::lease(const Object& object, bool removed) {
  if (kube::name_of(object) != kRegionLease) return false;
  std::lock_guard lock(mutex_);
  if (removed) {
    const auto it = known_.find(cluster_of(object));
    if (it == known_.end()) return false;
    it->second.judge.reset();
    return retell(it->second);
  }
  auto& k = known_[cluster_of(object)];
  const auto now = clock_.steady();
  if (!k.judge) k.judge.emplace(now);
  const bool renewed = !kube::string_at(object, "spec.renewTime").empty();
  k.judge->observe(std::string(kube::resource_version_of(object)), renewed, now);
  return retell(k);
}

bool Sightings::report(const Object& config_map) {
  if (kube::name_of(config_map) != kRegionReport) return false;
  auto parsed = parse_report(config_map);
  if (!parsed) return false;
  std::lock_guard lock(mutex_);
  auto& k = known_[cluster_of(config_map)];
  if (k.report == *parsed) return false;
  k.report = std::move(*parsed);
  return true;
}

bool Sightings::home(const Object& ns, bool removed) {
  // A run's namespace has the label as well.
  const auto uid = cluster_of(ns);
  if (kube::name_of(ns) != crds::cluster_namespace(uid)) return false;
  std::lock_guard lock(mutex_);
  if (removed) return known_.erase(uid) > 0;
  auto& k = known_[uid];
  const auto now = std::string(kube::annotation_of(ns, kRegionUidAnnotation));
  if (k.bound_uid == now) return false;
  k.bound_uid = now;
  return true;
}

std::vector<std::string> Sightings::tick() {
  std::vector<std::string> changed;
  std::lock_guard lock(mutex_);
  for (auto& [uid, k] : known_)
    if (retell(k)) changed.push_back(uid);
  return changed;
}

AgentView Sightings::view(const std::string& cluster_uid) const {
  std::lock_guard lock(mutex_);
  const auto it = known_.find(cluster_uid);
  const Known nothing;
  const auto& k = it == known_.end() ? nothing : it->second;
  const auto now = clock_.steady();
  AgentView v;
  v.liveness = at(k, now);
  if (v.liveness != Liveness::kNeverSeen) v.silence = k.judge->silence(now);
  v.report = k.report;
  v.region_uid = k.report.uid;
  v.message = describe(k, now);
  if (!k.bound_uid.empty() && !k.report.uid.empty() && k.bound_uid != k.report.uid) {
    v.refused = true;
    v.message = "DuplicateRegistration: cluster " + k.report.uid + " calls in the name of " + k.bound_uid +
                "; delete the Secret region-credential of this region's namespace to shut it out";
  }
  return v;
}

Liveness Sightings::at(const Known& k, base::SteadyTime now) {
  return k.judge ? k.judge->at(now) : Liveness::kNeverSeen;
}

std::string Sightings::describe(const Known& k, base::SteadyTime now) {
  switch (at(k, now)) {
    case Liveness::kNeverSeen:
      return "the region has not called yet";
    case Liveness::kAlive:
      return "the region renews its lease";
    case Liveness::kUnknown:
    case Liveness::kGone:
      break;
  }
  const auto silent = std::chrono::duration_cast<std::chrono::seconds>(k.judge->silence(now));
  return "the region has been silent for " + kube::format_duration(silent);
}

bool Sightings::retell(Known& k) const {
  const auto now = at(k, clock_.steady());
  return std::exchange(k.told, now) != now;
}

}  // namespace causeway::op::federation
