#pragma once
// What is observed, as plain values, and small objects of the four kinds. For tests.

#include <map>

#include "webhooks/rules/observed.hpp"
#include "webhooks/rules/wording.hpp"

namespace causeway::webhooks::testing {

struct World final : Observed {
  std::vector<crds::Cluster> all_clusters;
  std::vector<crds::Demo> all_demos;
  std::vector<crds::ImageTemplate> all_templates;
  std::vector<crds::Repo> all_repos;
  std::map<std::string, std::vector<kube::Object>, std::less<>> all_quotas;
  std::map<std::string, std::string, std::less<>> owners;

  std::shared_ptr<const crds::Repo> repo(const kube::ObjectKey& key) const override {
    const auto found = where(all_repos, [&](const auto& r) { return r.metadata.key() == key; });
    return found.empty() ? nullptr : found.front();
  }
  Pointers<crds::Repo> repos_at(std::string_view path) const override {
    return where(all_repos, [&](const auto& r) { return equal_ignoring_case(r.spec.path, path); });
  }
  Pointers<crds::ImageTemplate> templates(std::string_view ns) const override {
    return where(all_templates, [&](const auto& t) { return t.metadata.namespace_ == ns; });
  }
  Pointers<crds::Cluster> clusters() const override {
    return where(all_clusters, [](const auto&) { return true; });
  }
  Pointers<crds::Demo> demos(std::string_view ns) const override {
    return where(all_demos, [&](const auto& d) { return d.metadata.namespace_ == ns; });
  }
  Pointers<crds::Demo> demos_placed_in(const kube::ObjectKey& cluster) const override {
    return where(all_demos, [&](const auto& d) {
      for (const auto& p : d.status.placements) {
        if (p.cluster == cluster.name && p.cluster_namespace == cluster.ns) return true;
      }
      return false;
    });
  }
  Pointers<crds::Demo> demos_of_repo(const kube::ObjectKey& repo) const override {
    return where(all_demos, [&](const auto& d) {
      if (!d.spec.repo_ref) return false;
      const auto& ns = d.spec.repo_ref->namespace_;
      return kube::ObjectKey{ns.empty() ? d.metadata.namespace_ : ns, d.spec.repo_ref->name} == repo;
    });
  }
  Pointers<crds::Demo> demos_of_family(std::string_view family) const override {
    return where(all_demos,
                 [&](const auto& d) { return d.spec.template_ref && d.spec.template_ref->family == family; });
  }
  Pointers<crds::Demo> pinned_demos() const override {
    return where(all_demos, [](const auto& d) { return d.spec.placement.strategy == crds::PlacementStrategy::Pinned; });
  }
  Pointers<kube::Object> quotas(std::string_view ns) const override {
    const auto found = all_quotas.find(ns);
    Pointers<kube::Object> out;
    if (found == all_quotas.end()) return out;
    for (const auto& quota : found->second) out.push_back(std::make_shared<const kube::Object>(quota));
    return out;
  }
  std::string owner_label(std::string_view ns) const override {
    const auto found = owners.find(ns);
    return found == owners.end() ? std::string() : found->second;
  }

 private:
  template <class T, class F>
  static Pointers<T> where(const std::vector<T>& all, F f) {
    Pointers<T> out;
    for (const T& object : all) {
      if (f(object)) out.push_back(std::make_shared<const T>(object));
    }
    return out;
  }
};

inline crds::Cluster cluster(std::string name, std::string region, std::string provider = "local") {
  crds::Cluster c;
  c.metadata.namespace_ = std::string(kSystemNamespace);
  c.metadata.name = std::move(name);
  c.spec.source.terraform =
      crds::TerraformSource{.provider = std::move(provider), .region = std::move(region), .zones = {}};
  return c;
}

inline crds::Repo repo(std::string ns, std::string name, std::string owner = "ada") {
  crds::Repo r;
  r.metadata.namespace_ = std::move(ns);
  r.metadata.name = name;
  r.spec.owner = owner;
  r.spec.path = owner + "/" + name;
  return r;
}

inline crds::ImageTemplate image_template(std::string ns, std::int64_t version = 1) {
  crds::ImageTemplate t;
  t.metadata.namespace_ = std::move(ns);
  t.spec.family = "python";
  t.spec.version = version;
  t.spec.dockerfile = "FROM a:1\n";
  t.metadata.name = crds::template_name(t.spec.family, version);
  return t;
}

inline crds::TemplateParameter parameter(std::string name, crds::ParameterType type) {
  crds::TemplateParameter p;
  p.name = std::move(name);
  p.type = type;
  return p;
}

// Wants nothing that is not there in an empty world but its Repo.
inline crds::Demo demo(std::string name = "digits", std::string ns = "u-ada") {
  crds::Demo d;
  d.metadata.namespace_ = std::move(ns);
  d.metadata.name = std::move(name);
  d.spec.repo_ref = crds::ObjectRef{.name = "digits", .namespace_ = {}};
  return d;
}

inline crds::Demo placed_demo(std::string name, std::string cluster, std::string cluster_namespace) {
  crds::Demo d = demo(std::move(name));
  crds::DemoPlacement& placement = d.status.placements.emplace_back();
  placement.cluster = std::move(cluster);
  placement.cluster_namespace = std::move(cluster_namespace);
  return d;
}

}  // namespace causeway::webhooks::testing
