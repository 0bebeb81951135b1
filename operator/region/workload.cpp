#include "operator/region/workload.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>

#include "kube/core/quantity.hpp"

namespace causeway::op::region {

namespace json = boost::json;
using kube::Object;
namespace resources = kube::resources;

namespace {

// A pod ends only after the gateways have had time to stop sending to it.
constexpr int kDrainSeconds = 5;
constexpr int kTerminationSeconds = 35;
constexpr int kDefaultStartupSeconds = 300;

Object labels(const crds::Assignment& a) {
  return {{kLabelManagedBy, kManagedBy},
          {"app.kubernetes.io/name", a.spec.demo_ref.name},
          {kLabelAssignment, a.metadata.name},
          {kLabelDemo, a.spec.demo_ref.name},
          {kLabelDemoNamespace, a.spec.demo_ref.namespace_}};
}

Object selector(const crds::Assignment& a) {
  return {{kLabelAssignment, a.metadata.name}};
}

Object start(const kube::ResourceType& type, const crds::Assignment& a, std::string_view name) {
  Object object = kube::make_object(type, a.spec.tenant_namespace, name);
  object["metadata"].as_object()["labels"] = labels(a);
  return object;
}

json::array environment(const crds::Assignment& a, std::string_view region_name) {
  json::array env;
  const auto given = [&](std::string_view name) {
    return std::any_of(a.spec.env.begin(), a.spec.env.end(), [&](const auto& e) { return e.name == name; });
  };
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!given(name) && !value.empty()) env.push_back(Object{{"name", name}, {"value", value}});
  };
  add("PORT", std::to_string(a.spec.port));
  add("CAUSEWAY_DEMO", a.spec.demo_ref.name);
  add("CAUSEWAY_REGION", region_name);
  add("CAUSEWAY_REVISION", a.spec.revision);
  for (const auto& e : a.spec.env) env.push_back(Object{{"name", e.name}, {"value", e.value}});
  return env;
}

// An HTTP path that was named is asked; otherwise the port has to accept connections.
Object probe(const crds::Assignment& a, int period, int failures) {
  Object p{{"periodSeconds", period}, {"failureThreshold", failures}, {"timeoutSeconds", 5}};
  if (a.spec.health.path.empty()) {
    p["tcpSocket"] = Object{{"port", "http"}};
  } else {
    p["httpGet"] = Object{{"path", a.spec.health.path}, {"port", "http"}};
  }
  return p;
}

Object resource_needs(const crds::Resources& r) {
  Object requests, limits;
  if (!r.cpu.empty()) requests["cpu"] = r.cpu;
  if (!r.memory.empty()) {
    requests["memory"] = r.memory;
    limits["memory"] = r.memory;
  }
  if (r.gpu) limits["nvidia.com/gpu"] = std::to_string(r.gpu->count);
  Object needs;
  if (!requests.empty()) needs["requests"] = std::move(requests);
  if (!limits.empty()) needs["limits"] = std::move(limits);
  return needs;
}

Object container(const crds::Assignment& a, std::string_view region_name) {
  Object c{
      {"name", "app"},
      {"image", a.spec.image},
      {"imagePullPolicy", "IfNotPresent"},
      {"env", environment(a, region_name)},
      {"ports", {Object{{"name", "http"}, {"containerPort", a.spec.port}, {"protocol", "TCP"}}}},
      {"startupProbe", probe(a, 1, startup_seconds(a))},
      {"readinessProbe", probe(a, 2, 3)},
      {"livenessProbe", probe(a, 10, 6)},
      {"resources", resource_needs(a.spec.resources)},
      {"lifecycle", Object{{"preStop", Object{{"sleep", Object{{"seconds", kDrainSeconds}}}}}}},
      {"securityContext", Object{{"allowPrivilegeEscalation", false}, {"capabilities", Object{{"drop", {"ALL"}}}}}}};
  if (!a.spec.command.empty()) c["command"] = json::array(a.spec.command.begin(), a.spec.command.end());
  if (!a.spec.args.empty()) c["args"] = json::array(a.spec.args.begin(), a.spec.args.end());
  json::array from;
  for (const auto& secret : a.spec.env_from) from.push_back(Object{{"secretRef", Object{{"name", secret.name}}}});
  if (!from.empty()) c["envFrom"] = std::move(from);
  json::array mounts{Object{{"name", "tmp"}, {"mountPath", "/tmp"}}};
  if (a.spec.storage) mounts.push_back(Object{{"name", "data"}, {"mountPath", a.spec.storage->mount_path}});
  c["volumeMounts"] = std::move(mounts);
  return c;
}

Object pod_template(const crds::Assignment& a, std::string_view region_name) {
  Object annotations{{kAnnotationDeployment, a.spec.deployment}};
  if (!a.spec.restarted_at.empty()) annotations["causeway.dev/restarted-at"] = a.spec.restarted_at;
  for (const auto& secret : a.spec.env_from) annotations["secret.causeway.dev/" + secret.name] = secret.hash;

  json::array volumes{Object{{"name", "tmp"}, {"emptyDir", Object{}}}};
  if (a.spec.storage)
    volumes.push_back(Object{{"name", "data"}, {"persistentVolumeClaim", Object{{"claimName", a.metadata.name}}}});

  Object spec{{"automountServiceAccountToken", false},
              {"enableServiceLinks", false},
              {"terminationGracePeriodSeconds", kTerminationSeconds},
              {"securityContext",
               Object{{"runAsNonRoot", true},
                      {"runAsUser", 1000},
                      {"runAsGroup", 1000},
                      {"fsGroup", 1000},
                      {"seccompProfile", Object{{"type", "RuntimeDefault"}}},
                      // So that an ordinary Dockerfile that listens on port 80 runs unprivileged.
                      {"sysctls", {Object{{"name", "net.ipv4.ip_unprivileged_port_start"}, {"value", "0"}}}}}},
              {"containers", {container(a, region_name)}},
              {"volumes", std::move(volumes)}};
  if (a.spec.isolation == crds::Isolation::Sandboxed) spec["runtimeClassName"] = "causeway-sandboxed";
  return {{"metadata", Object{{"labels", labels(a)}, {"annotations", std::move(annotations)}}},
          {"spec", std::move(spec)}};
}

Object deployment(const crds::Assignment& a, std::string_view region_name) {
  Object d = start(resources::kDeployment, a, a.metadata.name);
  // A volume is mounted by one pod at a time.
  const bool recreate = a.spec.rollout == crds::Rollout::Recreate || a.spec.storage.has_value();
  Object strategy{{"type", recreate ? "Recreate" : "RollingUpdate"}};
  if (!recreate) strategy["rollingUpdate"] = Object{{"maxUnavailable", 0}, {"maxSurge", 1}};
  d["spec"] = Object{{"replicas", a.spec.paused ? 0 : a.spec.replicas},
                     {"revisionHistoryLimit", 2},
                     {"progressDeadlineSeconds", startup_seconds(a) + 60},
                     {"selector", Object{{"matchLabels", selector(a)}}},
                     {"strategy", std::move(strategy)},
                     {"template", pod_template(a, region_name)}};
  return d;
}

Object service(const crds::Assignment& a) {
  Object s = start(resources::kService, a, service_name(a));
  s["spec"] = Object{{"selector", selector(a)},
                     {"ports", {Object{{"name", "http"}, {"port", 80}, {"protocol", "TCP"}, {"targetPort", "http"}}}}};
  return s;
}

Object ingress(const crds::Assignment& a) {
  Object i = start(resources::kIngress, a, a.metadata.name);
  json::array rules;
  for (const auto& host : a.spec.hosts) {
    Object backend{{"service", Object{{"name", service_name(a)}, {"port", Object{{"name", "http"}}}}}};
    Object path{{"path", "/"}, {"pathType", "Prefix"}, {"backend", std::move(backend)}};
    rules.push_back(Object{{"host", host}, {"http", Object{{"paths", {std::move(path)}}}}});
  }
  i["spec"] = Object{{"ingressClassName", "causeway"}, {"rules", std::move(rules)}};
  return i;
}

Object claim(const crds::Assignment& a) {
  const kube::ResourceType type{"", "v1", "PersistentVolumeClaim", "persistentvolumeclaims"};
  Object c = start(type, a, a.metadata.name);
  c["spec"] = Object{{"accessModes", {"ReadWriteOnce"}},
                     {"resources", Object{{"requests", Object{{"storage", a.spec.storage->size}}}}}};
  return c;
}

Object disruption_budget(const crds::Assignment& a) {
  Object b = start(resources::kPodDisruptionBudget, a, a.metadata.name);
  b["spec"] = Object{{"maxUnavailable", 1}, {"selector", Object{{"matchLabels", selector(a)}}}};
  return b;
}

// Everything public is reachable, nothing private is: neither the node's network nor cloud metadata addresses.
json::array private_ranges() {
  return {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "127.0.0.0/8"};
}

Object tenant_policy(const crds::Assignment& a) {
  Object p = kube::make_object(resources::kNetworkPolicy, a.spec.tenant_namespace, "causeway-default");
  const Object platform{
      {"namespaceSelector", Object{{"matchLabels", Object{{"kubernetes.io/metadata.name", "causeway-system"}}}}}};
  const json::array dns_ports{Object{{"protocol", "UDP"}, {"port", 53}}, Object{{"protocol", "TCP"}, {"port", 53}}};
  p["spec"] =
      Object{{"podSelector", Object{}},
             {"policyTypes", {"Ingress", "Egress"}},
             {"ingress", {Object{{"from", {platform}}}}},
             {"egress",
              {Object{{"ports", dns_ports}},
               Object{{"to", {Object{{"ipBlock", Object{{"cidr", "0.0.0.0/0"}, {"except", private_ranges()}}}}}}}}}};
  return p;
}

Object tenant_quota(const crds::Assignment& a) {
  Object q = kube::make_object(resources::kResourceQuota, a.spec.tenant_namespace, "causeway-default");
  q["spec"] = Object{{"hard", Object{{"pods", "100"},
                                     {"services", "50"},
                                     {"services.loadbalancers", "0"},
                                     {"services.nodeports", "0"},
                                     {"persistentvolumeclaims", "20"}}}};
  return q;
}

}  // namespace

int startup_seconds(const crds::Assignment& a) {
  if (a.spec.health.startup_timeout.empty()) return kDefaultStartupSeconds;
  const auto parsed = kube::parse_duration(a.spec.health.startup_timeout);
  if (!parsed) return kDefaultStartupSeconds;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*parsed).count();
  return static_cast<int>(std::clamp<std::int64_t>(seconds, 5, 3600));
}

std::string service_name(const crds::Assignment& a) {
  const std::string& name = a.metadata.name;
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0])) == 0) return name;
  return ("d" + name).substr(0, 63);
}

std::vector<Desired> tenant_objects(const crds::Assignment& a) {
  Object ns = kube::make_object(resources::kNamespace, "", a.spec.tenant_namespace);
  ns["metadata"].as_object()["labels"] = Object{{kLabelManagedBy, kManagedBy},
                                                {"causeway.dev/owner", a.spec.owner},
                                                {kLabelTenant, "true"},
                                                {"pod-security.kubernetes.io/enforce", "restricted"}};
  std::vector<Desired> out;
  out.push_back({resources::kNamespace, std::move(ns)});
  out.push_back({resources::kResourceQuota, tenant_quota(a)});
  out.push_back({resources::kNetworkPolicy, tenant_policy(a)});
  return out;
}

std::vector<Desired> workload_objects(const crds::Assignment& a, std::string_view region_name) {
  std::vector<Desired> out;
  if (a.spec.storage)
    out.push_back({kube::ResourceType{"", "v1", "PersistentVolumeClaim", "persistentvolumeclaims"}, claim(a)});
  out.push_back({resources::kService, service(a)});
  out.push_back({resources::kDeployment, deployment(a, region_name)});
  out.push_back({resources::kIngress, ingress(a)});
  if (a.spec.replicas > 1 && !a.spec.paused) out.push_back({resources::kPodDisruptionBudget, disruption_budget(a)});
  return out;
}

}  // namespace causeway::op::region
