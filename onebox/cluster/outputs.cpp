#include "onebox/cluster/outputs.hpp"

#include "kube/client/config.hpp"

namespace causeway::onebox {

namespace {

std::string kubeconfig(const ClusterRecord& record, const std::string& server, const ClusterAccess& access) {
  base::TlsClientOptions certificate;
  certificate.cert_pem = access.admin.cert_pem;
  certificate.key_pem = access.admin.key_pem;
  return kube::write_kubeconfig(record.name, server, access.ca_pem, certificate, {});
}

}  // namespace

std::string bridge_kubeconfig(const ClusterRecord& record, const ClusterAccess& access) {
  return kubeconfig(record, access.endpoint(), access);
}

std::string local_kubeconfig(const ClusterRecord& record, const ClusterAccess& access) {
  return kubeconfig(record, "https://127.0.0.1:" + std::to_string(record.local_port), access);
}

kube::json::object terraform_outputs(const ClusterRecord& record, const ClusterAccess& access) {
  using kube::json::array;
  using kube::json::object;
  using kube::json::value;
  return {{"cluster_id", record.id},
          {"cluster_name", record.name},
          {"endpoint", access.endpoint()},
          {"ca_certificate", access.ca_pem},
          {"kubeconfig", bridge_kubeconfig(record, access)},
          {"gateway", object{{"scheme", "http"}, {"domain", "localhost"}, {"address", access.address}, {"port", 80}}},
          {"public_ips", array{value(access.address)}},
          {"provider", "local"},
          {"region", record.region},
          {"capabilities", array{}},
          {"services", object{}}};
}

}  // namespace causeway::onebox
