#include "onebox/cluster/clusters.hpp"

#include <set>

#include "base/log.hpp"
#include "onebox/machine/cgroups.hpp"
#include "onebox/machine/network.hpp"

namespace causeway::onebox {

namespace fs = std::filesystem;

namespace {

base::Result<void> same(const ClusterRecord& record, const ClusterWish& wish) {
  std::string differs;
  auto compare = [&](const char* what, const std::string& is, const std::string& wanted) {
    if (is != wanted) differs += std::string(differs.empty() ? "" : ", ") + what + " is " + is + ", not " + wanted;
  };
  compare("name", record.name, wish.name);
  compare("region", record.region, wish.region);
  compare("node", record.node ? "true" : "false", wish.node ? "true" : "false");
  if (differs.empty()) return {};
  return base::Error{base::ErrorCode::kAlreadyExists, "cluster " + record.id + " exists and cannot be changed: " +
                                                          differs + "; delete it first, or use another id"};
}

}  // namespace

base::Result<void> Clusters::restore() {
  std::error_code error;
  for (const auto& dir : {instance_.layout.clusters(), instance_.layout.outputs()}) {
    fs::create_directories(dir, error);
    if (error) return base::Error{base::ErrorCode::kIo, "cannot make " + dir.string() + ": " + error.message()};
    fs::permissions(dir, fs::perms::owner_all, error);
  }
  std::lock_guard lock(mutex_);
  for (const auto& entry : fs::directory_iterator(instance_.layout.clusters(), error)) {
    const auto id = entry.path().filename().string();
    const auto layout = instance_.layout.cluster(id);
    auto record = load_json<ClusterRecord>(layout.record());
    if (!record && record.error().code == base::ErrorCode::kNotFound) {
      // The rest of a deletion; nothing of it may run.
      if (auto removed = remove_cgroup(instance_.names.cgroup(id)); !removed) return removed.error();
      remove_cluster_network(instance_.names, id, 0);
      if (auto moved = trash_.take(entry.path()); !moved) return moved.error();
      continue;
    }
    if (!record) return record.error().wrap("cannot restore cluster " + id);
    clusters_.emplace(id, std::make_shared<Cluster>(instance_, trash_, std::move(*record)));
  }
  return {};
}

std::shared_ptr<Cluster> Clusters::find(std::string_view id) const {
  std::lock_guard lock(mutex_);
  auto it = clusters_.find(id);
  return it == clusters_.end() || it->second->gone() ? nullptr : it->second;
}

std::vector<std::shared_ptr<Cluster>> Clusters::all() const {
  std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Cluster>> list;
  for (const auto& [id, cluster] : clusters_)
    if (!cluster->gone()) list.push_back(cluster);
  return list;
}

CreateFaults Clusters::faults() const {
  std::lock_guard lock(mutex_);
  return faults_;
}

void Clusters::set_faults(CreateFaults faults) {
  std::lock_guard lock(mutex_);
  faults_ = std::move(faults);
}

base::Result<std::shared_ptr<Cluster>> Clusters::find_or_create(const ClusterWish& wish) {
  std::lock_guard lock(mutex_);
  std::erase_if(clusters_, [](const auto& entry) { return entry.second->gone(); });
  if (auto it = clusters_.find(wish.id); it != clusters_.end()) {
    const auto record = it->second->record();
    if (record.deleting)
      return base::Error{base::ErrorCode::kUnavailable,
                         "cluster " + wish.id + " is being deleted; ask again when it is gone"};
    if (auto fits = same(record, wish); !fits) return fits.error();
    return it->second;
  }
  if (!faults_.refuse.empty()) return base::Error{base::ErrorCode::kUnavailable, faults_.refuse};
  if (faults_.quota && static_cast<int>(clusters_.size()) >= *faults_.quota)
    return base::Error{base::ErrorCode::kPermission, "quota exceeded: " + std::to_string(clusters_.size()) + " of " +
                                                         std::to_string(*faults_.quota) +
                                                         " clusters exist; delete one, or ask for a higher quota"};
  std::set<int> taken;
  for (const auto& [id, cluster] : clusters_) taken.insert(cluster->record().host);
  auto host = choose_node(taken);
  if (!host) return host.error();

  ClusterRecord record;
  record.id = wish.id;
  record.name = wish.name;
  record.region = wish.region;
  record.node = wish.node;
  record.host = *host;
  record.created = base::format_time(base::system_clock().wall());
  const auto layout = instance_.layout.cluster(wish.id);
  std::error_code error;
  fs::create_directories(layout.dir, error);
  if (error) return base::Error{base::ErrorCode::kIo, "cannot make " + layout.dir.string() + ": " + error.message()};
  fs::permissions(layout.dir, fs::perms::owner_all, error);
  if (auto saved = save_json(layout.record(), record); !saved) return saved.error();
  auto cluster = std::make_shared<Cluster>(instance_, trash_, std::move(record));
  clusters_.emplace(wish.id, cluster);
  return cluster;
}

base::Result<std::shared_ptr<Cluster>> Clusters::ensure(const ClusterWish& wish, base::Duration timeout,
                                                        std::stop_token stop) {
  if (auto good = check_cluster_id(wish.id); !good) return good.error();
  if (auto good = check_region(wish.region); !good) return good.error();
  if (wish.name.empty()) return base::Error{base::ErrorCode::kInvalidArgument, "a cluster needs a name"};
  const auto deadline = base::system_clock().steady() + timeout;
  if (int slow = faults().slow_milliseconds; slow > 0)
    base::system_clock().sleep_for(std::chrono::milliseconds(slow), stop);
  auto cluster = find_or_create(wish);
  if (!cluster) return cluster.error();
  if (auto ready = (*cluster)->wait_ready(deadline - base::system_clock().steady(), stop); !ready) return ready.error();
  return cluster;
}

base::Result<void> Clusters::remove(const std::string& id, base::Duration timeout, std::stop_token stop) {
  if (auto good = check_cluster_id(id); !good) return good.error();
  std::shared_ptr<Cluster> cluster;
  {
    std::lock_guard lock(mutex_);
    auto it = clusters_.find(id);
    if (it == clusters_.end()) return {};
    cluster = it->second;
  }
  if (auto asked = cluster->request_delete(); !asked) return asked.error();
  if (auto gone = cluster->wait_gone(timeout, stop); !gone) return gone.error();
  std::lock_guard lock(mutex_);
  if (auto it = clusters_.find(id); it != clusters_.end() && it->second == cluster) clusters_.erase(it);
  return {};
}

}  // namespace causeway::onebox
