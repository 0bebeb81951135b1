#pragma once
// The informers a Demo is decided from, and what wakes it up.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crds/assignment/assignment.hpp"
#include "crds/cluster/cluster.hpp"
#include "crds/demo/demo.hpp"
#include "crds/image_template/image_template.hpp"
#include "crds/repo/repo.hpp"
#include "kube/runtime/manager.hpp"
#include "operator/demo/model.hpp"
#include "operator/settings.hpp"

namespace causeway::op::demo {

class Caches {
 public:
  // Before the manager runs.
  Caches(kube::Manager& manager, const Settings& settings);
  // Everything that can change what a Demo should do puts it into the controller's queue.
  void wake(kube::Controller& controller);

  std::shared_ptr<const crds::Demo> demo(const kube::ObjectKey& key) const { return demos_.get(key); }
  std::shared_ptr<const crds::Repo> repo(const kube::ObjectKey& key) const { return repos_.get(key); }
  std::vector<std::shared_ptr<const crds::ImageTemplate>> templates(const std::string& family) const;
  std::vector<std::shared_ptr<const crds::Cluster>> clusters() const { return clusters_.list(); }
  std::vector<std::shared_ptr<const crds::Assignment>> assignments(const kube::ObjectKey& demo) const;
  std::vector<DeploymentRecord> records(const kube::ObjectKey& demo) const;
  std::vector<std::shared_ptr<const kube::Object>> jobs(const kube::ObjectKey& demo) const;
  std::shared_ptr<const kube::Object> job(const std::string& name) const;
  std::vector<kube::Object> pods(const std::string& job) const;
  std::shared_ptr<const kube::Object> name(const kube::ObjectKey& demo) const;
  // Account of a tenant's namespace: its label causeway.dev/owner, else its name without "u-" or "o-".
  std::string owner(const std::string& ns) const;

 private:
  const Settings settings_;
  kube::Informer<crds::Demo>& demos_;
  kube::Informer<crds::Repo>& repos_;
  kube::Informer<crds::ImageTemplate>& templates_;
  kube::Informer<crds::Cluster>& clusters_;
  kube::Informer<crds::Assignment>& assignments_;
  kube::Informer<kube::Object>&jobs_, &pods_, &records_, &names_, &namespaces_;
};

}  // namespace causeway::op::demo
