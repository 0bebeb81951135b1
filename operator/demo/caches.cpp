#include "operator/demo/caches.hpp"

#include "kube/core/codec.hpp"
#include "operator/demo/place.hpp"
#include "operator/demo/record.hpp"

namespace causeway::op::demo {
namespace {

namespace resources = kube::resources;
using kube::Object;
using kube::ObjectKey;

// Names of indexes are shared with other users of the same informers: hence "demo-".
const std::string kByDemo = "demo-of-label";
const std::string kByRepo = "demo-repo";
const std::string kByFamily = "demo-template-family";
const std::string kByJob = "demo-job";

std::vector<std::string> demo_of_labels(const Object& object) {
  const auto ns = kube::label_of(object, "causeway.dev/demo-namespace"),
             name = kube::label_of(object, "causeway.dev/demo");
  if (ns.empty() || name.empty()) return {};
  return {std::string(ns) + "/" + std::string(name)};
}

std::vector<ObjectKey> keys_of_labels(const Object& object) {
  const auto ns = kube::label_of(object, "causeway.dev/demo-namespace"),
             name = kube::label_of(object, "causeway.dev/demo");
  if (ns.empty() || name.empty()) return {};
  return {{std::string(ns), std::string(name)}};
}

// What of a Cluster matters to Demos; its progress while it is made does not.
std::string relevant(const crds::Cluster& cluster) {
  std::string out = cluster.metadata.uid + "|" + std::to_string(cluster.metadata.generation) + "|" +
                    (cluster.metadata.deleting() ? "deleting" : "") + "|" + (is_ready(cluster) ? "ready" : "") + "|" +
                    std::string(kube::codec::enum_name(cluster.status.phase)) + "|" + gateway_address(cluster);
  for (const auto& [key, value] : cluster.metadata.labels) out += "|" + key + "=" + value;
  return out;
}

}  // namespace

Caches::Caches(kube::Manager& manager, const Settings& settings)
    : settings_(settings),
      demos_(manager.informer<crds::Demo>()),
      repos_(manager.informer<crds::Repo>()),
      templates_(manager.informer<crds::ImageTemplate>()),
      clusters_(manager.informer<crds::Cluster>()),
      assignments_(manager.informer<crds::Assignment>()),
      jobs_(manager.objects(resources::kJob, {.ns = settings.builds_namespace})),
      pods_(manager.objects(resources::kPod, {.ns = settings.builds_namespace})),
      records_(
          manager.objects(resources::kControllerRevision, {.label_selector = "app.kubernetes.io/managed-by=causeway"})),
      names_(manager.objects(resources::kDnsEndpoint, {.ns = settings.system_namespace})),
      namespaces_(manager.objects(resources::kNamespace)) {
  demos_.add_index(kByRepo, [](const crds::Demo& d) {
    if (!d.spec.repo_ref) return std::vector<std::string>{};
    const auto& ref = *d.spec.repo_ref;
    return std::vector{(ref.namespace_.empty() ? d.metadata.namespace_ : ref.namespace_) + "/" + ref.name};
  });
  demos_.add_index(kByFamily, [](const crds::Demo& d) {
    return d.spec.template_ref ? std::vector{d.spec.template_ref->family} : std::vector<std::string>{};
  });
  templates_.add_index(kByFamily, [](const crds::ImageTemplate& t) { return std::vector{t.spec.family}; });
  // Where the hub is a region as well, that region's mirrors lie beside what the hub asks for.
  assignments_.add_index(kByDemo, [mirrors = settings.system_namespace](const crds::Assignment& a) {
    if (a.metadata.namespace_ == mirrors) return std::vector<std::string>{};
    return std::vector{a.spec.demo_ref.namespace_ + "/" + a.spec.demo_ref.name};
  });
  jobs_.add_index(kByDemo, demo_of_labels);
  records_.add_index(kByDemo, demo_of_labels);
  pods_.add_index(kByJob, [](const Object& pod) {
    const auto job = kube::label_of(pod, "batch.kubernetes.io/job-name");
    return std::vector{std::string(job.empty() ? kube::label_of(pod, "job-name") : job)};
  });
}

void Caches::wake(kube::Controller& controller) {
  controller.watch(demos_);
  const auto keys = [](const std::vector<std::shared_ptr<const crds::Demo>>& demos) {
    std::vector<ObjectKey> out;
    for (const auto& d : demos) out.push_back(d->metadata.key());
    return out;
  };
  controller.watch<crds::Repo>(repos_, [this, keys](const crds::Repo& r) {
    return keys(demos_.by_index(kByRepo, r.metadata.key().to_string()));
  });
  controller.watch<crds::ImageTemplate>(templates_, [this, keys](const crds::ImageTemplate& t) {
    return keys(demos_.by_index(kByFamily, t.spec.family));
  });
  controller.watch<crds::Assignment>(assignments_, [](const crds::Assignment& a) {
    return std::vector<ObjectKey>{{a.spec.demo_ref.namespace_, a.spec.demo_ref.name}};
  });
  for (auto* informer : {&jobs_, &pods_, &records_, &names_}) controller.watch<Object>(*informer, keys_of_labels);

  // Handlers that compare, so that a Cluster's progress does not wake every Demo there is.
  clusters_.add_handler([this, &controller](const ObjectKey& key, const auto& old, const auto& now) {
    if (old && now && relevant(*old) == relevant(*now)) return;
    const bool shared = key.ns == settings_.system_namespace;
    for (const auto& d : demos_.list(shared ? std::string_view{} : std::string_view(key.ns)))
      controller.enqueue(d->metadata.key(), !old);
  });
  namespaces_.add_handler([this, &controller](const ObjectKey& key, const auto& old, const auto& now) {
    const auto owner_label = [](const auto& object) {
      return object ? std::string(kube::label_of(*object, "causeway.dev/owner")) : std::string();
    };
    if (owner_label(old) == owner_label(now)) return;
    for (const auto& d : demos_.list(key.name)) controller.enqueue(d->metadata.key(), !old);
  });
}

std::vector<std::shared_ptr<const crds::ImageTemplate>> Caches::templates(const std::string& family) const {
  return templates_.by_index(kByFamily, family);
}

std::vector<std::shared_ptr<const crds::Assignment>> Caches::assignments(const ObjectKey& demo) const {
  return assignments_.by_index(kByDemo, demo.to_string());
}

std::vector<DeploymentRecord> Caches::records(const ObjectKey& demo) const {
  std::vector<DeploymentRecord> out;
  for (const auto& object : records_.by_index(kByDemo, demo.to_string())) {
    if (kube::namespace_of(*object) != demo.ns) continue;
    if (auto record = from_object(*object)) out.push_back(std::move(*record));
  }
  return out;
}

std::vector<std::shared_ptr<const Object>> Caches::jobs(const ObjectKey& demo) const {
  return jobs_.by_index(kByDemo, demo.to_string());
}

std::shared_ptr<const Object> Caches::job(const std::string& name) const {
  return jobs_.get({settings_.builds_namespace, name});
}

std::vector<Object> Caches::pods(const std::string& job) const {
  std::vector<Object> out;
  for (const auto& pod : pods_.by_index(kByJob, job)) out.push_back(*pod);
  return out;
}

std::shared_ptr<const Object> Caches::name(const ObjectKey& demo) const {
  return names_.get({settings_.system_namespace, crds::assignment_name(demo.ns, demo.name)});
}

std::string Caches::owner(const std::string& ns) const {
  if (const auto object = namespaces_.get({"", ns})) {
    const auto label = kube::label_of(*object, "causeway.dev/owner");
    if (!label.empty()) return std::string(label);
  }
  return std::string(crds::owner_of_namespace(ns));
}

}  // namespace causeway::op::demo
