#pragma once
// What rules may ask, answered from informers. Made before the manager runs; thread-safe.

#include "kube/runtime/manager.hpp"
#include "webhooks/rules/observed.hpp"

namespace causeway::webhooks {

class InformerView final : public Observed {
 public:
  explicit InformerView(kube::Manager& manager);

  std::shared_ptr<const crds::Repo> repo(const kube::ObjectKey& key) const override;
  Pointers<crds::Repo> repos_at(std::string_view path) const override;
  Pointers<crds::ImageTemplate> templates(std::string_view ns) const override;
  Pointers<crds::Cluster> clusters() const override;
  Pointers<crds::Demo> demos(std::string_view ns) const override;
  Pointers<crds::Demo> demos_placed_in(const kube::ObjectKey& cluster) const override;
  Pointers<crds::Demo> demos_of_repo(const kube::ObjectKey& repo) const override;
  Pointers<crds::Demo> demos_of_family(std::string_view family) const override;
  Pointers<crds::Demo> pinned_demos() const override;
  Pointers<kube::Object> quotas(std::string_view ns) const override;
  std::string owner_label(std::string_view ns) const override;

 private:
  kube::Informer<crds::Cluster>& clusters_;
  kube::Informer<crds::Demo>& demos_;
  kube::Informer<crds::ImageTemplate>& templates_;
  kube::Informer<crds::Repo>& repos_;
  kube::Informer<kube::Object>& namespaces_;
  kube::Informer<kube::Object>& quotas_;
};

}  // namespace causeway::webhooks
