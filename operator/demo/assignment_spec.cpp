#include "base/encoding.hpp"
#include "operator/demo/rollout.hpp"

namespace causeway::op::demo {

std::string copied_secret_name(const crds::Demo& demo, const std::string& secret) {
  std::string prefix = secret.substr(0, 40);
  while (!prefix.empty() && (prefix.back() == '-' || prefix.back() == '.')) prefix.pop_back();
  const auto hash = base::sha256_hex(demo.metadata.namespace_ + "/" + demo.metadata.name + "/" + secret);
  return prefix + "-" + hash.substr(0, 8);
}

crds::Assignment make_assignment(const RolloutFacts& facts, const crds::Cluster& cluster, std::int64_t epoch) {
  const auto& demo = *facts.demo;
  const auto& record = *facts.wanted;
  const auto& content = record.content;
  crds::Assignment a;
  a.metadata.namespace_ = crds::cluster_namespace(cluster.metadata.uid);
  a.metadata.name = crds::assignment_name(demo.metadata.namespace_, demo.metadata.name);
  a.metadata.labels = {{"app.kubernetes.io/managed-by", "causeway"},
                       {"causeway.dev/demo", demo.metadata.name},
                       {"causeway.dev/cluster-uid", cluster.metadata.uid},
                       {std::string(crds::assignment_labels::kDemoNamespace), demo.metadata.namespace_},
                       {std::string(crds::assignment_labels::kDemoName), demo.metadata.name},
                       {std::string(crds::assignment_labels::kDemoUid), demo.metadata.uid}};
  auto& s = a.spec;
  s.demo_ref = {.namespace_ = demo.metadata.namespace_, .name = demo.metadata.name, .uid = demo.metadata.uid};
  s.epoch = epoch;
  s.desired = crds::Desired::Running;
  s.tenant_namespace = demo.metadata.namespace_;
  s.owner = facts.owner;
  s.hosts = {facts.host};
  s.deployment = record.name;
  s.revision = content.commit;
  s.image = content.image;
  s.command = content.command;
  s.port = content.port;
  s.health = content.health;
  s.env = content.env;
  s.env.push_back({"CAUSEWAY_URL", facts.url});
  for (const auto& secret : content.secrets) {
    const auto hash = facts.secret_hashes.find(secret);
    s.env_from.push_back({copied_secret_name(demo, secret), hash == facts.secret_hashes.end() ? "" : hash->second});
  }
  s.resources = content.resources;
  s.storage = content.storage;
  // Without autoscaling the lower bound is what runs; sleeping (min 0) is not there yet, so at least one.
  s.replicas = std::max<std::int64_t>(1, demo.spec.scaling.min);
  s.isolation = cluster.spec.isolation;
  s.rollout = demo.spec.rollout;
  s.paused = demo.spec.paused;
  s.restarted_at = demo.spec.restarted_at;
  return a;
}

}  // namespace causeway::op::demo
