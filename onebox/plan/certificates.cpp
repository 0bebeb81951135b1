#include "onebox/plan/certificates.hpp"

#include "onebox/plan/addresses.hpp"

namespace causeway::onebox {

namespace {

// A cluster on one machine lives as long as its folder; nobody comes to rotate.
constexpr auto kValidity = std::chrono::hours(24 * 3650);

CertificatePlan client(std::string file, std::string authority, std::string name,
                       std::vector<std::string> organizations = {}) {
  return {std::move(file),
          std::move(authority),
          {.common_name = std::move(name),
           .organizations = std::move(organizations),
           .dns_names = {},
           .ip_addresses = {},
           .client = true,
           .validity = kValidity}};
}

CertificatePlan server(std::string file, std::string authority, std::string name, std::vector<std::string> dns,
                       std::vector<std::string> ips) {
  return {std::move(file),
          std::move(authority),
          {.common_name = std::move(name),
           .organizations = {},
           .dns_names = std::move(dns),
           .ip_addresses = std::move(ips),
           .server = true,
           .validity = kValidity}};
}

}  // namespace

std::vector<CertificatePlan> cluster_certificates(const std::string& address, const std::string& node_name) {
  std::vector<CertificatePlan> all;
  all.push_back(server("apiserver", "ca", "kube-apiserver",
                       {"kubernetes", "kubernetes.default", "kubernetes.default.svc",
                        "kubernetes.default.svc.cluster.local", "localhost", node_name},
                       {address, "127.0.0.1", std::string(kServiceApiAddress)}));
  all.push_back(server("kubelet", "ca", "system:node:" + node_name, {node_name}, {address, "127.0.0.1"}));
  all.push_back(client("apiserver-kubelet-client", "ca", "kube-apiserver-kubelet-client", {"system:masters"}));
  all.push_back(client("front-proxy-client", "front-proxy-ca", "front-proxy-client"));
  all.push_back(client("admin", "ca", "causeway-admin", {"system:masters"}));
  all.push_back(client("controller-manager", "ca", "system:kube-controller-manager"));
  all.push_back(client("scheduler", "ca", "system:kube-scheduler"));
  all.push_back(client("kubelet-client", "ca", "system:node:" + node_name, {"system:nodes"}));
  all.push_back(client("kube-proxy", "ca", "system:kube-proxy"));
  all.push_back(client("coredns", "ca", "system:coredns"));
  all.push_back(server("etcd", "etcd-ca", "etcd", {"localhost"}, {"127.0.0.1"}));
  all.push_back(client("apiserver-etcd-client", "etcd-ca", "kube-apiserver-etcd-client"));
  return all;
}

}  // namespace causeway::onebox
