#include "webhooks/informer_view.hpp"

#include "webhooks/rules/wording.hpp"

namespace causeway::webhooks {

namespace {

namespace resources = kube::resources;

const std::string kByPath = "webhook-path";
const std::string kByCluster = "webhook-cluster";
const std::string kByRepo = "webhook-repo";
const std::string kByFamily = "webhook-template-family";
const std::string kPinned = "webhook-pinned";

// What nobody here reads is not kept: a demo's status is larger than its spec.
void drop_unread(kube::Object& object) {
  if (auto* status = object.if_contains("status"); status != nullptr && status->is_object()) {
    kube::Object kept;
    for (const auto* member : {"placements", "demoCount"}) {
      if (auto* value = status->get_object().if_contains(member)) kept[member] = std::move(*value);
    }
    *status = std::move(kept);
  }
}

// Labels only: the manager's other informers of namespaces, if any, are others.
void keep_metadata(kube::Object& object) {
  object.erase("spec");
  object.erase("status");
}

std::vector<std::string> clusters_of(const crds::Demo& demo) {
  std::vector<std::string> keys;
  for (const auto& placement : demo.status.placements) {
    keys.push_back(kube::ObjectKey{placement.cluster_namespace, placement.cluster}.to_string());
  }
  return keys;
}

std::vector<std::string> repos_of(const crds::Demo& demo) {
  const auto key = [&](const crds::ObjectRef& ref) {
    return kube::ObjectKey{ref.namespace_.empty() ? demo.metadata.namespace_ : ref.namespace_, ref.name}.to_string();
  };
  std::vector<std::string> keys;
  if (demo.spec.repo_ref) keys.push_back(key(*demo.spec.repo_ref));
  for (const auto& model : demo.spec.models) keys.push_back(key(model.repo_ref));
  return keys;
}

}  // namespace

InformerView::InformerView(kube::Manager& manager)
    : clusters_(manager.informer<crds::Cluster>({.transform = drop_unread})),
      demos_(manager.informer<crds::Demo>({.transform = drop_unread})),
      templates_(manager.informer<crds::ImageTemplate>()),
      repos_(manager.informer<crds::Repo>({.transform = drop_unread})),
      namespaces_(manager.objects(resources::kNamespace, {.transform = keep_metadata})),
      quotas_(manager.objects(resources::kResourceQuota)) {
  repos_.add_index(kByPath, [](const crds::Repo& repo) { return std::vector{lower_case(repo.spec.path)}; });
  demos_.add_index(kByCluster, clusters_of);
  demos_.add_index(kByRepo, repos_of);
  demos_.add_index(kByFamily, [](const crds::Demo& demo) {
    return demo.spec.template_ref ? std::vector{demo.spec.template_ref->family} : std::vector<std::string>{};
  });
  demos_.add_index(kPinned, [](const crds::Demo& demo) {
    const bool pinned = demo.spec.placement.strategy == crds::PlacementStrategy::Pinned;
    return pinned ? std::vector<std::string>{"true"} : std::vector<std::string>{};
  });
}

std::shared_ptr<const crds::Repo> InformerView::repo(const kube::ObjectKey& key) const {
  return repos_.get(key);
}
Pointers<crds::Repo> InformerView::repos_at(std::string_view path) const {
  return repos_.by_index(kByPath, lower_case(path));
}
Pointers<crds::ImageTemplate> InformerView::templates(std::string_view ns) const {
  return templates_.list(ns);
}
Pointers<crds::Cluster> InformerView::clusters() const {
  return clusters_.list();
}
Pointers<crds::Demo> InformerView::demos(std::string_view ns) const {
  return demos_.list(ns);
}
Pointers<crds::Demo> InformerView::demos_placed_in(const kube::ObjectKey& cluster) const {
  return demos_.by_index(kByCluster, cluster.to_string());
}
Pointers<crds::Demo> InformerView::demos_of_repo(const kube::ObjectKey& repo) const {
  return demos_.by_index(kByRepo, repo.to_string());
}
Pointers<crds::Demo> InformerView::demos_of_family(std::string_view family) const {
  return demos_.by_index(kByFamily, std::string(family));
}
Pointers<crds::Demo> InformerView::pinned_demos() const {
  return demos_.by_index(kPinned, "true");
}
Pointers<kube::Object> InformerView::quotas(std::string_view ns) const {
  return quotas_.list(ns);
}

std::string InformerView::owner_label(std::string_view ns) const {
  const auto object = namespaces_.get({"", std::string(ns)});
  return object ? std::string(kube::label_of(*object, "causeway.dev/owner")) : std::string();
}

}  // namespace causeway::webhooks
